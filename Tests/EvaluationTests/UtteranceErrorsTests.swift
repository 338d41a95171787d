// By hand: the utterances that a system gets wrong, and the intervals of speakers.
import Evaluation
import Statistics
import TestSupport
import Testing

private let classes = ["a", "b", "c"]

/// A system on utterances of class a.
///
/// - Parameter chosen: the chosen class of each utterance, by seed.
private func system(
  _ name: String, _ chosen: [[Int]], confidence: [[Float]] = []
) -> SystemPredictions {
  SystemPredictions(
    system: name, classes: classes,
    seeds: chosen.indices.map { seed in
      (
        seed + 1,
        chosen[seed].enumerated().map { place, label in
          let own = confidence.isEmpty ? nil : confidence[seed][place]
          return Prediction(
            id: "u\(place)", speaker: place < 2 ? "x" : "y", fold: 1, truth: 0, predicted: label,
            probabilities: own.map { own in
              classes.indices.map { $0 == label ? own : (1 - own) / 2 }
            } ?? [])
        }
      )
    })
}

@Suite struct `The errors of a system` {
  private let first = system(
    "full", [[1, 1, 0, 0, 2], [1, 2, 0, 1, 1], [1, 2, 0, 0, 2]],
    confidence: [
      [0.5, 0.9, 0.9, 0.5, 0.6], [0.6, 0.8, 0.9, 0.7, 0.9], [0.7, 0.9, 0.9, 0.5, 0.6],
    ])

  @Test func `come with the worst first`() throws {
    let other = system("plain", [[0, 1, 0, 0, 2], [1, 1, 0, 0, 0], [1, 2, 0, 0, 0]])
    let errors = UtteranceErrors(first, beside: [other])
    #expect(errors.always == 3 && errors.sometimes == 1 && errors.never == 1)
    #expect(errors.rows.map(\.id) == ["u1", "u4", "u0", "u3"])
    #expect(errors.rows.map(\.wrong) == [3, 3, 3, 1])
    #expect(errors.rows.map(\.predicted) == [2, 2, 1, 1])
    expectClose(
      errors.rows.compactMap(\.confidence),
      [(0.9 + 0.8 + 0.9) / 3, (0.6 + 0.9 + 0.6) / 3, 0.6, 0.7], relative: 1e-6)
    #expect(errors.rows.map(\.alsoWrong) == [["plain"], [], [], []])
    #expect(errors.others == ["plain"])
  }

  @Test func `lose an utterance that one seed gets right`() {
    // Negative control: the third seed now knows u1.
    let better = system("full", [[1, 1, 0, 0, 2], [1, 2, 0, 1, 1], [1, 0, 0, 0, 2]])
    let errors = UtteranceErrors(better, beside: [])
    #expect(errors.always == 2 && errors.sometimes == 2)
    #expect(errors.rows.first { $0.id == "u1" }?.wrong == 2)
  }

  @Test func `without probabilities go by seeds, then by id`() {
    let errors = UtteranceErrors(system("s", [[1, 0, 1], [1, 1, 1]]), beside: [])
    #expect(errors.rows.map(\.id) == ["u0", "u2", "u1"])
    #expect(errors.rows.allSatisfy { $0.confidence == nil })
  }

  @Test func `choose among equally frequent classes the more probable, then the first`() {
    func chosen(_ confidence: [[Float]]) -> Int? {
      UtteranceErrors(system("s", [[2], [1]], confidence: confidence), beside: []).rows.first?
        .predicted
    }
    #expect(chosen([[0.9], [0.5]]) == 2)
    #expect(chosen([[0.5], [0.9]]) == 1)
    #expect(chosen([[0.5], [0.5]]) == 1)
  }

  @Test func `are compared only with systems on the same utterances`() {
    #expect(UtteranceErrors(first, beside: [system("part", [[1, 1]])]).others.isEmpty)
  }
}

@Suite struct `The interval of a speaker` {
  @Test func `counts utterances, not seeds`() throws {
    let once = system("s", [[0, 1, 0, 0, 1]]).speakerIntervals()
    let thrice = system("s", [[0, 1, 0, 0, 1], [0, 1, 0, 0, 1], [0, 1, 0, 0, 1]])
      .speakerIntervals()
    #expect(once.map(\.name) == ["x", "y"] && once.map(\.utterances) == [2, 3])
    for (a, b) in zip(once, thrice) {
      expectClose(a.accuracy.value, b.accuracy.value)
      expectClose(
        try #require(a.accuracy.interval).lower, try #require(b.accuracy.interval).lower)
    }
    let own = try #require(wilsonInterval(share: 2.0 / 3, units: 3))
    expectClose(try #require(once[1].accuracy.interval).upper, own.upper)
    // Negative control: as many utterances as answers would give a shorter interval.
    let wrong = try #require(wilsonInterval(share: 2.0 / 3, units: 9))
    #expect(wrong.halfWidth < 0.8 * own.halfWidth)
  }
}
