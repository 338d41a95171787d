// What one system predicted for every test utterance, seed by seed. This is the strongest evidence
// about a system.

/// The predictions of one system over all folds, for its complete seeds.
package struct SystemPredictions: Sendable, Hashable {
  package let system: String
  /// The names of the K classes.
  package let classes: [String]
  /// Sorted by seed. All have the same utterances, sorted by id.
  package let seeds: [Seed]

  package struct Seed: Sendable, Hashable {
    package let seed: Int
    package let predictions: [Prediction]
  }

  /// - Parameter seeds: predictions of every fold, in any order.
  /// - Precondition: all seeds have the same utterances with the same speaker, fold and truth.
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

  /// The utterances with the first seed's predictions.
  package var utterances: [Prediction] { seeds.first?.predictions ?? [] }

  /// Whether both scored the same utterances with the same truth.
  package func hasSameUtterances(as other: SystemPredictions) -> Bool {
    classes == other.classes
      && utterances.elementsEqual(other.utterances) { $0.isSameUtterance(as: $1) }
  }

  /// Returns how the utterances differ from those of `other`, one phrase each with the first ids;
  /// empty if `hasSameUtterances`.
  package func differences(from other: SystemPredictions) -> [String] {
    guard classes == other.classes else {
      return [
        """
        other classes: \(classes.joined(separator: " ")) vs \
        \(other.classes.joined(separator: " "))
        """
      ]
    }
    func byID(_ rows: [Prediction]) -> [String: Prediction] {
      Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
    func phrase(_ ids: [String], _ what: String) -> String? {
      guard !ids.isEmpty else { return nil }
      return "\(ids.count) utterances \(what): \(ids.prefix(3).joined(separator: ", "))"
        + (ids.count > 3 ? " …" : "")
    }
    let (own, others) = (byID(utterances), byID(other.utterances))
    let both = utterances.compactMap { row in others[row.id].map { (row, $0) } }
    let found = [
      phrase(
        utterances.map(\.id).filter { others[$0] == nil }, "are not among the baseline's"),
      phrase(
        other.utterances.map(\.id).filter { own[$0] == nil }, "of the baseline are missing"),
      phrase(
        both.filter { $0.truth != $1.truth }
          .map { "\($0.id) (\(classes[$0.truth]) vs \(classes[$1.truth]))" },
        "have another class"),
      phrase(
        both.filter { $0.speaker != $1.speaker }
          .map { "\($0.id) (\($0.speaker) vs \($1.speaker))" }, "have another speaker"),
      phrase(
        both.filter { $0.fold != $1.fold }.map { "\($0.id) (\($0.fold) vs \($1.fold))" },
        "are in another fold"),
    ].compactMap { $0 }
    return found.isEmpty && !hasSameUtterances(as: other)
      ? ["utterances occur more than once"] : found
  }

  /// The protocol's fingerprint, as far as these utterances determine it.
  ///
  /// - Parameter folds: number of folds in the list.
  package func fingerprint(folds: Int, exclusions: [String], evaluateOn: String)
    -> ProtocolFingerprint
  {
    ProtocolFingerprint(
      items: utterances.map {
        ProtocolFingerprint.Item(
          id: $0.id, label: classes[$0.truth],
          fold: testPart(ofFold: $0.fold, folds: folds, evaluateOn: evaluateOn),
          speaker: $0.speaker)
      }, classes: classes, exclusions: exclusions, evaluateOn: evaluateOn)
  }

  /// The confusion matrix of each seed, over all folds.
  package var matrices: [ConfusionMatrix] {
    seeds.map { ConfusionMatrix(classes: classes, predictions: $0.predictions) }
  }
}

extension Prediction {
  /// Whether both are about the same utterance in the same fold, with any prediction.
  func isSameUtterance(as other: Prediction) -> Bool {
    id == other.id && speaker == other.speaker && fold == other.fold && truth == other.truth
  }
}

/// Orders by id (bytes), then fold.
private func precedes(_ a: Prediction, _ b: Prediction) -> Bool {
  a.id == b.id ? a.fold < b.fold : a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
}
