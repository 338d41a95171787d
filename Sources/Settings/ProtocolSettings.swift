// What an experiment covers and how it is judged, apart from the system being trained.

/// The rules by which a corpus is divided and scored.
package struct ProtocolSettings: Codable, Hashable, Sendable {
  /// Which of the two published fold lists RAVDESS uses.
  package var ravdessFolds = RAVDESSFolds.emobox
  /// Which utterances of a fold are scored.
  package var evaluateOn = EvaluationSplit.test
  /// Go on although the counts differ from the published ones; every output then says so.
  package var allowIncomplete = false
  /// Whether the test utterances are scored after every epoch: it chooses nothing, and shows what
  /// choosing an epoch by them would have gained. Every such scoring stands in the run's ledger.
  package var testTrajectory = true
  /// Of how many seeds each variant is trained once more with speakers held out of training, so that
  /// the epoch best on them stands beside the last one.
  package var selectionSeeds = 1
  package init() {}

  /// Reads settings; in a run of before there was a ledger, nothing is scored on the way.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    ravdessFolds = try container.decode(RAVDESSFolds.self, forKey: .ravdessFolds)
    evaluateOn = try container.decode(EvaluationSplit.self, forKey: .evaluateOn)
    allowIncomplete = try container.decode(Bool.self, forKey: .allowIncomplete)
    testTrajectory = try container.decodeIfPresent(Bool.self, forKey: .testTrajectory) ?? false
    selectionSeeds = try container.decodeIfPresent(Int.self, forKey: .selectionSeeds) ?? 0
  }

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
