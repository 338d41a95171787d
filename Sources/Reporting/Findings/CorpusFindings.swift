// The sentences about one corpus.
import Evaluation
import Statistics

extension CorpusReport {
  /// The result, the difference from the plain system, the paper's parts and its printed figure,
  /// and the change since the last recorded run.
  ///
  /// - Parameter isOnly: whether the report has no other corpus. Then the first sentence has the
  ///   corpus's name for all, and there is room for one on the methods.
  func findings(isOnly: Bool) -> [Finding] {
    let methods = isOnly ? methodsFinding : nil
    let found = [differenceFinding, partsFinding ?? methods, printedFinding, gateFinding]
    let rest = found.compactMap(\.self)
    return [resultFinding.prefixed(findingName)]
      + (isOnly ? rest : rest.map { $0.prefixed(findingName) })
  }

  /// The corpus's name after its warnings, at the head of a sentence.
  var findingName: String { warnings.prefix + displayName }

  private func finding(_ kind: Finding.Kind, _ verdict: String, _ text: String) -> Finding {
    Finding(kind: kind, corpus: name, verdict: verdict, text: text)
  }

  private var resultFinding: Finding {
    guard let analysis = judgement?.analyses.first,
      let figure = analysis[.unweightedAverageRecall]?.pooled
    else {
      return finding(.result, "none", "No system has a complete seed yet, so no score is shown.")
    }
    let interval = figure.interval.map {
      $0.isDegenerate
        ? ", the same for every sample of speakers, which is no certainty"
        : ", 95 % interval \(range(figure)) %" + (isWithoutSpeakers ? "" : " for unseen speakers")
    }
    let seeds = analysis.seeds.count
    return finding(
      .result, "\(inPercent(figure.value)) %",
      "\(analysis.system) has a UA (mean recall of the classes) of \(inPercent(figure.value)) %"
        + (interval ?? "")
        + (seeds == 1 ? ", with one seed." : ", mean of \(seeds) seeds.")
    )
  }

  /// The first system against `plain`, or against the other one of two.
  private var comparison:
    (row: SystemComparison, rows: [SystemComparison], adjusted: Double, method: Double)?
  {
    let rows =
      judgement?.comparisons.first { $0.first?.metric == .unweightedAverageRecall } ?? []
    let only = rows.count == 1 ? 0 : nil
    guard let index = rows.firstIndex(where: { $0.second == "plain" }) ?? only else { return nil }
    return (rows[index], rows, rows.adjusted[index], rows.adjustedForMethods[index])
  }

  private var differenceFinding: Finding? {
    guard let (row, rows, p, _) = comparison else { return nil }
    let value = row.difference.value
    let interval = row.difference.interval
    let isClear = interval.map { $0.lower > 0 || $0.upper < 0 } ?? false
    let isTested = row.exchange.canReach(ComponentClaim.level)
    let isDecided = isClear && isTested && p <= ComponentClaim.level
    let numbers =
      (interval.map {
        $0.isDegenerate
          ? "the same for every sample of speakers, which is no certainty; "
          : "95 % interval \(points($0.lower)) to \(points($0.upper)), "
      } ?? "")
      + (isTested ? "p \(pText(p))" : "too few speakers for a test")
    guard !isDecided else {
      let (better, worse) = value > 0 ? (row.first, row.second) : (row.second, row.first)
      return finding(
        .difference, value > 0 ? "better" : "worse",
        "\(better) is better than \(worse) on unseen speakers: \(row.first) − \(row.second) is "
          + "\(points(value)) points of UA (\(numbers)).")
    }
    let detectable = rows.detectableOverSpeakers(row).map { found("data", $0) }
    return finding(
      .difference, "undecided",
      "\(row.first) and \(row.second) cannot be told apart on unseen speakers: "
        + "\(row.first) − \(row.second) is \(points(value)) points of UA (\(numbers))."
        + (detectable ?? ""))
  }

  private var methodsFinding: Finding? {
    guard let (row, rows, _, p) = comparison, let method = row.method,
      let interval = method.interval
    else { return nil }
    let isDecided = p <= ComponentClaim.level
    let verdict = !isDecided ? "undecided" : method.value > 0 ? "better" : "worse"
    let numbers =
      (interval.isDegenerate
        ? "the same on each of \(row.folds) folds, which is no certainty; "
        : "95 % interval \(pointRange(interval)) over \(row.folds) folds, ")
      + "p \(pText(p))"
    let text =
      isDecided
      ? "Trained again, \(method.value > 0 ? row.first : row.second) would be the better method "
        + "(\(numbers))."
      : "Whether one would be the better method when trained again is undecided (\(numbers))."
    return finding(
      .methods, verdict,
      text
        + (isDecided
          ? ""
          : rows.detectable(row).map { found("folds", $0) } ?? ""))
  }

