// Before anything is trained: is what will be tested unknown to what trains on it? The outcome is kept
// with the run, and shown in its report.
import Audits
package import Corpora
import Files
import Foundation

extension ExperimentRun {
  private func auditPath(_ corpus: CorpusName) -> String {
    folder + "/audits/\(corpus.rawValue).json"
  }

  /// Whether an audit of every corpus is kept.
  var isAudited: Bool {
    corpora.allSatisfy { FileManager.default.fileExists(atPath: auditPath($0.name)) }
  }

  /// Holds the files of each clip that lies there more than once to each other.
  ///
  /// - Throws: `CorpusError.copiesDiffer` for the first corpus in which the sound of two differs.
  package func requireEqualCopies(threads: Int) throws {
    for corpus in corpora { _ = try compareCopies(of: corpus, threads: threads) }
  }

  /// Audits every corpus and keeps the outcome.
  ///
  /// - Throws: `RunError.leaks` for the first corpus with a leak that was not allowed by name;
  ///   `CorpusError.copiesDiffer` as `requireEqualCopies`.
  func auditCorpora(watch: (RunEvent) -> Void) throws {
    try makeFolder(folder + "/audits")
    let allowances = Set((experiment.allowedLeaks ?? []).compactMap(AuditAllowance.init))
    for corpus in corpora {
      watch(.auditing(corpus: corpus.name))
      let audit = try Audits.audit(of: corpus, allowing: allowances)
      try inventory.write(audit, to: "audits/\(corpus.name.rawValue).json")
      guard audit.leaks.isEmpty else {
        throw RunError.leaks(
          corpus: corpus.root,
          findings: audit.leaks.map { "\($0.what), \($0.place): \($0.found)" },
          names: Set(audit.leaks.map(\.kind.rawValue)).sorted())
      }
    }
  }

  /// What was found when the run was made; nil for a run of which it is not recorded.
  package func audit(of corpus: CorpusName) throws -> CorpusAudit? {
    guard FileManager.default.fileExists(atPath: auditPath(corpus)) else { return nil }
    return try readJSON(
      CorpusAudit.self, from: auditPath(corpus), remedy: "remove it and start the run again")
  }
}
