// Detects slowdowns on machines of varying speed. Costs are stored relative to a calibration kernel
// that runs beside them, never in seconds.
import Files
import Foundation

/// The costs of workloads on one machine.
package struct SpeedRecord: Codable, Sendable, Equatable {
  /// Processor, cores, OpenBLAS kernels.
  package let machine: String
  package let threads: Int
  package let costs: [Cost]

  /// The cost of one workload at its usual size.
  package struct Cost: Codable, Sendable, Equatable {
    package let workload: String
    package let size: Int
    /// The cost relative to the calibration kernel.
    package let relative: Spread
  }

  package init(_ results: [WorkloadResult], machine: String, threads: Int) {
    self.machine = machine
    self.threads = threads
    costs = results.map {
      Cost(workload: $0.name, size: $0.usual.size, relative: $0.usual.relativeCost)
    }
  }

  init(machine: String, threads: Int, costs: [Cost]) {
    (self.machine, self.threads, self.costs) = (machine, threads, costs)
  }

  /// Reads a record.
  ///
  /// - Throws: `FileError`.
  package init(path: String) throws {
    let data = try Data(readingFile: path)
    do {
      self = try decodeJSON(SpeedRecord.self, from: data)
    } catch {
      throw FileError.damaged(
        path: path, problem: "is not a speed record",
        remedy: "write one with `reprise bench --record \(path)`")
    }
  }

  package func write(to path: String) throws {
    try canonicalJSON(self, pretty: true).writeAtomically(to: path)
  }
}

/// The comparison of a workload with its record.
package struct SpeedVerdict: Sendable, Equatable {
  package let workload: String
  /// The current cost divided by the recorded cost.
  package let factor: Double
  /// The greatest factor that passes.
  package let allowed: Double
  package var isSlower: Bool { factor > allowed }

  package var text: String {
    "\(workload): \(significant(factor)) times the recorded cost, at most \(significant(allowed)): "
      + (isSlower ? "SLOWER" : "fine")
  }
}

extension SpeedRecord {
  /// Compares current costs with this record.
  ///
  /// A cost may exceed the recorded median by `slack`. If the record varied more, it may exceed the
  /// median by twice the distance from the median to the upper quartile.
  ///
  /// - Throws: `BenchmarkError.otherMachine`, `.notRecorded`.
  package func verdicts(on now: SpeedRecord, slack: Double, path: String) throws -> [SpeedVerdict] {
    let (here, there) = ("\(machine), \(threads) threads", "\(now.machine), \(now.threads) threads")
    guard here == there else {
      throw BenchmarkError.otherMachine(path: path, recorded: here, found: there)
    }
    return try now.costs.map { cost in
      guard
        let known = costs.first(where: { $0.workload == cost.workload && $0.size == cost.size })
      else { throw BenchmarkError.notRecorded(workload: cost.workload, path: path) }
      let spread = 2 * (known.relative.upperQuartile / known.relative.median - 1)
      return SpeedVerdict(
        workload: cost.workload, factor: cost.relative.median / known.relative.median,
        allowed: 1 + max(slack, spread))
    }
  }
}
