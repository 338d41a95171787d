// The used utterances as a table for other programs: CSV and JSON.
import Files
package import Foundation

extension Corpus {
  /// The utterances as CSV: the header `id,label,speaker,session,fold,path`, then a row each, sorted
  /// by id; the session is empty where the corpus has none.
  package var csv: String {
    CSVTable(
      header: ["id", "label", "speaker", "session", "fold", "path"],
      rows: utterances.map { utterance in
        [
          utterance.id, utterance.label, utterance.speaker,
          utterance.session.map(String.init) ?? "", String(utterance.fold), utterance.path,
        ]
      }
    ).text
  }

  /// Returns the utterances as a JSON array of objects, sorted by id, ended by LF.
  package func json() throws -> Data {
    try canonicalJSON(utterances, pretty: true) + Data("\n".utf8)
  }
}
