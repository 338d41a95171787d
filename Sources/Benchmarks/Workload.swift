// What can be measured, and what it takes to do it once.
import Foundation
import Tensors

/// Work of one kind in several sizes.
package struct Workload: Sendable {
  /// The name on the command line: `log-mel`.
  package let name: String
  /// What is done, in one line.
  package let title: String
  /// What the size counts: `clips of 4 s`.
  package let sizeName: String
  /// Ascending; how cost grows is told by them. One size where nothing can grow.
  package let sizes: [Int]
  /// The size that is shown, and measured beside other programs.
  package let usual: Int
  /// What throughput counts: `s of audio`.
  package let unit: String
  /// How often the work is done unmeasured first; 0 for work of many seconds.
  package let warmUps: Int
  /// Makes ready, outside of what is measured.
  let prepare: @Sendable (_ size: Int, Circumstances) throws -> Work

  init(
    _ name: String, _ title: String, sizeName: String, sizes: [Int], usual: Int? = nil,
    unit: String, warmUps: Int = 1,
    prepare: @escaping @Sendable (_ size: Int, Circumstances) throws -> Work
  ) {
    self.name = name
    self.title = title
    self.sizeName = sizeName
    self.sizes = sizes
    self.usual = usual ?? sizes.last ?? 1
    self.unit = unit
    self.warmUps = warmUps
    self.prepare = prepare
  }

  /// All of them, in the order in which they are shown.
  package static let all: [Workload] =
    audioWorkloads + trainingWorkloads + backboneWorkloads
    + [tsneWorkload, bootstrapWorkload, reportWorkload, jobsWorkload] + programWorkloads
}

/// Work that is ready to be done again and again.
struct Work {
  /// What one call does, in the workload's unit.
  let amount: Double
  /// Floating-point operations of one call that the method cannot do without; nil where there is no
  /// such count.
  var operations: Double?
  /// Bytes that one call must at least move between processor and memory; nil where there is no
  /// such count.
  var bytes: Double?
  let run: () throws -> Void
}

/// Where and with how much of the machine work is done.
package struct Circumstances: Sendable {
  /// A folder for files, which measurements of smaller sizes may have used before.
  package let folder: String
  package let threads: Int
  /// The file of this program.
  package let program: String
  /// Whether other programs are to find in `folder` what the work starts from.
  package let sharesInputs: Bool

  package init(folder: String, threads: Int, program: String, sharesInputs: Bool) {
    (self.folder, self.threads) = (folder, threads)
    (self.program, self.sharesInputs) = (program, sharesInputs)
  }

  /// Writes an input as an `.npy` file where other programs want it.
  func share(_ input: @autoclosure () -> Tensor, as name: String) throws {
    guard sharesInputs else { return }
    try input().npy.write(to: URL(fileURLWithPath: "\(folder)/\(name).npy"))
  }
}

/// What a workload does cannot be done.
package enum BenchmarkError: Error, Equatable, CustomStringConvertible {
  case unknownName(String, known: [String])
  case failed(command: String, reason: String)
  case otherMachine(path: String, recorded: String, found: String)
  case notRecorded(workload: String, path: String)

  package var description: String {
    switch self {
    case .unknownName(let name, let known):
      "\(name): no such workload; expected one of \(known.joined(separator: ", "))"
    case .failed(let command, let reason): "\(command): \(reason)"
    case .otherMachine(let path, let recorded, let found):
      "\(path): recorded on \(recorded), this is \(found); "
        + "ratios carry over between machines only roughly: record one here with --record"
    case .notRecorded(let workload, let path):
      "\(path): holds nothing of \(workload); record it with --record"
    }
  }
}
