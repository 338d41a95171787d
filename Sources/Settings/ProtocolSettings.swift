// What an experiment covers and how it is judged, apart from the system being trained.

/// The rules by which a corpus is divided and scored.
package struct ProtocolSettings: SettingsSection {
  @Setting(.choice, "fold list of RAVDESS: EmoBox's committed one, or actors 1–4, 5–8 and so on")
  package var ravdessFolds = RAVDESSFolds.emobox
  @Setting(
    .choice,
    "what is scored: the fold's test utterances, or speakers held out of the training fold, for "
      + "choosing settings without looking at a test fold")
  package var evaluateOn = EvaluationSplit.test
  @Setting(
    .choice,
    "go on although the counts differ from the published ones; every output then says so")
  package var allowIncomplete = false
  @Setting(
    .choice,
    "whether test utterances are scored after every epoch; chooses nothing, is counted in the "
      + "ledger, and shows what choosing an epoch by them would have gained", whenAbsent: false)
  package var testTrajectory = true
  @Setting(
    .choice, .between(0, 1_000), unit: "seeds",
    "of how many seeds each variant is trained once more with speakers held out, so that the epoch "
      + "best on them stands beside the last one", whenAbsent: 0)
  package var selectionSeeds = 1
  package init() {}

  package enum RAVDESSFolds: String, SettingChoice {
    /// The lists committed by EmoBox.
    case emobox
    /// Actors 1–4, 5–8, and so on.
    case contiguous
  }
  package enum EvaluationSplit: String, SettingChoice {
    /// The fold's test utterances.
    case test
    /// Speakers held out of the training fold; the test utterances are not touched. For choosing
    /// settings without looking at a test fold.
    case innerValidation = "inner-validation"
  }
}
