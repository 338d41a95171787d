// The effect of epoch selection, the uses of test folds, and the outcome of printed claims.
import Evaluation
import Statistics

extension CorpusReport {
  func selection(_ judgement: JudgementReport) -> [Block] {
    let rows = judgement.selections.flatMap { system, panel in
      panel.rows.map { row in
        [
          Table.Cell(system, isBold: true), Table.Cell(row.metric.abbreviation),
          Table.Cell(row.holdsOut ? "the next fold's speakers" : "nobody"),
          Table.Cell(row.seeds.map(String.init).joined(separator: " ")),
          Table.Cell(inPercent(row.last), isBold: true),
          Table.Cell(
            row.bestValidation.map { inPercent($0) } ?? "nobody held out",
            isQuiet: row.bestValidation == nil),
          Table.Cell(inPercent(row.bestTest), isQuiet: true),
          Table.Cell("\(points(row.optimism)) optimism", isQuiet: true),
        ]
      }
    }
    guard !rows.isEmpty else {
      return [
        .remark(
          """
          Not measured, because protocol.test_trajectory was off or no seed has all its folds. \
          Results are for the epoch that training.selection chooses.
          """)
      ]
    }
    return [
      .table(
        table(
          "tab-selection", ": the same trainings under three rules, percent, pooled",
          columns: [
            .init(title: "System", alignment: .leading, wraps: true),
            .init(title: "Figure", alignment: .leading),
            .init(title: "Held out", alignment: .leading, wraps: true),
            .init(title: "Seeds"), .init(title: "Last epoch"), .init(title: "Best validation"),
            .init(title: "Best test"), .init(title: "Best test − last"),
          ], rows: rows,
          remark:
            """
            Results are for the last epoch, unless the settings say best-validation. “Best \
            test” chooses each fold's epoch by its own test score. It is never a result; it only \
            shows what such a choice would have gained. A network with speakers held out has seen \
            fewer of them, so compare within a row.
            """))
    ]
  }

  func looks(_ judgement: JudgementReport) -> [Block] {
    guard !judgement.looks.isEmpty else {
      return [
        .subheading("Looks at test folds"),
        .paragraph("This run has no record of scoring a test fold."),
      ]
    }
    func cells(_ name: String, _ looks: [JudgementReport.Looks], isBold: Bool) -> [Table.Cell] {
      let counts = [
        looks.reduce(0) { $0 + $1.result }, looks.reduce(0) { $0 + $1.trajectory },
        looks.reduce(0) { $0 + $1.companion },
      ]
      return ([name] + (counts + [counts.reduce(0, +)]).map { grouped($0) })
        .map { Table.Cell($0, isBold: isBold) }
    }
    return [
      .table(
        table(
          "tab-looks", ": looks at test folds",
          columns: [
            .init(title: "Fold", alignment: .leading), .init(title: "for results"),
            .init(title: "after an epoch, for the table above"), .init(title: "trainings beside"),
            .init(title: "all"),
          ],
          rows: judgement.looks.map { cells("\($0.fold)", [$0], isBold: false) }
            + [cells("All", judgement.looks, isBold: true)],
          ruledRows: [judgement.looks.count],
          remark:
            """
            Every scoring of a fold's test utterances since the run's folder was made, including \
            restarts. The counts come from the ledger, to which lines are only added. No scoring \
            influenced a choice.
            """))
    ]
  }

  func claimTable(_ judgement: JudgementReport) -> [Block] {
    guard !judgement.claims.isEmpty else { return [] }
    var notes: [String] = []
    for note in judgement.claims.compactMap({ row in row.note.map { "\(row.claim): \($0)." } })
    where !notes.contains(note) {
      notes.append(note)
    }
    return [
      .table(
        table(
          "tab-claims", ": printed figures",
          columns: [
            .init(title: "Claim", alignment: .leading, wraps: true),
            .init(title: "Figure", alignment: .leading), .init(title: "printed, %"),
            .init(title: "ours, % (folds)"),
            .init(title: "Status", alignment: .leading, wraps: true),
            .init(title: "Why, and what the digits allow", alignment: .leading, wraps: true),
          ],
          rows: judgement.claims.map { row in
            [
              Table.Cell("\(row.claim): \(row.system)"), Table.Cell(row.metric.abbreviation),
              Table.Cell(fixed(row.printed, digits: row.digits)),
              Table.Cell(
                row.value.map { value in
                  fixed(value, digits: 1)
                    + (row.interval.map {
                      $0.marked(
                        " (\(fixed($0.lower, digits: 1)) to \(fixed($0.upper, digits: 1)))")
                    } ?? "")
                } ?? "–"),
              Table.Cell(row.status.rawValue, isBold: true),
              Table.Cell(
                (row.reasons + [row.granularity?.finding].compactMap { $0 }).joined(separator: "; ")
              ),
            ]
          },
          remark:
            """
            Ours: the first system, mean over folds with its Nadeau–Bengio interval. The printed \
            value is treated as exact. Incomparable: the protocols differ, so no difference is \
            given.\(notes.map { " " + $0 }.joined())
            """))
    ]
  }
}
