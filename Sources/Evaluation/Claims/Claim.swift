// Published claims and what a run found.
package import Statistics

/// What a run says about a published claim.
package enum ClaimStatus: String, Codable, Hashable, Sendable, CaseIterable {
  /// Our figure rounds to the printed value.
  case reproduced
  /// The printed value lies in our interval over folds.
  case insideInterval = "inside the interval"
  case notReproduced = "not reproduced"
  /// The protocols differ.
  case incomparable
  case notAttempted = "not attempted"
}

/// One printed figure and the run's finding.
package struct ClaimRow: Codable, Hashable, Sendable {
  package let claim: String
  package let corpus: String
  package let system: String
  package let metric: Metric
  /// As printed, in per cent.
  package let printed: Double
  package let digits: Int
  package let averaging: Baseline.Averaging
  package let source: String
  /// A remark on the source; nil if there is none.
  package let note: String?
  /// The protocol, as far as it is stated.
  package let signature: String
  /// The grid of possible values for the figure; nil if it does not follow from the counts.
  package let granularity: Granularity?
  package let status: ClaimStatus
  /// The run's system, its figure in per cent, and the interval over folds.
  package let ours: String?
  package let value: Double?
  package let interval: Estimate.Interval?
  package private(set) var reasons: [String]
}

extension Baseline.QuotedScore {
  /// Digits after the point as printed, at most 6. If they are not recorded, as many as the number
  /// needs.
  package var printedDigits: Int {
    if let digits { return min(6, max(0, digits)) }
    let text = (percent ?? 0).description
    guard let point = text.firstIndex(of: "."), !text.hasSuffix(".0") else { return 0 }
    return min(6, text.distance(from: point, to: text.endIndex) - 1)
  }
}

extension ClaimRow {
  /// Compares every printed figure of `baselines` with the run's systems.
  ///
  /// - Parameters:
  ///   - systems: the run's systems that reimplement the printed ones; empty if nothing was run.
  ///   - classCounts: the published class sizes of a corpus; nil if there are none.
  package static func rows(
    _ baselines: [Baseline], systems: [RunScores], classCounts: (_ corpus: String) -> [Int]?
  ) -> [ClaimRow] {
    baselines.filter { $0.kind == .published }.flatMap { baseline in
      let counts = classCounts(baseline.signature.corpus)
      return swapsNoted(
        baseline.figures.compactMap { figure in
          figure.percent.map { row(baseline, figure, $0, systems, counts) }
        })
    }
  }

  /// The rows of one claim. A remark is added if WA and UA fit only when they are swapped, because
  /// papers and programs of the field confuse the two.
  private static func swapsNoted(_ rows: [ClaimRow]) -> [ClaimRow] {
    guard let wa = rows.first(where: { $0.metric == .accuracy }), let ownWA = wa.value,
      let ua = rows.first(where: { $0.metric == .unweightedAverageRecall }), let ownUA = ua.value
    else { return rows }
    func isNear(_ own: Double, _ printed: Double) -> Bool { abs(own - printed) < 0.05 }
    guard isNear(ownWA, ua.printed), isNear(ownUA, wa.printed), !isNear(ownWA, wa.printed) else {
      return rows
    }
    return rows.map {
      var row = $0
      row.reasons.append(
        "printed WA and UA fit ours exchanged: one of the two may have them swapped")
      return row
    }
  }

  private static func row(
    _ baseline: Baseline, _ figure: Baseline.QuotedScore, _ percent: Double,
    _ systems: [RunScores], _ classCounts: [Int]?
  ) -> ClaimRow {
    let signature = baseline.signature
    let grid = classCounts.flatMap { Granularity.denominator(of: figure.metric, classCounts: $0) }
    let digits = figure.printedDigits
    func made(
      _ status: ClaimStatus, _ reasons: [String], _ ours: RunScores? = nil,
      _ estimate: Estimate? = nil
    ) -> ClaimRow {
      ClaimRow(
        claim: baseline.name, corpus: signature.corpus, system: baseline.system,
        metric: figure.metric, printed: percent, digits: digits, averaging: figure.averaging,
        source: [baseline.source?.paper, baseline.source?.place, baseline.source?.arxiv]
          .compactMap { $0 }.joined(separator: ", "),
        note: baseline.source?.note, signature: signature.text,
        granularity: grid.map { Granularity(percent: percent, digits: digits, denominator: $0) },
        status: status, ours: ours?.system, value: estimate.map { 100 * $0.value },
        interval: (estimate?.interval?.withinShares).map {
          .init(lower: 100 * $0.lower, upper: 100 * $0.upper, level: $0.level)
        }, reasons: reasons)
    }
    guard let own = systems.first(where: { $0.signature.corpus == signature.corpus }) else {
      return made(.notAttempted, [])
    }
    guard let folds = own.summary.perFold(figure.metric), own.summary.isComplete,
      folds.values.count > 1
    else { return made(.notAttempted, ["only \(own.summary.completeness) cells are finished"]) }
    let estimate = CorrelatedT(
      differences: folds.values, testShare: 1 / Double(folds.values.count - 1)
    ).estimate()
    switch own.signature.comparability(with: signature) {
    case .comparable: break
    case .shownOnly(let reasons): return made(.incomparable, reasons, own, estimate)
    case .refused(let reason): return made(.incomparable, [reason])
    }
    let isPrintedSo = fixed(100 * estimate.value, digits: digits) == fixed(percent, digits: digits)
    let isInside = estimate.interval.map { $0.lower <= percent / 100 && percent / 100 <= $0.upper }
    return made(
      isPrintedSo ? .reproduced : isInside == true ? .insideInterval : .notReproduced,
      ["the printed value is treated as exact; the interval is of our folds"], own, estimate)
  }
}
