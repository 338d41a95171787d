// What was found in the corpora before anything was trained, as the run keeps it.
package import Corpora
import Files
import Foundation

extension CorpusAudit {
  /// Where the audit of a corpus lies below a run.
  package static func document(_ corpus: String) -> String { "audits/\(corpus).json" }

  /// Reads what a run keeps; nil where it keeps nothing.
  ///
  /// - Throws: `FileError`.
  package init?(ofRun folder: String, _ corpus: String) throws {
    let path = folder + "/" + Self.document(corpus)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self = try readJSON(
      CorpusAudit.self, from: path, remedy: "remove it and start the run again")
  }
}

extension RecordedRun {
  /// What was found in a corpus when the run was made; nil for a run of which it is not recorded.
  package func audit(of corpus: String) throws -> CorpusAudit? {
    try CorpusAudit(ofRun: folder, corpus)
  }
}
