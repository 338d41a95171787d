// By hand: scored utterances are checked against the corpus, and copies of cells are found.
import Evaluation
import Testing

private let record = CorpusRecord(
  corpus: "Worked", classes: ["a", "b"], folds: 3, evaluateOn: "test",
  utterances: [
    .init(id: "u1", speaker: "s1", label: 0, fold: 1),
    .init(id: "u2", speaker: "s1", label: 1, fold: 1),
    .init(id: "u3", speaker: "s2", label: 0, fold: 2),
    .init(id: "u4", speaker: "s3", label: 1, fold: 3),
  ])

private func row(
  _ id: String, _ speaker: String = "s1", fold: Int = 1, truth: Int, predicted: Int = 0,
  _ probabilities: [Float] = [0.75, 0.25]
) -> Prediction {
  Prediction(
    id: id, speaker: speaker, fold: fold, truth: truth, predicted: predicted,
    probabilities: probabilities)
}

private func differences(_ rows: [Prediction], _ classes: [String] = ["a", "b"], fold: Int = 1)
  -> [String]
{
  record.differences(of: PredictionFile(classes: classes, predictions: rows), fold: fold)
}

@Suite struct `What a fold scores` {
  private let whole = [row("u1", truth: 0), row("u2", truth: 1)]

  @Test func `is the corpus' test part, each utterance once, in any order`() {
    #expect(differences(whole).isEmpty && differences(whole.reversed()).isEmpty)
    #expect(record.supports(inFold: 1) == [1, 1] && record.supports(inFold: 2) == [1, 0])
  }

  @Test func `is the part of the fold after it where inner validation is scored`() {
    let inner = CorpusRecord(
      corpus: "Worked", classes: ["a", "b"], folds: 3, evaluateOn: "inner-validation",
      utterances: record.utterances)
    #expect(inner.scored(inFold: 3).map(\.id) == ["u1", "u2"])
    #expect(inner.scored(inFold: 1).map(\.id) == ["u3"])
    let file = PredictionFile(
      classes: ["a", "b"], predictions: [row("u3", "s2", truth: 0)])
    #expect(inner.differences(of: file, fold: 1).isEmpty)
    #expect(!record.differences(of: file, fold: 1).isEmpty)
  }

  @Test(
    arguments: [
      ([row("u1", truth: 0)], "1 of the 2 utterances of fold 1 are missing: u2"),
      (
        [row("u1", truth: 0), row("u2", truth: 0)],
        "another class than the corpus: u2 (a, expected b)"
      ),
      ([row("u1", truth: 0), row("x", truth: 1)], "1 ids are not in Worked: x"),
      ([row("u1", truth: 0), row("u3", truth: 0)], "not scored in fold 1: u3 (of fold 2)"),
      ([row("u1", truth: 0), row("u2", "s9", truth: 1)], "u2 (s9, expected s1)"),
      ([row("u1", truth: 0), row("u2", fold: 2, truth: 1)], "u2 (2, expected 1)"),
      (
        [row("u1", truth: 0), row("u2", truth: 1), row("u2", fold: 2, truth: 1)],
        "1 ids occur more than once: u2"
      ),
      (
        [row("u1", truth: 0), row("u2", truth: 1, predicted: 1)],
        "has not the greatest probability: u2 (b)"
      ),
    ])
  func `is not anything else`(rows: [Prediction], complaint: String) {
    #expect(differences(rows).contains { $0.contains(complaint) }, "\(differences(rows))")
  }

  @Test func `has the corpus' classes in their order, and no class before an equal one`() {
    #expect(
      differences(whole, ["b", "a"]) == ["has the classes b, a, expected a, b in this order"])
    #expect(differences([row("u1", truth: 0, [0.5, 0.5]), row("u2", truth: 1)]).isEmpty)
  }
}

@Suite struct `Two cells` {
  private func cell(
    _ name: String, seed: Int, fold: Int = 1, _ probabilities: [[Float]]
  ) -> CellPredictions {
    CellPredictions(
      name: name, seed: seed, fold: fold,
      predictions: probabilities.enumerated().map { index, p in
        row("u\(index)", fold: fold, truth: 0, predicted: p[0] >= p[1] ? 0 : 1, p)
      })
  }
  private let first = (1...16).map { [Float($0) / 32, 1 - Float($0) / 32] }
  private let other = (1...16).map { [Float($0) / 33, 1 - Float($0) / 33] }

  @Test func `are one where the values are, or most of them`() {
    let cells = [
      cell("a", seed: 1, first), cell("b", seed: 2, other), cell("c", seed: 3, first),
      cell("d", seed: 4, Array(first.prefix(12) + other.suffix(4))),
    ]
    #expect(copies(among: cells).map { "\($0.first.name)\($0.second.name)" } == ["ac", "ad", "cd"])
    #expect(copies(among: cells) { _, _ in true }.isEmpty)
  }

  @Test func `are one where two seeds make every mistake alike, whatever the probabilities`() {
    // All are of class 0. Every second one is predicted as class 1.
    let rows = (0..<40).map { $0 % 2 == 0 ? [Float(0.7), 0.3] : [0.2, 0.8] }
    let changed = rows.map { [$0[0] + 1e-4, $0[1] - 1e-4] }
    let pair = [cell("a", seed: 1, rows), cell("b", seed: 2, changed)]
    #expect(copies(among: pair).count == 1)
    let better = [[Float(0.7), 0.3]] + changed.dropFirst(2) + [[0.7, 0.3]]
    for others in [
      // One decision differs; the seed is the same; too few mistakes; only one class is predicted.
      [cell("a", seed: 1, rows), cell("b", seed: 2, better)],
      [cell("a", seed: 1, rows), cell("b", seed: 1, changed)],
      [cell("a", seed: 1, Array(rows.prefix(38))), cell("b", seed: 2, Array(changed.prefix(38)))],
      [
        cell("a", seed: 1, rows.map { _ in [0.2, 0.8] }),
        cell("b", seed: 2, rows.map { _ in [0.3, 0.7] }),
      ],
    ] { #expect(copies(among: others).isEmpty) }
  }

  @Test func `are two where half of the values are equal, or only sure ones are`() {
    #expect(copies(among: [cell("a", seed: 1, first), cell("b", seed: 2, other)]).isEmpty)
    let half = Array(first.prefix(8) + other.suffix(8))
    #expect(copies(among: [cell("a", seed: 1, first), cell("b", seed: 2, half)]).isEmpty)
    let sure = [[Float]](repeating: [1, 0], count: 15)
    #expect(
      copies(
        among: [cell("a", seed: 1, sure + [[0.4, 0.6]]), cell("b", seed: 2, sure + [[0.3, 0.7]])]
      ).isEmpty)
    // Another fold scores other utterances.
    #expect(
      copies(among: [cell("a", seed: 1, first), cell("b", seed: 2, fold: 2, first)]).isEmpty)
  }
}
