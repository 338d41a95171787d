// The used utterances as CSV and JSON tables for other programs.
import Files
package import Foundation

extension Corpus {
  /// The utterances as CSV: the header `id,label,speaker,session,fold,path`, then one row each,
  /// sorted by id. The session is empty if the corpus has none.
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

  /// Returns the utterances as a JSON array of objects, sorted by id, followed by LF. In each
  /// object `is_incomplete` refers to the whole corpus.
  package func json() throws -> Data {
    let rows = utterances.map { ListedUtterance(utterance: $0, isIncomplete: isIncomplete) }
    return try canonicalJSON(rows, pretty: true) + Data("\n".utf8)
  }
}

/// An utterance with the facts about its corpus.
private struct ListedUtterance: Encodable {
  let utterance: Utterance
  let isIncomplete: Bool

  private enum Key: CodingKey { case isIncomplete }

  func encode(to encoder: any Encoder) throws {
    try utterance.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(isIncomplete, forKey: .isIncomplete)
  }
}
