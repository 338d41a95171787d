// The used utterances as a table for other programs: CSV and JSON.
import Files
package import Foundation

extension Corpus {
  /// Returns the utterances as CSV (RFC 4180, lines ended by LF): the header
  /// `id,label,speaker,session,fold,path`, then a row each, sorted by id.
  package var csv: String {
    var text = "id,label,speaker,session,fold,path\n"
    for utterance in utterances {
      let session = utterance.session.map(String.init) ?? ""
      text += "\(utterance.id),\(utterance.label),\(utterance.speaker),\(session),"
      text += "\(utterance.fold),\(csvField(utterance.path))\n"
    }
    return text
  }

  /// Returns the utterances as a JSON array of objects, sorted by id, ended by LF.
  package func json() throws -> Data {
    try canonicalJSON(utterances, pretty: true) + Data("\n".utf8)
  }
}

/// Returns a CSV field, in quotes where it needs them.
private func csvField(_ text: String) -> String {
  let special = [",", "\"", "\n", "\r"].map { $0.utf8.first }
  guard text.utf8.contains(where: { special.contains($0) }) else { return text }
  return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false)
    .joined(separator: "\"\"") + "\""
}
