// Does a system know when it is wrong? If it may leave out the utterances it is least sure of, how
// often is it wrong on the rest?
package import Statistics

/// The risk–coverage curve of one system.
///
/// The utterances of one seed are ordered by falling confidence. At coverage k/n only the first k
/// are answered, and the risk is the share of errors among them:
///
///     r(k) = errors among the first k / k
///
/// Predictions of equal confidence have no order. Their errors count evenly over their places. The
/// curve is the mean over seeds.
///
/// Source: Geifman & El-Yaniv 2017, §2.
package struct RiskCoverage: Hashable, Sendable {
  /// The risk at 1, 2, … 100 percent coverage. A percentage that is no whole number of utterances
  /// is rounded up.
  package let risks: [Double]
  /// The area under the curve, `1/n Σ_k r(k)`, with the delete-one-speaker jackknife. Smaller is
  /// better: 0 without errors. Confidences that mean nothing give the error rate.
  ///
  /// Source: Geifman, Uziel & El-Yaniv 2019, eq. 2.
  package let area: Estimate
  /// The accuracy at 80 % coverage, with the same jackknife.
  package let accuracyAt80: Estimate

  init(_ system: SystemPredictions) {
    let places = system.speakerPlaces
    let speakers = (places.max() ?? -1) + 1
    let curves = system.seeds.map { Ranking($0.predictions, speakers: places) }
    func mean(_ value: (Ranking) -> Double?) -> Double? {
      let values = curves.compactMap(value)
      return values.count == curves.count && !values.isEmpty
        ? values.reduce(0, +) / Double(values.count) : nil
    }
    func estimate(_ value: (Ranking, Int?) -> Double?) -> Estimate {
      jackknife(
        whole: mean { value($0, nil) } ?? 0, unit: "speaker",
        without: (0..<speakers).map { speaker in mean { value($0, speaker) } })
    }
    risks = (1...100).map { percent in mean { $0.risk(at: percent, without: nil) } ?? 0 }
    area = estimate { $0.area(without: $1) }
    accuracyAt80 = estimate { ranking, speaker in
      ranking.risk(at: 80, without: speaker).map { 1 - $0 }
    }
  }
}

/// One seed's predictions by falling confidence.
private struct Ranking {
  private let rows: [(confidence: Double, isWrong: Bool, speaker: Int)]

  init(_ predictions: [Prediction], speakers: [Int]) {
    rows = zip(predictions, speakers)
      .map { ($0.confidence, $0.predicted != $0.truth, $1) }
      .sorted { $0.0 > $1.0 }
  }

  /// Calls `body` with each group of equal confidence: its size and its errors.
  private func groups(without omitted: Int?, _ body: (_ size: Int, _ errors: Int) -> Void) {
    var place = 0
    while place < rows.count {
      let confidence = rows[place].confidence
      var (size, errors) = (0, 0)
      while place < rows.count, rows[place].confidence == confidence {
        if rows[place].speaker != omitted {
          size += 1
          if rows[place].isWrong { errors += 1 }
        }
        place += 1
      }
      if size > 0 { body(size, errors) }
    }
  }

  func area(without omitted: Int?) -> Double? {
    var (answered, errors, sum) = (0, 0, 0.0)
    groups(without: omitted) { size, wrong in
      for place in 1...size {
        let risk =
          Double(errors) + Double(wrong) * Double(place) / Double(size)
        sum += risk / Double(answered + place)
      }
      answered += size
      errors += wrong
    }
    return answered == 0 ? nil : sum / Double(answered)
  }

  func risk(at percent: Int, without omitted: Int?) -> Double? {
    var total = 0
    for row in rows where row.speaker != omitted { total += 1 }
    let wanted = (percent * total + 99) / 100
    guard wanted > 0 else { return nil }
    var (answered, errors) = (0, 0.0)
    groups(without: omitted) { size, wrong in
      let taken = min(size, wanted - answered)
      guard taken > 0 else { return }
      errors += Double(wrong) * Double(taken) / Double(size)
      answered += taken
    }
    return errors / Double(wanted)
  }
}
