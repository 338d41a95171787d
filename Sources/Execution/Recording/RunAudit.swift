// Before anything is trained: is what will be tested unknown to what trains on it? The outcome is
// kept with the run, and shown in its report.
import Audits
import Corpora
import Experiments
import Files
import Foundation
import Runs

extension ExperimentRun {
  /// Whether an audit of every corpus is kept.
  var isAudited: Bool {
    corpora.allSatisfy {
      FileManager.default.fileExists(
        atPath: folder + "/" + CorpusAudit.document($0.corpus))
    }
  }

  /// Holds the files of each clip that lies there more than once to each other.
  ///
  /// - Throws: `CorpusError.copiesDiffer` for the first corpus in which the sound of two differs.
  package func requireEqualCopies(threads: Int) throws {
    for corpus in sources ?? [] { _ = try compareCopies(of: corpus, threads: threads) }
  }

  /// Audits every corpus and keeps the outcome.
  ///
  /// - Throws: `RunError.leaks` for the first corpus with a leak that was not allowed by name;
  ///   `CorpusError.copiesDiffer` as `requireEqualCopies`.
  func auditCorpora(watch: (RunEvent) -> Void) throws {
    try makeFolder(folder + "/audits")
    let allowances = Set((experiment.allowedLeaks ?? []).compactMap(AuditAllowance.init))
    for corpus in sources ?? [] {
      watch(.auditing(corpus: corpus.title))
      let audit = try Audits.audit(of: corpus, allowing: allowances)
      try inventory.write(audit, to: CorpusAudit.document(corpus.id))
      guard audit.leaks.isEmpty else {
        throw RunError.leaks(
          corpus: corpus.root,
          findings: audit.leaks.map { "\($0.what), \($0.place): \($0.found)" },
          names: Set(audit.leaks.map(\.kind.rawValue)).sorted())
      }
    }
  }
}
