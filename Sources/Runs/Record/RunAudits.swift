// The findings in the corpora before training, stored with the run.
package import Corpora
import Files
import Foundation

extension CorpusAudit {
  /// The path of a corpus's audit below a run.
  package static func document(_ corpus: String) -> String { "audits/\(corpus).json" }

  /// Reads the stored audit; nil if there is none.
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
  /// The findings in a corpus when the run was made; nil if they were not recorded.
  package func audit(of corpus: String) throws -> CorpusAudit? {
    try CorpusAudit(ofRun: folder, corpus)
  }
}
