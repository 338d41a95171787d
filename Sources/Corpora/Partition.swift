// The utterances of a fold that train, validate and test.
package import Settings

/// The utterances of one fold by role, as positions in the corpus, in its order.
package struct Partition: Sendable, Equatable {
  package let training: [Int]
  /// Held out of training to choose an epoch or settings; empty if nothing is chosen.
  package let validation: [Int]
  /// The utterances that are scored.
  package let evaluation: [Int]

  package init(training: [Int], validation: [Int], evaluation: [Int]) {
    (self.training, self.validation, self.evaluation) = (training, validation, evaluation)
  }

  /// Divides a corpus for fold k.
  ///
  /// If there are validation speakers, they are those of the fold after k (the first follows the
  /// last). They never overlap with the test fold, and their number is about the same.
  ///
  /// A fold that does not exist has no test utterances.
  ///
  /// - Parameters:
  ///   - evaluateOn: `test` scores fold k; `innerValidation` scores the validation speakers and
  ///     leaves fold k out entirely.
  ///   - selection: `bestValidation` removes the validation speakers from training.
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
