// The whole program: its start, its verification, and opening a large corpus.
import Conformance
import Corpora
import Experiments
import Files
import Foundation
import Golden

/// `start-up`, `verify`, `corpus`.
let programWorkloads = [
  Workload(
    "start-up", "reprise --version, from start to end", sizeName: "start", sizes: [1],
    unit: "starts"
  ) { _, circumstances in
    Work(amount: 1) { try start([circumstances.program, "--version"]) }
  },
  Workload(
    "verify", "all golden fixtures", sizeName: "pass", sizes: [1], unit: "passes"
  ) { _, circumstances in
    Work(amount: 1) {
      let verification = Verification(
        folder: goldenFolder(), checks: allChecks, threads: circumstances.threads)
      guard verification.passed else {
        throw BenchmarkError.failed(command: "verify", reason: "a fixture did not pass")
      }
    }
  },
  Workload(
    "corpus", "MSP-IMPROV's layout found, its labels read and joined, counts checked",
    sizeName: "utterances", sizes: [2500, 5000, 10_000, 20_000], unit: "utterances"
  ) { count, circumstances in
    let root = try writeMSPIMPROVLayout(utterances: count, to: circumstances.folder)
    return Work(amount: Double(count)) {
      let corpus = try Corpus.read(.mspImprov, at: root)
      guard corpus.utterances.count == count else {
        throw BenchmarkError.failed(
          command: "corpus", reason: "found \(corpus.utterances.count) of \(count) utterances")
      }
    }
  },
]

/// Runs a program to its end and discards its output. The program still has to choose OpenBLAS's
/// kernels.
func start(_ words: [String]) throws {
  _ = try run(
    words[0], Array(words.dropFirst()),
    environment: ProcessInfo.processInfo.environment.filter { $0.key != "OPENBLAS_CORETYPE" }
  ).expectingSuccess(of: words.joined(separator: " "))
}
