// A report's judgement of its own numbers on one corpus: intervals, comparisons, epoch selection,
// uses of test folds, audits and printed claims.
package import Evaluation

/// The judgement of one corpus's results, in finished values of `Evaluation`.
package struct JudgementReport: Sendable {
  /// The protocol on one line, with its fingerprint.
  package var signature: String
  /// One per system with a complete seed.
  package var analyses: [SystemAnalysis]
  /// For each metric: the first system against each other one.
  package var comparisons: [[SystemComparison]]
  /// For each system: its scores by selection rule.
  package var selections: [(system: String, panel: SelectionPanel)]
  /// Scorings of test utterances, by fold.
  package var looks: [Looks]
  package var claims: [ClaimRow]
  /// For each metric: the claims about the first system's parts; empty if fewer than two systems
  /// were run.
  package var components: [[ComponentClaim]] = []
  /// The findings of the audits, as tables.
  package var audits: [PlainTable]
  /// The number of leaks between training and test that were not allowed; nil without an audit.
  package var leaks: Int?
  /// Each system against the last recorded result of its name and protocol.
  package var gate: [GateRow] = []
  /// Recall by class of each analysed system.
  package var recalls: [(system: String, classes: [ClassRecall])] = []
  /// The first system's confusions compared with each other system's.
  package var differences: [ConfusionDifference] = []
  /// Every pair of systems, by UA and WA; empty with fewer than three systems.
  package var pairs: [SystemPairs] = []
  /// How far the probabilities of each system can be trusted.
  package var confidences: [ConfidenceAnalysis] = []
  /// The accuracy of each system after each epoch, as far as it was recorded.
  package var courses: [(system: String, courses: [EpochCourse])] = []
  /// The first system's accuracy by speaker, with intervals.
  package var speakers: [SpeakerAccuracy] = []
  /// The first system's errors; nil if no system has a complete seed.
  package var errors: UtteranceErrors?
  /// What is known about the utterances of `errors`, by id.
  package var notes: [String: UtteranceNote] = [:]
  /// Each analysed system's scores by group, the first system's first.
  package var groups: [[GroupScores]] = []
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

  /// One system against its recorded result.
  package struct GateRow: Sendable, Hashable {
    package var result: GateResult
    /// Whether every utterance of every seed has the class of the recorded result.
    package var isUnchanged: Bool

    package init(result: GateResult, isUnchanged: Bool) {
      (self.result, self.isUnchanged) = (result, isUnchanged)
    }
  }

  /// How often one fold's test utterances were scored, and why.
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

/// What a corpus says about an utterance, for readers who want to listen to it.
package struct UtteranceNote: Sendable, Hashable {
  /// The spoken words; nil if unknown.
  package var text: String?
  /// The length; nil if unknown.
  package var seconds: Double?

  package init(text: String?, seconds: Double?) { (self.text, self.seconds) = (text, seconds) }
}

/// A table of texts with a remark below.
package struct PlainTable: Sendable, Hashable {
  package var title: String
  package var columns: [String]
  package var rows: [[String]]
  package var remark: String
  /// Whether the cells are words, aligned left, instead of numbers.
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
