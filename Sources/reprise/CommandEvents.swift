// The events that a command itself adds to those of the training. docs/events.md lists the fields.
import Foundation
import Reporting
import Runs

/// A stage of the work that has no event of its own.
struct MessageEvent: Encodable {
  let event = "message"
  let time: String
  let text: String

  init(text: String, time: Date) { (self.text, self.time) = (text, time.formatted(.iso8601)) }
}

/// A run is ready for its cells to be trained.
struct PreparedEvent: Encodable {
  let event = "prepared"
  let time = Date().formatted(.iso8601)
  let folder: String
  let cells: Int
  let open: Int
}

/// A run is finished, and its report is drawn.
struct ResultsEvent: Encodable {
  let event = "results"
  let time = Date().formatted(.iso8601)
  let folder: String
  /// The paths of the report's files.
  let report: [String]
  /// The answer, in the sentences of the report's first page.
  let findings: [Finding]
  let results: ResultsDocument
}

/// The results of a run and the report's answer, in one document.
struct AnsweredResults: Encodable {
  let results: ResultsDocument
  let findings: [Finding]

  private enum CodingKeys: String, CodingKey { case findings }

  func encode(to encoder: any Encoder) throws {
    try results.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(findings, forKey: .findings)
  }
}
