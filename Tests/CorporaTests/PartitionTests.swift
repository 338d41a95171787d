// Property: no speaker is on two sides of a fold.
import Corpora
import Settings
import Testing

/// Four folds of two speakers each, with `size` times k utterances per speaker of fold k.
private let utterances: [Utterance] = (1...4).flatMap { fold in
  ["a", "b"].flatMap { speaker in
    (0..<3 * fold).map { index in
      Utterance(
        id: "\(fold)\(speaker)\(index)", label: "x", classIndex: 0, speaker: "\(fold)\(speaker)",
        session: nil, fold: fold, path: "")
    }
  }
}.sorted { $0.id.reversed().lexicographicallyPrecedes($1.id.reversed()) }

@Suite struct `A partition` {
  struct Case: Sendable, CustomTestStringConvertible {
    let split: ProtocolSettings.EvaluationSplit
    let selection: TrainingSettings.Selection
    /// The folds of each part when fold 4 is tested.
    let training: Set<Int>
    let validation: Set<Int>
    let evaluation: Set<Int>
    var testDescription: String { "\(split.rawValue), \(selection.rawValue)" }
  }

  private static let cases = [
    Case(split: .test, selection: .last, training: [1, 2, 3], validation: [], evaluation: [4]),
    Case(
      split: .test, selection: .bestValidation, training: [2, 3], validation: [1], evaluation: [4]),
    Case(
      split: .innerValidation, selection: .last, training: [2, 3], validation: [], evaluation: [1]),
    Case(
      split: .innerValidation, selection: .bestValidation, training: [2, 3], validation: [1],
      evaluation: [1]),
  ]

  private func folds(_ positions: [Int]) -> Set<Int> { Set(positions.map { utterances[$0].fold }) }

  @Test(arguments: cases)
  func `gives each part its folds, whole and in order`(expected: Case) {
    let partition = Partition(
      utterances, fold: 4, folds: 4, evaluateOn: expected.split, selection: expected.selection)
    #expect(folds(partition.training) == expected.training)
    #expect(folds(partition.validation) == expected.validation)
    #expect(folds(partition.evaluation) == expected.evaluation)
    for part in [partition.training, partition.validation, partition.evaluation] {
      #expect(part == part.sorted() && Set(part).count == part.count)
      #expect(part.count == folds(part).reduce(0) { $0 + 6 * $1 })
    }
  }

  @Test(arguments: cases, 1...4)
  func `never trains on a speaker who is scored or validated`(expected: Case, fold: Int) {
    let partition = Partition(
      utterances, fold: fold, folds: 4, evaluateOn: expected.split, selection: expected.selection)
    func speakers(_ positions: [Int]) -> Set<String> {
      Set(positions.map { utterances[$0].speaker })
    }
    #expect(speakers(partition.training).isDisjoint(with: speakers(partition.validation)))
    #expect(speakers(partition.training).isDisjoint(with: speakers(partition.evaluation)))
    #expect(!folds(partition.training).contains(fold))
    #expect(!folds(partition.validation).contains(fold))
    #expect(folds(partition.evaluation).contains(fold) == (expected.split == .test))
    #expect(!partition.training.isEmpty && !partition.evaluation.isEmpty)
  }

  @Test func `scores every utterance once over all folds`() {
    let scored = (1...4).flatMap { fold in
      Partition(utterances, fold: fold, folds: 4, evaluateOn: .test, selection: .bestValidation)
        .evaluation
    }
    #expect(scored.sorted() == Array(utterances.indices))
  }
}
