// The forms in which other programs write their predictions. Each recipe of docs/score.md is one.
import Evaluation
import Foundation
import Runs
import Scoring
import Testing

@Suite struct `Predictions in the form of` {
  private func expectToy(_ files: [(String, [String])], _ change: (inout ScoreRequest) -> Void)
    throws
  {
    try written(scored(files, change)) { _, results in
      let matrix = try #require(results[0].variants[0].summary.pooledMatrix(seed: 1))
      #expect(matrix.total == 48 && ClassificationScores(matrix).accuracy == 0.75)
    }
  }

  @Test func `TSV, and CSV with semicolons`() throws {
    for separator in ["\t", ";"] {
      try expectToy(
        [("p.tsv", wholeTable().map { $0.replacing(",", with: separator) })]) { _ in }
    }
  }

  @Test func `EmoBox, a list of keys and numbers`() throws {
    let numbers = ["angry": 0, "happy": 1, "sad": 2]
    let list = toyUtterances.map {
      #"{"key": "toy-\#($0.id)", "pred": \#(numbers[guess($0)] ?? 9)}"#
    }
    try expectToy([("p.json", ["[" + list.joined(separator: ",\n") + "]"])]) {
      $0.labels = [
        LabelSpelling("0", "angry"), LabelSpelling("1", "happy"), LabelSpelling("2", "sad"),
      ]
    }
  }

  @Test func `s3prl, a file of pairs for each fold`() throws {
    let files = [1, 2].map { fold in
      (
        "test_fold\(fold)_predict.txt",
        toyUtterances.filter { $0.fold == fold }.map {
          "\($0.id) \(["angry": "ang", "happy": "hap", "sad": "sad"][guess($0)] ?? "")"
        }
      )
    }
    try expectToy(files) { _ in }
    let three = [("p.txt", files.flatMap(\.1).map { $0 + " more" })]
    #expect(complaint { _ = try scored(three) }.contains(":1: expected an id and a class"))
  }

  @Test func `nkululeko, with classes as columns`() throws {
    let lines =
      ["file,start,end,angry,happy,sad,predicted,truth,uncertainty,correct"]
      + toyUtterances.map {
        let label = guess($0)
        return "/data/\($0.id).wav,0 days,0 days 00:00:02,\(shares(label)),\(label),\($0.label),"
          + "0.5,\(label == $0.label ? "True" : "False")"
      }
    try expectToy([("p.csv", lines)]) { _ in }
    let logits = lines.map { $0.replacing("0.25", with: "-3.5").replacing("0.5,", with: "4.5,") }
    #expect(complaint { _ = try scored([("p.csv", logits)]) }.contains("--logits"))
    try expectToy([("p.csv", logits)]) { $0.columns.hasLogits = true }
  }

  @Test func `Hugging Face, JSON lines with scores`() throws {
    let lines = toyUtterances.map { utterance in
      let label = guess(utterance)
      let scores = toy.corpus.classes.map {
        #"{"label": "\#($0)", "score": \#($0 == label ? 0.5 : 0.25)}"#
      }
      return #"{"audio": {"path": "x/\#(utterance.id).wav"}, "label": "\#(utterance.label)", "#
        + #""prediction": "\#(label)", "scores": [\#(scores.joined(separator: ", "))]}"#
    }
    try expectToy([("p.jsonl", lines)]) { _ in }
    let nested = toyUtterances.map { utterance in
      let label = guess(utterance)
      let shares = toy.corpus.classes.map { #""\#($0)": \#($0 == label ? 0.5 : 0.25)"# }
      return #"{"path": "\#(utterance.id).wav", "#
        + #""probabilities": {\#(shares.joined(separator: ", "))}}"#
    }
    try expectToy([("p.jsonl", nested)]) { _ in }
    let broken = lines.dropLast() + [lines[0].replacing("0.5", with: "NaN")]
    #expect(complaint { _ = try scored([("p.jsonl", Array(broken))]) }.contains(":48: expected"))
  }

  @Test func `an empty file, which is refused`() {
    for lines in [[], [""], ["id,prediction"]] {
      #expect(!complaint { _ = try scored([("p.csv", lines)]) }.isEmpty)
    }
  }
}
