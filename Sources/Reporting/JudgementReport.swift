// What a report says about its own numbers on one corpus: intervals, comparisons, what the choice
// of an epoch does, how often test folds were looked at, what the audits found, what became of
// printed claims.
package import Evaluation

/// The judgement of one corpus's results; finished values of Evaluation.
package struct JudgementReport: Sendable {
  /// The protocol in one line, with its fingerprint.
  package var signature: String
  /// One per system with a complete seed.
  package var analyses: [SystemAnalysis]
  /// By metric: the first system against each other one.
  package var comparisons: [[SystemComparison]]
  /// Each system's epochs by rule.
  package var selections: [(system: String, panel: SelectionPanel)]
  /// Scorings of test utterances, by fold.
  package var looks: [Looks]
  package var claims: [ClaimRow]
  /// By metric: what the run says of the first system's parts; empty where fewer than two were run.
  package var components: [[ComponentClaim]] = []
  /// What the audits found, as tables.
  package var audits: [PlainTable]
  /// Recall by class of each analysed system.
  package var recalls: [(system: String, classes: [ClassRecall])] = []
  /// The first system's confusions against each other's.
  package var differences: [ConfusionDifference] = []
  /// A recorded result of the same protocol by speaker, and its name.
  package var recordedName = ""
  package var recordedSpeakers: [SystemAnalysis.Named] = []

  package init(
    signature: String, analyses: [SystemAnalysis], comparisons: [[SystemComparison]],
    selections: [(system: String, panel: SelectionPanel)], looks: [Looks], claims: [ClaimRow],
    audits: [PlainTable]
  ) {
    self.signature = signature
    self.analyses = analyses
    self.comparisons = comparisons
    self.selections = selections
    self.looks = looks
    self.claims = claims
    self.audits = audits
  }

  /// How often one fold's test utterances were scored, and for what.
  package struct Looks: Sendable, Hashable {
    package var fold: Int
    package var result: Int
    package var trajectory: Int
    package var companion: Int

    package init(fold: Int, result: Int, trajectory: Int, companion: Int) {
      (self.fold, self.result) = (fold, result)
      (self.trajectory, self.companion) = (trajectory, companion)
    }
  }
}

/// A table of texts with a remark below it.
package struct PlainTable: Sendable, Hashable {
  package var title: String
  package var columns: [String]
  package var rows: [[String]]
  package var remark: String
  /// Whether the cells are words, set from the left, and not numbers.
  package var hasWords: Bool

  /// - Precondition: every row has a cell for each column.
  package init(
    title: String, columns: [String], rows: [[String]], remark: String, hasWords: Bool = false
  ) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "rows of other lengths in \(title)")
    (self.title, self.columns, self.rows, self.remark) = (title, columns, rows, remark)
    self.hasWords = hasWords
  }
}
