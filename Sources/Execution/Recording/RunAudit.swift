// Checks before training that the tested data are unknown to what trains on them. The run stores
// the outcome for its report.
import Audits
import Corpora
import Experiments
import Files
import Foundation
import Runs

extension ExperimentRun {
  /// Whether the run stores an audit of every corpus.
  var isAudited: Bool {
    corpora.allSatisfy {
      FileManager.default.fileExists(
        atPath: folder + "/" + CorpusAudit.document($0.corpus))
    }
  }

  /// Compares the files of each clip that occurs more than once.
  ///
  /// - Throws: `CorpusError.copiesDiffer` for the first corpus with differing copies.
  package func requireEqualCopies(threads: Int) throws {
    guard experiment.needsSound else { return }
    for corpus in sources ?? [] { _ = try compareCopies(of: corpus, threads: threads) }
  }

  /// Audits every corpus and stores the outcome.
  ///
  /// - Throws: `RunError.leaks` for the first corpus with a leak that is not allowed by name;
  ///   `CorpusError.copiesDiffer` like `requireEqualCopies`.
  func auditCorpora(watch: (RunEvent) -> Void) throws {
    try makeFolder(folder + "/audits")
    let allowances = Set((experiment.allowedLeaks ?? []).compactMap(AuditAllowance.init))
    for corpus in sources ?? [] {
      watch(.auditing(corpus: corpus.title))
      let facts = corpora.first { $0.corpus == corpus.id }
      let audit = try Audits.audit(
        of: corpus, hears: experiment.needsSound || facts?.sound != nil, allowing: allowances)
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
