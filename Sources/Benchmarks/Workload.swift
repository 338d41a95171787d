// The workloads, and the interface for running them.
import Foundation
import Tensors

/// A kind of work in several sizes.
package struct Workload: Sendable {
  /// Its name on the command line, such as `log-mel`.
  package let name: String
  /// A description in one line.
  package let title: String
  /// The unit of the size, such as `clips of 4 s`.
  package let sizeName: String
  /// The sizes in ascending order, which show how cost grows. One size if nothing can grow.
  package let sizes: [Int]
  /// The size in tables and in comparisons with other programs.
  package let usual: Int
  /// The unit of throughput, such as `s of audio`.
  package let unit: String
  /// The number of unmeasured repeats at the start. 0 for work of many seconds.
  package let warmUps: Int
  /// Prepares the work, outside the measured time.
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

  /// All workloads, in the order of their display.
  package static let all: [Workload] =
    audioWorkloads + trainingWorkloads + backboneWorkloads
    + [tsneWorkload, bootstrapWorkload, reportWorkload, jobsWorkload] + programWorkloads
}

/// Prepared work that can be repeated.
struct Work {
  /// The amount of work of one call, in the workload's unit.
  let amount: Double
  /// The floating-point operations that the method requires in one call, or nil if they are not
  /// counted.
  var operations: Double?
  /// The least number of bytes that one call moves between processor and memory, or nil if it is
  /// not counted.
  var bytes: Double?
  let run: () throws -> Void
}

/// The place and the resources of the work.
package struct Circumstances: Sendable {
  /// A folder for files. Measurements of smaller sizes may have used it before.
  package let folder: String
  package let threads: Int
  /// The path of this program.
  package let program: String
  /// Whether to leave the inputs in `folder` for other programs.
  package let sharesInputs: Bool

  package init(folder: String, threads: Int, program: String, sharesInputs: Bool) {
    (self.folder, self.threads) = (folder, threads)
    (self.program, self.sharesInputs) = (program, sharesInputs)
  }

  /// Writes an input as an `.npy` file if other programs need it.
  func share(_ input: @autoclosure () -> Tensor, as name: String) throws {
    guard sharesInputs else { return }
    try input().npy.write(to: URL(fileURLWithPath: "\(folder)/\(name).npy"))
  }
}

/// The reason why a workload cannot run.
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
