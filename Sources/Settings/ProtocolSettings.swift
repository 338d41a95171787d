// What an experiment covers and how it is judged, apart from the system being trained.

/// The rules by which a corpus is divided and scored.
package struct ProtocolSettings: Codable, Hashable, Sendable {
  /// Which of the two published fold lists RAVDESS uses.
  package var ravdessFolds = RAVDESSFolds.emobox
  /// Which utterances of a fold are scored.
  package var evaluateOn = EvaluationSplit.test
  /// Go on although the counts differ from the published ones; every output then says so.
  package var allowIncomplete = false
  package init() {}

  package enum RAVDESSFolds: String, Codable, Sendable, CaseIterable {
    /// The lists committed by EmoBox.
    case emobox
    /// Actors 1–4, 5–8, and so on.
    case contiguous
  }
  package enum EvaluationSplit: String, Codable, Sendable, CaseIterable {
    /// The fold's test utterances.
    case test
    /// Speakers held out of the training fold; the test utterances are not touched. For choosing
    /// settings without looking at a test fold.
    case innerValidation = "inner-validation"
  }
}
