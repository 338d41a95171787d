// By hand: every verdict of the gate, and its reasons.
import Evaluation
import Files
import Foundation
import Randomness
import Statistics
import TestSupport
import Testing

private let classes = ["a", "b"]

/// A protocol of `n` utterances.
private func signature(
  corpus: String = "ravdess", n: Int = 4, folds: [Int] = [1, 2], fingerprint: Bool = true
) -> ProtocolSignature {
  ProtocolSignature(
    corpus: corpus, foldList: "emobox", folds: folds.count, classes: classes, utterances: n,
    fingerprint: fingerprint
      ? ProtocolFingerprint(
        items: (0..<n).map { .init(id: "u\($0)", label: classes[$0 % 2], fold: 1, speaker: "s") },
        classes: classes, exclusions: [], evaluateOn: "test") : nil)
}

/// `scores[fold][seed]`: correct ones of 1000 utterances, half of each class.
private func summary(_ scores: [[Int]], seeds: [Int]? = nil) -> ScoreSummary {
  let seeds = seeds ?? Array(1...scores[0].count)
  return ScoreSummary(
    cells: scores.enumerated().flatMap { fold, row in
      zip(seeds, row).map { seed, right in
        ScoredCell(
          seed: seed, fold: fold + 1,
          matrix: ConfusionMatrix(
            classes: classes,
            counts: [[right / 2, 500 - right / 2], [500 - (right + 1) / 2, (right + 1) / 2]]))
      }
    }, seeds: seeds, folds: Array(1...scores.count))
}

private func baseline(_ scores: [[Int]], _ signature: ProtocolSignature = signature()) throws
  -> Baseline
{
  try Baseline.record(
    name: "recorded", system: "full", signature: signature, summary: summary(scores),
    provenance: .init(
      programVersion: "0", commit: "c", dirty: false, corpusFingerprint: "f", settingsHash: "s",
      machine: "m", date: "d"), settings: [])
}

/// A printed figure, as stored in a file of baselines.
func publishedBaseline(_ signature: ProtocolSignature, metric: String, percent: Double) throws
  -> Baseline
{
  let json = """
    {"baselines": [{"name": "p", "kind": "published", "system": "theirs",
      "signature": \(String(decoding: try canonicalJSON(signature), as: UTF8.self)),
      "source": {"paper": "p"}, "scores": [{"metric": "\(metric)", "percent": \(percent),
      "averaging": "not-stated", "digits": 1}]}]}
    """
  return try BaselineFile(parsing: Data(json.utf8), file: "p.json").baselines[0]
}

private func candidate(_ scores: [[Int]], _ signature: ProtocolSignature = signature())
  -> Gate.Candidate
{
  Gate.Candidate(
    system: "full", signature: signature, summary: summary(scores), predictions: nil)
}

private func verdict(
  _ candidate: Gate.Candidate, _ baseline: Baseline, margin: Double = 0.01
) -> GateResult {
  Gate(metric: .unweightedAverageRecall, margin: margin).judge(
    candidate, against: baseline, recorded: nil, random: RandomStream(seed: 1))
}

@Suite struct `The gate` {
  private let recorded = [[700, 702, 698], [600, 602, 598]]

  @Test func `passes what is no worse, fails what is worse, and says when it cannot tell`() throws {
    let baseline = try baseline(recorded)
    #expect(verdict(candidate([[701, 699, 700], [600, 601, 599]]), baseline).verdict == .pass)
    let worse = verdict(candidate([[680, 682, 678], [580, 582, 578]]), baseline)
    #expect(worse.verdict == .regressed)
    expectClose(try #require(worse.difference).value, -0.02)
    let noisy = verdict(candidate([[640, 700, 760], [540, 600, 660]]), baseline)
    #expect(noisy.verdict == .inconclusive)
    let needed = try #require(noisy.seedsNeededOnBothSides)
    #expect(needed > 10 && (noisy.detectable ?? 0) > 0.01)
  }

  @Test func `lets a small loss within the margin pass, and says so`() throws {
    let result = verdict(candidate([[696, 694, 695], [596, 594, 595]]), try baseline(recorded))
    #expect(result.verdict == .pass && result.because[0].contains("a loss, within the margin"))
    // With a narrower margin the same run is worse.
    #expect(
      verdict(
        candidate([[696, 694, 695], [596, 594, 595]]), try baseline(recorded), margin: 0.003
      )
      .verdict == .regressed)
  }

  @Test func `does not believe a great gain`() throws {
    let result = verdict(candidate([[780, 782, 778], [680, 682, 678]]), try baseline(recorded))
    #expect(result.verdict == .tooGood && result.because[0].contains("leak"))
  }

  @Test func `never subtracts what another protocol gave`() throws {
    let other = verdict(candidate(recorded, signature(n: 6)), try baseline(recorded))
    #expect(other.verdict == .incomparable && other.difference == nil)
    #expect(other.because.contains { $0.contains("other number of utterances: 6 vs 4") })
    #expect(other.because.contains { $0.hasPrefix("other utterances: ") })
    let old = verdict(candidate(recorded), try baseline(recorded, signature(fingerprint: false)))
    #expect(old.verdict == .incomparable && old.because[0].contains("record it again"))
  }

  @Test func `calls an unfinished run incomparable, not passed`() throws {
    var unfinished = candidate(recorded)
    unfinished.summary = ScoreSummary(
      cells: Array(unfinished.summary.cells.dropLast()), seeds: [1, 2, 3], folds: [1, 2])
    let result = verdict(unfinished, try baseline(recorded))
    #expect(result.verdict == .incomparable && result.because[0].contains("5 of 6"))
    #expect(GateReport(run: "r", results: []).verdict == .incomparable)
  }

