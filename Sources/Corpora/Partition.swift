// Who trains, who is held out, who is tested in a fold.
package import Settings

/// The utterances of one fold by role, as positions in the corpus, in its order.
package struct Partition: Sendable, Equatable {
  package let training: [Int]
  /// Held out of the training fold to choose an epoch or settings; empty where nothing is chosen.
  package let validation: [Int]
  /// The utterances that are scored.
  package let evaluation: [Int]

  package init(training: [Int], validation: [Int], evaluation: [Int]) {
    (self.training, self.validation, self.evaluation) = (training, validation, evaluation)
  }

  /// Divides a corpus for fold k.
  ///
  /// Validation speakers, where there are any, are those of the fold after k (the first after the
  /// last): they never overlap with the test fold, and hardly differ from it in number.
  ///
  /// A fold that is not there has nobody to be tested.
  ///
  /// - Parameters:
  ///   - evaluateOn: `test` scores fold k; `innerValidation` scores the validation speakers and
  ///     leaves fold k out altogether.
  ///   - selection: `bestValidation` takes the validation speakers out of training.
  package init(
    _ utterances: [Utterance], fold: Int, folds: Int,
    evaluateOn: ProtocolSettings.EvaluationSplit, selection: TrainingSettings.Selection
  ) {
    let next = folds > 0 ? fold % folds + 1 : 0
    let needsValidation = evaluateOn == .innerValidation || selection == .bestValidation
    func positions(_ isIncluded: (Int) -> Bool) -> [Int] {
      utterances.indices.filter { isIncluded(utterances[$0].fold) }
    }
    training = positions { $0 != fold && !(needsValidation && $0 == next) }
    validation = selection == .bestValidation ? positions { $0 == next } : []
    evaluation = positions { $0 == (evaluateOn == .test ? fold : next) }
  }
}
