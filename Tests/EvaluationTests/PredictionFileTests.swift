// Predictions on disk: the same bits after reading, and errors with a location.
import Evaluation
import Files
import Foundation
import Randomness
import TestSupport
import Testing

@Suite struct `A file of predictions` {
  @Test func `reads back to the very same values`() throws {
    var random = RandomStream(seed: 5)
    let file = PredictionFile(
      classes: ["angry", "happy", "sad"],
      predictions: randomPredictions(500, classes: 3, using: &random))
    try withTemporaryFolder { folder in
      let path = folder + "/predictions.csv"
      try file.write(to: path)
      #expect(try PredictionFile(readingFile: path) == file)
    }
  }

  @Test func `keeps the extremes of probability exactly`() throws {
    let extremes: [Float] = [.leastNonzeroMagnitude, 1 - .ulpOfOne / 2]
    let file = PredictionFile(
      classes: ["a", "b"],
      predictions: [
        Prediction(
          id: "u,1", speaker: "s \"x\"", fold: 1, truth: 0, predicted: 1, probabilities: extremes)
      ])
    let read = try PredictionFile(
      table: CSVTable(parsing: file.table.text, file: "p.csv"), file: "p.csv")
    #expect(read.predictions[0].probabilities.map(\.bitPattern) == extremes.map(\.bitPattern))
    #expect(read == file)
  }

  @Test func `names labels, not numbers`() {
    let file = PredictionFile(
      classes: ["calm", "sad"],
      predictions: [
        Prediction(
          id: "u", speaker: "01", fold: 2, truth: 1, predicted: 0, probabilities: [0.75, 0.25])
      ])
    #expect(
      file.table.text
        == "id,speaker,fold,truth,predicted,p_calm,p_sad\nu,01,2,sad,calm,0.75,0.25\n")
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    let rows: String
    let error: PredictionFileError
    var testDescription: String { error.description }
  }

  @Test(arguments: [
    Broken(
      rows: "u,s,1,a,c,0.5,0.5",
      error: .value(file: "p", line: 2, column: "predicted", expected: "one of a, b", found: "c")),
    Broken(
      rows: "u,s,0,a,b,0.5,0.5",
      error: .value(
        file: "p", line: 2, column: "fold", expected: "a whole number of at least 1", found: "0")),
    Broken(
      rows: "u,s,1,a,b,0.5,0.5\nv,s,1,a,b,nan,1",
      error: .value(
        file: "p", line: 3, column: "p_a", expected: "a number between 0 and 1", found: "nan")),
    Broken(rows: "u,s,1,a,b,0.5,0.75", error: .sum(file: "p", line: 2, found: 1.25)),
    Broken(
      rows: "u,s,1,a,b,0.5,0.5\nu,s,1,a,b,0.5,0.5",
      error: .duplicate(file: "p", line: 3, id: "u", fold: 1)),
  ])
  func `names file, line, expectation and finding`(broken: Broken) throws {
    let table = try CSVTable(
      parsing: "id,speaker,fold,truth,predicted,p_a,p_b\n" + broken.rows, file: "p")
    #expect(throws: broken.error) { try PredictionFile(table: table, file: "p") }
  }

  @Test(arguments: [
    "id,speaker,fold,truth,predicted", "id,fold,speaker,truth,predicted,p_a",
    "id,speaker,fold,truth,predicted,a", "id,speaker,fold,truth,predicted,p_a,p_a",
  ])
  func `refuses another header`(header: String) throws {
    let table = try CSVTable(parsing: header, file: "p")
    #expect(throws: PredictionFileError.header(file: "p", found: header)) {
      try PredictionFile(table: table, file: "p")
    }
  }
}