  @Test func `knows when nothing changed at all`() throws {
    func predictions(_ wrong: Int) -> SystemPredictions {
      SystemPredictions(
        system: "full", classes: classes,
        seeds: [1, 2, 3].map { seed in
          (
            seed,
            (0..<4).map {
              Prediction(
                id: "u\($0)", speaker: "s", fold: 1 + $0 % 2, truth: 0,
                predicted: $0 < wrong ? 1 : 0,
                probabilities: [])
            }
          )
        })
    }
    var same = candidate([[640, 700, 760], [540, 600, 660]])
    same.predictions = predictions(1)
    let gate = Gate(metric: .unweightedAverageRecall, margin: 0.01)
    let baseline = try baseline([[640, 700, 760], [540, 600, 660]])
    let result = gate.judge(
      same, against: baseline, recorded: predictions(1), random: RandomStream(seed: 1))
    #expect(result.verdict == .pass && result.changedDecisions == 0)
    let changed = gate.judge(
      same, against: baseline, recorded: predictions(2), random: RandomStream(seed: 1))
    #expect(changed.verdict == .inconclusive && changed.changedDecisions == 3)
  }

  @Test func `holds folds to a figure of which nothing else is known`() throws {
    let published = try publishedBaseline(
      signature(fingerprint: false), metric: "unweighted_average_recall", percent: 65)
    let result = verdict(candidate(recorded), published)
    #expect(result.verdict == .inconclusive && result.permutation == nil)
    #expect(result.reason?.contains("treated as exact") == true)
    #expect(verdict(candidate([[900], [901]]), published).verdict == .tooGood)
  }

  @Test func `has an exit code of its own for each verdict`() {
    #expect(Set(Verdict.allCases.map(\.exitCode)).count == Verdict.allCases.count)
    #expect(Verdict.allCases.filter { $0.exitCode == 0 } == [.pass])
    #expect(Set(Verdict.allCases.map(\.exitCode)).isDisjoint(with: [1, 2, 64]))
    #expect(Verdict.worst(of: [.pass, .inconclusive, .regressed, .incomparable]) == .regressed)
    #expect(Verdict.worst(of: [.pass, .pass]) == .pass && Verdict.worst(of: []) == .incomparable)
  }

  @Test func `tells CI the same in three forms`() throws {
    let results = [
      verdict(candidate(recorded), try baseline(recorded)),
      verdict(candidate([[680, 682, 678], [580, 582, 578]]), try baseline(recorded)),
      verdict(candidate([[640, 700, 760], [540, 600, 660]]), try baseline(recorded)),
      verdict(candidate(recorded, signature(n: 6)), try baseline(recorded)),
    ]
    let report = GateReport(run: "runs/<a>", results: results)
    #expect(report.verdict == .regressed && report.text.contains("exit code 3"))
    #expect(
      report.junit.contains(#"tests="4" failures="1" errors="1" skipped="1""#)
        && report.junit.contains("&quot;") == false)
    // Every opened element is closed, and the run's "<" is escaped.
    #expect(report.junit.split(separator: "<testcase").count == 5)
    #expect(report.junit.split(separator: "</testcase>").count == 5)
    #expect(report.junit.hasSuffix("</testsuite>\n"))
    #expect(report.markdown.split(separator: "\n").count { $0.hasPrefix("| **") } == 4)
    #expect(report.markdown.contains("ravdess\\|n:4"))
    let data = try canonicalJSON(report)
    #expect(try decodeJSON(GateReport.self, from: data) == report)
  }
}

@Suite struct `The history of runs` {
  private func entry(_ value: Double, _ index: Int, fingerprint: String = "f") -> History.Entry {
    History.Entry(
      date: "day \(index)", commit: "c\(index)", corpus: "ravdess", system: "full",
      metric: .unweightedAverageRecall, fingerprint: fingerprint, value: value, deviation: 0.002)
  }

  @Test func `shows a slow loss that no single step shows`() throws {
    try withTemporaryFolder { folder in
      var history = try History(path: folder + "/h.jsonl")
      for index in 0..<12 { try history.add(entry(0.70 - 0.006 * Double(index / 3), index)) }
      try history.add(entry(0.2, 99, fingerprint: "another protocol"))
      let again = try History(path: folder + "/h.jsonl")
      #expect(again.entries == history.entries)
      let drift = try #require(again.drift(of: entry(0.682, 11)))
      #expect(drift.loss > 0.01 && drift.runs == 12)
      var result = verdict(
        candidate([[701, 699, 700], [600, 601, 599]]),
        try baseline([[700, 702, 698], [600, 602, 598]]))
      result.take(drift)
      #expect(result.verdict == .regressed && result.because[0].contains("over 12 runs"))
    }
  }

  @Test func `is silent where nothing changes, and refuses a file that is none`() throws {
    try withTemporaryFolder { folder in
      var history = try History(path: folder + "/h.jsonl")
      var random = RandomStream(seed: 3)
      for index in 0..<20 { try history.add(entry(0.7 + 0.002 * random.normal(), index)) }
      #expect(history.drift(of: entry(0.7, 0)) == nil)
      try Data("no\n".utf8).append(to: folder + "/h.jsonl")
      #expect(throws: FileError.self) { try History(path: folder + "/h.jsonl") }
    }
  }
}
