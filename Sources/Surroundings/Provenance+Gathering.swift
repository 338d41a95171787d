// Describes this process: program, libraries and machine.
import BuildStamp
import CCairo
import Fourier
import CSndFile
package import Foundation
package import Runs
import Tensors

extension Provenance {
  /// The provenance of this process, gathered once.
  package static let ofThisProcess = current()

  /// Gathers the current provenance.
  package static func current(date: Date = Date()) -> Provenance {
    let stamp = BuildStamp.ofThisProgram
    return Provenance(
      program: "Reprise " + programVersion, commit: stamp.recordedCommit,
      sourceDigest: stamp.sourceDigest, swift: swiftVersion,
      blas: LinearAlgebra.configuration, blasKernels: LinearAlgebra.core,
      fftw: fourierLibrary,
      sndfile: String(cString: sf_version_string()),
      cairo: String(cString: cairo_version_string()), processor: processorModel(),
      cores: ProcessInfo.processInfo.activeProcessorCount,
      system: ProcessInfo.processInfo.operatingSystemVersionString, date: date)
  }
}

#if compiler(>=6.4)
  private let swiftVersion = "6.4 or later"
#elseif compiler(>=6.3)
  private let swiftVersion = "6.3"
#else
  private let swiftVersion = "6.2"
#endif

private func processorModel() -> String {
  let lines =
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
    .split(separator: "\n") ?? []
  let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
  return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
}
