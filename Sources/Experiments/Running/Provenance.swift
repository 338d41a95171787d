// Where numbers come from: the program, the libraries, the machine.
import Audio
import BuildStamp
import CCairo
import CSndFile
package import Foundation
import Fourier
import Tensors

/// What a run was made with.
package struct Provenance: Codable, Hashable, Sendable {
  package var program: String
  /// The commit that the program was built from, with "+ uncommitted changes" where its sources differed;
  /// "unknown" where it was built without git.
  package var commit: String
  package var swift: String
  package var blas: String
  package var blasKernels: String
  package var fftw: String
  package var sndfile: String
  package var cairo: String
  package var processor: String
  package var cores: Int
  package var system: String
  package var date: Date
  /// The pretrained network, for a run that has one; older runs do not record it.
  package var backbone: Backbone?
  /// The digest of the sources that the program was built from; older runs do not record it.
  package var sourceDigest: String?

  /// Which pretrained network, and what is done to its input.
  package struct Backbone: Codable, Hashable, Sendable {
    package var folder: String
    package var fingerprint: String
    package var normalizesInput: Bool
    /// The files that say so, or what it was guessed from.
    package var normalizesInputSource: String
    package var warnings: [String]
  }

  /// That of this process, gathered once.
  static let ofThisProcess = current()

  /// Gathers what there is to know now.
  package static func current(date: Date = Date()) -> Provenance {
    let stamp = BuildStamp.ofThisProgram
    return Provenance(
      program: "Reprise " + programVersion, commit: stamp.recordedCommit, swift: swiftVersion,
      blas: LinearAlgebra.configuration, blasKernels: LinearAlgebra.core,
      fftw: fourierLibrary,
      sndfile: String(cString: sf_version_string()),
      cairo: String(cString: cairo_version_string()), processor: processorModel(),
      cores: ProcessInfo.processInfo.activeProcessorCount,
      system: ProcessInfo.processInfo.operatingSystemVersionString, date: date,
      sourceDigest: stamp.sourceDigest)
  }

  /// Whether the sources differed from the commit, or were of none that is known.
  package var isOfChangedSources: Bool { commit.contains("+") || commit == "unknown" }

  /// Names and values, in the order in which they are shown.
  package var rows: [(name: String, value: String)] {
    [
      ("Program", program), ("Commit", commit), ("Swift compiler", swift),
      ("OpenBLAS", blas), ("OpenBLAS kernels", blasKernels), ("FFTW", fftw),
      ("libsndfile", sndfile), ("Cairo", cairo), ("Processor", "\(processor), \(cores) cores"),
      ("System", system),
    ] + (sourceDigest.map { [("Sources (SHA-256)", $0)] } ?? [])
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
