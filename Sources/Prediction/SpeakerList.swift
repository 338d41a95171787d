// The speakers of recordings, from a CSV file with the columns path and speaker.
import Files
import Foundation

/// Speakers by the paths of their recordings.
package struct SpeakerList: Sendable {
  private var speakers: [String: String] = [:]

  /// Reads the file at `path`. A row's path is that of the command line or the id of a recording.
  ///
  /// - Throws: `PredictError` with the line; `CSVError`; `FileError`.
  package init(readingFile path: String) throws {
    let table = try CSVTable(readingFile: path)
    let names = table.header.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    guard let place = names.firstIndex(where: { ["path", "file", "id"].contains($0) }),
      let speaker = names.firstIndex(of: "speaker")
    else {
      throw PredictError(
        path + ":1",
        "expected the columns path and speaker, found "
          + table.header.joined(separator: ","),
        remedy: "rename the columns")
    }
    for row in table.rows {
      let (name, value) = (row.fields[place], row.fields[speaker])
      guard !name.isEmpty, !value.isEmpty else {
        throw PredictError(
          "\(path):\(row.line)", "expected a path and a speaker, found an empty field",
          remedy: "fill it, or remove the row if the speaker is unknown")
      }
      if let other = speakers[name], other != value {
        throw PredictError(
          "\(path):\(row.line)", "\(name) has the speakers \(other) and \(value)",
          remedy: "keep one of them")
      }
      speakers[name] = value
    }
  }

  /// The speaker of a recording; nil if the file does not say.
  package func speaker(of recording: NewRecording) -> String? {
    speakers[recording.path] ?? speakers[recording.id]
  }
}
