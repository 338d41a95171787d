// The utterances that the first system gets wrong in every seed.
import Evaluation
import Files

extension CorpusReport {
  /// The most rows of the table on a page. The CSV file has all.
  private static let mostErrors = 15

  /// How many utterances are wrong in every seed, and the ones with the most confident errors.
  var errorBlocks: [Block] {
    guard let judgement, let errors = judgement.errors, !errors.rows.isEmpty else { return [] }
    let always = errors.rows.filter { $0.wrong == errors.seeds }
    let shown = (always.isEmpty ? errors.rows : always).prefix(Self.mostErrors)
    let notes = shown.map { judgement.notes[$0.id] }
    let hasText = notes.contains { $0?.text != nil }
    let hasLength = notes.contains { $0?.seconds != nil }
    let hasConfidence = shown.contains { $0.confidence != nil }
    func optional(_ isThere: Bool, _ cell: Table.Cell) -> [Table.Cell] { isThere ? [cell] : [] }
    let rows = zip(shown, notes).map { row, note in
      [
        Table.Cell(row.id.shown(40)), Table.Cell(row.speaker.shown(24)),
        Table.Cell(classes[row.truth]), Table.Cell(classes[row.predicted]),
        Table.Cell("\(row.wrong) of \(errors.seeds)"),
      ]
        + optional(hasConfidence, Table.Cell(row.confidence.map { fixed($0, digits: 2) } ?? "–"))
        + optional(
          !errors.others.isEmpty, Table.Cell("\(row.alsoWrong.count) of \(errors.others.count)"))
        + optional(hasText, Table.Cell(note?.text?.shown(80) ?? "–"))
        + optional(
          hasLength, Table.Cell(note?.seconds.map { fixed($0, digits: 1) } ?? "–"))
    }
    func column(_ isThere: Bool, _ column: Table.Column) -> [Table.Column] {
      isThere ? [column] : []
    }
    return [
      .paragraph(errors.sentence),
      .table(
        table(
          tidy: judgement.tidyErrors(errors, classes), "tab-errors",
          ": hardest utterances for \(errors.system)",
          columns: [
            .words("Utterance", wraps: false), .words("Speaker"), .words("Truth"),
            .words("Predicted"), .number("Wrong in"),
          ] + column(hasConfidence, .number("Confidence"))
            + column(!errors.others.isEmpty, .number("Others wrong"))
            + column(hasText, .words("Text"))
            + column(hasLength, .number("Length, s")),
          rows: rows,
          remark:
            """
            The first \(shown.count) of \(count(errors.rows.count, "utterance")) with an error\
            \(hasConfidence ? ", by the mean confidence in the wrong class" : ""). Predicted: the \
            wrong class that most seeds chose.\
            \(hasConfidence ? " Confidence: its probability, mean over the wrong seeds." : "")\
            \(errors.others.isEmpty
              ? "" : " Others wrong: other systems that are wrong in every seed.") \
            The CSV file has every error.
            """, isDense: true)),
    ]
  }
}

extension UtteranceErrors {
  /// How many utterances are wrong in every seed, in some, and in none.
  fileprivate var sentence: String {
    let all = grouped(utterances)
    guard seeds > 1 else {
      return "\(system) is wrong on \(grouped(always)) of \(all) utterances, with one seed."
    }
    return "\(system) is wrong on \(grouped(always)) of \(all) utterances in every seed, on "
      + "\(grouped(sometimes)) in some seeds, and on \(grouped(never)) in none."
  }
}
