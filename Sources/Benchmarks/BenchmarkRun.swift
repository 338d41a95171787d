// Measures workloads one after the other. Each size gets its own process, so that none profits from
// memory that another has used.
import Files
import Foundation

/// The settings of a benchmark run.
package struct BenchmarkRun: Sendable {
  /// The path of this program.
  package let program: String
  package let threads: Int
  package let patience: Patience

  package init(program: String, threads: Int, patience: Patience) {
    (self.program, self.threads, self.patience) = (program, threads, patience)
  }

  /// Measures a workload at the given sizes, in ascending order.
  package func measure(_ workload: Workload, sizes: [Int]) throws -> WorkloadResult {
    let measurements = try withTemporaryFolder { folder in
      try sizes.map { size in
        try measure(workload, size, in: folder, sharing: false)
      }
    }
    return WorkloadResult(workload: workload, measurements: measurements)
  }

  /// Measures one size in a new process.
  ///
  /// - Parameter sharing: whether to leave the inputs in `folder` for other programs.
  func measure(
    _ workload: Workload, _ size: Int, in folder: String, sharing: Bool
  ) throws -> Measurement {
    try makeFolder(folder)
    let arguments =
      [
        "bench", workload.name, "--one", "\(size)", "--folder", folder, "--threads", "\(threads)",
        "--repeats", "\(patience.repeats)", "--seconds", "\(patience.seconds)",
      ] + (sharing ? ["--share"] : [])
    let output = try run(program, arguments, threads: threads)
      .expectingSuccess(of: "reprise bench \(workload.name) of size \(size)")
    return try decodeJSON(Measurement.self, from: output)
  }
}

/// The measurements of a workload.
package struct WorkloadResult: Codable, Sendable {
  package let name: String
  package let title: String
  package let sizeName: String
  /// One measurement per size, ascending.
  package let measurements: [Measurement]
  /// g of time ∝ size^g, or nil for a single size.
  package let growth: Double?
  /// The measurement shown in tables.
  package let usual: Measurement

  init(workload: Workload, measurements: [Measurement]) {
    (name, title, sizeName) = (workload.name, workload.title, workload.sizeName)
    self.measurements = measurements
    usual = measurements.first { $0.size == workload.usual } ?? measurements[measurements.count - 1]
    growth = Benchmarks.growth(
      sizes: measurements.map(\.size), seconds: measurements.map(\.time.median))
  }
}
