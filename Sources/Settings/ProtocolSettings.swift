// The scope and the evaluation of an experiment, apart from the system it trains.

/// The rules for dividing and scoring a corpus.
package struct ProtocolSettings: SettingsSection {
  @Setting(.choice, "fold list of RAVDESS: EmoBox's published list, or actors 1–4, 5–8 and so on")
  package var ravdessFolds = RAVDESSFolds.emobox
  @Setting(
    .choice,
    "fold list of MSP-IMPROV: sessions 1 to 6 in this order, or in that of EMO-SUPERB's folds",
    isWrittenUnchanged: false)
  package var mspImprovFolds = MSPIMPROVFolds.session
  @Setting(
    .choice,
    "what to score: the fold's test utterances, or speakers held out of the training fold; use "
      + "these to choose settings without looking at a test fold")
  package var evaluateOn = EvaluationSplit.test
  @Setting(
    .choice,
    "continue although counts differ from the published ones; every output then says INCOMPLETE")
  package var allowIncomplete = false
  @Setting(
    .choice,
    "score the test utterances after every epoch; the report then shows what choosing an epoch "
      + "by them would gain; chooses nothing, and the ledger counts it", whenAbsent: false)
  package var testTrajectory = true
  @Setting(
    .choice, .between(0, 1_000), unit: "seeds",
    "train each variant again for this many seeds with speakers held out, to compare their best "
      + "epoch with the last one", whenAbsent: 0)
  package var selectionSeeds = 1
  package init() {}

  package enum RAVDESSFolds: String, SettingChoice {
    /// The lists committed by EmoBox.
    case emobox
    /// Actors 1–4, 5–8, and so on.
    case contiguous
  }
  package enum MSPIMPROVFolds: String, SettingChoice {
    /// Fold k tests session k.
    case session
    /// Fold k tests the speakers of EMO-SUPERB's fold k.
    case emoSuperb = "emo-superb"
  }
  package enum EvaluationSplit: String, SettingChoice {
    /// The fold's test utterances.
    case test
    /// Speakers held out of the training fold. Test utterances are not used. For choosing settings
    /// without looking at a test fold.
    case innerValidation = "inner-validation"
  }
}

extension ProtocolSettings {
  /// The name of the wanted fold list of a corpus. A corpus without such a list has its usual one.
  package func foldList(of corpus: String) -> String {
    corpus == "msp-improv" ? mspImprovFolds.rawValue : ravdessFolds.rawValue
  }
}
