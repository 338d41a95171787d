// What one system said of every test utterance, seed by seed: the strongest evidence there is.

/// The predictions of one system over all folds, for its complete seeds.
package struct SystemPredictions: Sendable, Hashable {
  package let system: String
  /// The names of the K classes.
  package let classes: [String]
  /// By seed, ascending; each has the same utterances, sorted by id.
  package let seeds: [Seed]

  package struct Seed: Sendable, Hashable {
    package let seed: Int
    package let predictions: [Prediction]
  }

  /// - Parameter seeds: predictions of every fold, in any order.
  /// - Precondition: each seed has the same utterances with the same speaker, fold and truth.
  package init(system: String, classes: [String], seeds: [(seed: Int, predictions: [Prediction])]) {
    self.system = system
    self.classes = classes
    self.seeds = seeds.sorted { $0.seed < $1.seed }.map {
      Seed(seed: $0.seed, predictions: $0.predictions.sorted { precedes($0, $1) })
    }
    for seed in self.seeds.dropFirst() {
      precondition(
        seed.predictions.elementsEqual(self.seeds[0].predictions) { $0.isSameUtterance(as: $1) },
        "\(system): seed \(seed.seed) has other utterances than seed \(self.seeds[0].seed)")
    }
  }

  /// The utterances, with the first seed's predictions.
  package var utterances: [Prediction] { seeds.first?.predictions ?? [] }

  /// Whether both scored the same utterances with the same truth.
  package func hasSameUtterances(as other: SystemPredictions) -> Bool {
    classes == other.classes
      && utterances.elementsEqual(other.utterances) { $0.isSameUtterance(as: $1) }
  }

  /// The confusion matrix of each seed, all folds together.
  package var matrices: [ConfusionMatrix] {
    seeds.map { ConfusionMatrix(classes: classes, predictions: $0.predictions) }
  }
}

extension Prediction {
  /// Whether both are of the same utterance in the same fold, whatever was predicted.
  func isSameUtterance(as other: Prediction) -> Bool {
    id == other.id && speaker == other.speaker && fold == other.fold && truth == other.truth
  }
}

/// Byte order of ids, then folds.
private func precedes(_ a: Prediction, _ b: Prediction) -> Bool {
  a.id == b.id ? a.fold < b.fold : a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
}