  /// The difference that the test finds, as a sentence.
  private func found(_ units: String, _ effect: DetectableEffect) -> String {
    " \(effect.rows > 1 ? "Adjusted for \(effect.rows) rows, such" : "Such") \(units) show a "
      + "difference of \(inPercent(effect.afterHolm.value)) points 8 times in 10."
  }

  private var partsFinding: Finding? {
    let claims =
      judgement?.components.first {
        $0.compactMap(\.comparison).first?.metric == .unweightedAverageRecall
      } ?? []
    let judged = claims.filter { $0.verdict != .notRun }
    guard !judged.isEmpty else { return nil }
    func number(_ verdict: ComponentClaim.Verdict) -> Int { judged.count { $0.verdict == verdict } }
    func some(_ count: Int, _ one: String, _ many: String) -> String {
      count == 0 ? "none \(one)" : "\(count) \(count == 1 ? one : many)"
    }
    let missing = claims.count - judged.count
    return finding(
      .parts, number(.undecided) == judged.count ? "undecided" : "decided",
      "Of the paper's \(count(judged.count, "claim")) about a part that were run, "
        + some(number(.holds), "holds", "hold") + ", "
        + some(number(.contradicted), "is contradicted", "are contradicted") + " and "
        + some(number(.undecided), "is undecided", "are undecided")
        + " (UA over folds, adjusted for all of them)."
        + (claims.nearestToDecision.flatMap { claim in
          claim.need.map { " The nearest to a decision is \(claim.claim): \($0)." }
        } ?? "")
        + (missing == 0 ? "" : " \(missing) \(missing == 1 ? "was" : "were") not run."))
  }

  private var printedFinding: Finding? {
    guard let printed = baselines.first(where: { $0.origin == .paper }),
      let share = printed.accuracy ?? printed.unweightedAverageRecall
    else { return nil }
    let metric: Metric = printed.accuracy == nil ? .unweightedAverageRecall : .accuracy
    let figure = "The paper's \(inPercent(share)) % \(metric.abbreviation)"
    let reason = printed.whyNot + (printed.whyNot.hasSuffix(".") ? "" : ".")
    return printed.isComparable
      ? finding(.printed, "comparable", "\(figure) were measured by the same protocol.")
      : finding(.printed, "not comparable", "\(figure) cannot be compared: \(reason)")
  }
}

extension CorpusReport {
  /// How many systems pass against their recorded results, and by how much the first one and those
  /// that do not pass changed.
  fileprivate var gateFinding: Finding? {
    let rows = judgement?.gate ?? []
    guard let first = rows.first else { return nil }
    let passed = rows.count { $0.result.verdict == .pass }
    let told = [first] + rows.dropFirst().filter { $0.result.verdict != .pass }
    let sentences = told.map { row in
      "\(row.result.system): \(row.result.verdict.title), \(row.change)"
        + (row.interval.map { " (\($0))" } ?? "") + "."
    }
    return Finding(
      kind: .gate, corpus: name, verdict: Verdict.worst(of: rows.map(\.result.verdict)).rawValue,
      text: "Against the last recorded \(rows.count == 1 ? "result" : "results"), "
        + "\(passed) of \(count(rows.count, "system")) \(passed == 1 ? "passes" : "pass"). "
        + sentences.joined(separator: " "))
  }
}

extension JudgementReport.GateRow {
  /// The change in words, such as "+0.3 points of UA".
  var change: String {
    isUnchanged
      ? "no change: every utterance has the same class in every seed"
      : result.difference.map { "\(points($0.value)) points of \(result.metric.abbreviation)" }
        ?? "the change is not known"
  }

  /// The change with its interval in few words, such as "UA +0.3 (−0.5 to +1.1)".
  var shortChange: String {
    guard let difference = result.difference else { return "not known" }
    return "\(result.metric.abbreviation) \(points(difference.value))"
      + (difference.interval.map { " (\(pointRange($0)))" } ?? "")
  }

  /// The interval and the margin in words; nil where nothing changed or nothing is known.
  var interval: String? {
    guard !isUnchanged, let interval = result.difference?.interval else { return nil }
    let range =
      interval.isDegenerate
      ? "the same for every seed, which is no certainty"
      : "\(fixed(100 * interval.level, digits: 0)) % interval \(pointRange(interval))"
    return "\(range), "
      + "margin \(points(-result.margin))"
  }
}

extension Finding {
  /// The sentence after the name of its corpus.
  fileprivate func prefixed(_ name: String) -> Finding {
    Finding(kind: kind, corpus: corpus, verdict: verdict, text: "\(name): \(text)")
  }
}
