// The utterances that a system gets wrong, seed by seed: those that no seed gets right are worth
// listening to.

/// One utterance that a system gets wrong in at least one seed.
package struct UtteranceError: Codable, Hashable, Sendable {
  package let id: String
  package let speaker: String
  package let fold: Int
  /// The index of the true class.
  package let truth: Int
  /// The wrong class that most seeds chose; of equal ones, the one with the greater probabilities.
  package let predicted: Int
  /// The number of seeds that are wrong.
  package let wrong: Int
  /// The mean probability of the chosen class over the wrong seeds; nil without probabilities.
  package let confidence: Double?
  /// The other systems that are wrong in every seed, in their order.
  package let alsoWrong: [String]
}

/// All errors of one system.
package struct UtteranceErrors: Codable, Hashable, Sendable {
  package let system: String
  package let seeds: Int
  package let utterances: Int
  /// The systems that `alsoWrong` may name.
  package let others: [String]
  /// First those with most wrong seeds; among them the most confident ones, then by id.
  package let rows: [UtteranceError]

  /// The number of utterances that are wrong in every seed.
  package var always: Int { rows.count { $0.wrong == seeds } }
  /// The number of utterances that are wrong in some seeds only.
  package var sometimes: Int { rows.count - always }
  /// The number of utterances that are right in every seed.
  package var never: Int { utterances - rows.count }

  /// Collects the errors of a system.
  ///
  /// - Parameter others: further systems; those on other utterances are left out.
  package init(_ system: SystemPredictions, beside others: [SystemPredictions]) {
    let others = others.filter { system.hasSameUtterances(as: $0) }
    self.system = system.system
    self.others = others.map(\.system)
    (seeds, utterances) = (system.seeds.count, system.utterances.count)
    let alwaysWrong = others.map(\.alwaysWrong)
    let found = system.utterances.indices.compactMap { index in
      UtteranceError(
        system.seeds.map { $0.predictions[index] },
        alsoWrong: others.indices.filter { alwaysWrong[$0][index] }.map { others[$0].system })
    }
    rows = found.sorted { a, b in
      guard a.wrong == b.wrong else { return a.wrong > b.wrong }
      let (x, y) = (a.confidence ?? -1, b.confidence ?? -1)
      guard x == y else { return x > y }
      return a.id == b.id ? a.fold < b.fold : a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
    }
  }
}

extension UtteranceError {
  /// - Parameter seeds: the predictions of all seeds for one utterance.
  /// - Returns: nil if every seed is right.
  fileprivate init?(_ seeds: [Prediction], alsoWrong: [String]) {
    let wrong = seeds.filter { $0.predicted != $0.truth }
    guard let first = wrong.first else { return nil }
    func probability(_ row: Prediction) -> Double? {
      row.probabilities.indices.contains(row.predicted)
        ? Double(row.probabilities[row.predicted]) : nil
    }
    let choices = Set(wrong.map(\.predicted)).sorted().map { label in
      let rows = wrong.filter { $0.predicted == label }
      return (
        label: label, votes: rows.count, weight: rows.reduce(0) { $0 + (probability($1) ?? 0) }
      )
    }
    // Of equal choices the first one stays.
    let chosen = choices.dropFirst().reduce(choices[0]) { best, next in
      (next.votes, next.weight) > (best.votes, best.weight) ? next : best
    }
    let probabilities = wrong.compactMap(probability)
    self.init(
      id: first.id, speaker: first.speaker, fold: first.fold, truth: first.truth,
      predicted: chosen.label, wrong: wrong.count,
      confidence: probabilities.count == wrong.count
        ? probabilities.reduce(0, +) / Double(wrong.count) : nil, alsoWrong: alsoWrong)
  }
}

extension SystemPredictions {
  /// For each utterance, whether every seed is wrong.
  fileprivate var alwaysWrong: [Bool] {
    utterances.indices.map { index in
      seeds.allSatisfy { $0.predictions[index].predicted != $0.predictions[index].truth }
    }
  }
}
