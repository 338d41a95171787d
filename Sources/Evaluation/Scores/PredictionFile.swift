// Predictions on disk: a CSV with one row per utterance and the columns
// `id,speaker,fold,truth,predicted,p_<class>…`. Classes are written by name. Probabilities have
// enough digits to restore the same Float. Their fields are empty if a system gave none.
package import Files
import Foundation

/// Predictions and the names of their classes.
package struct PredictionFile: Equatable, Sendable {
  /// The names of the classes; `truth` and `predicted` are indices into them.
  package var classes: [String]
  /// One entry per scored utterance.
  package var predictions: [Prediction]

  /// - Precondition: every index and every list of probabilities fits `classes`.
  package init(classes: [String], predictions: [Prediction]) {
    for prediction in predictions {
      precondition(
        classes.indices.contains(prediction.truth)
          && classes.indices.contains(prediction.predicted),
        "\(prediction.id): truth \(prediction.truth), predicted \(prediction.predicted), "
          + "but there are \(classes.count) classes")
      precondition(
        prediction.probabilities.isEmpty || prediction.probabilities.count == classes.count,
        "\(prediction.id): \(prediction.probabilities.count) probabilities, needs \(classes.count)")
    }
    self.classes = classes
    self.predictions = predictions
  }

  /// Reads the file at `path`.
  ///
  /// - Parameter mayLackProbabilities: whether all fields of all probabilities may be empty, as
  ///   for a system that gives none.
  /// - Throws: `FileError`, `CSVError` or `PredictionFileError`.
  package init(readingFile path: String, mayLackProbabilities: Bool = false) throws {
    try self.init(
      table: CSVTable(readingFile: path), file: path, mayLackProbabilities: mayLackProbabilities)
  }

  /// Reads predictions from a table.
  ///
  /// - Parameters:
  ///   - table: the rows with their header.
  ///   - file: the file name for errors.
  /// - Throws: `PredictionFileError` with file, line, expected and found value.
  package init(table: CSVTable, file: String, mayLackProbabilities: Bool = false) throws {
    let probabilityColumns = table.header.dropFirst(Self.leadingColumns.count)
    guard Array(table.header.prefix(Self.leadingColumns.count)) == Self.leadingColumns,
      !probabilityColumns.isEmpty,
      probabilityColumns.allSatisfy({ $0.hasPrefix("p_") && $0.count > 2 }),
      Set(probabilityColumns).count == probabilityColumns.count
    else {
      throw PredictionFileError.header(file: file, found: table.header.joined(separator: ","))
    }
    let classes = probabilityColumns.map { String($0.dropFirst(2)) }
    let leading = Self.leadingColumns.count
    let lacksProbabilities =
      mayLackProbabilities
      && table.rows.allSatisfy { $0.fields.dropFirst(leading).allSatisfy(\.isEmpty) }
    var seen: Set<String> = []
    let predictions = try table.rows.map { row in
      let reader = RowReader(
        file: file, row: row, classes: classes, lacksProbabilities: lacksProbabilities)
      let prediction = try reader.prediction()
      guard seen.insert("\(prediction.fold) \(prediction.id)").inserted else {
        throw PredictionFileError.duplicate(
          file: file, line: row.line, id: prediction.id, fold: prediction.fold)
      }
      return prediction
    }
    self.init(classes: classes, predictions: predictions)
  }

  /// The predictions as a table, in the same order.
  package var table: CSVTable {
    CSVTable(
      header: Self.leadingColumns + classes.map { "p_" + $0 },
      rows: predictions.map { prediction in
        [
          prediction.id, prediction.speaker, String(prediction.fold), classes[prediction.truth],
          classes[prediction.predicted],
        ]
          + (prediction.probabilities.isEmpty
            ? Array(repeating: "", count: classes.count)
            : prediction.probabilities.map(\.description))
      })
  }

  /// Writes the predictions to `path` atomically.
  package func write(to path: String) throws {
    try Data(table.text.utf8).writeAtomically(to: path)
  }

  fileprivate static let leadingColumns = ["id", "speaker", "fold", "truth", "predicted"]
}

/// What is wrong with a file of predictions.
package enum PredictionFileError: Error, Equatable, Sendable {
  case header(file: String, found: String)
  case value(file: String, line: Int, column: String, expected: String, found: String)
  case sum(file: String, line: Int, found: Float)
  case duplicate(file: String, line: Int, id: String, fold: Int)
}

extension PredictionFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .header(let file, let found):
      "\(file):1: expected the header id,speaker,fold,truth,predicted,p_<class>…, found \(found)"
    case .value(let file, let line, let column, let expected, let found):
      "\(file):\(line): column \(column): expected \(expected), found \"\(found)\""
    case .sum(let file, let line, let found):
      "\(file):\(line): expected probabilities that sum to 1, found the sum \(found)"
    case .duplicate(let file, let line, let id, let fold):
      "\(file):\(line): expected each utterance once in a fold, found \(id) again in fold \(fold)"
    }
  }
}

/// Reads one row.
private struct RowReader {
  let file: String
  let row: CSVTable.Row
  let classes: [String]
  let lacksProbabilities: Bool

  func prediction() throws -> Prediction {
    let probabilities = lacksProbabilities ? [] : try classes.indices.map(probability)
    // A Float32 softmax over a few classes sums to 1 within a few units in the last place. The
    // bound of 1e-3 only rejects numbers that are not probabilities.
    let sum = probabilities.reduce(0, +)
    guard lacksProbabilities || abs(sum - 1) < 1e-3 else {
      throw PredictionFileError.sum(file: file, line: row.line, found: sum)
    }
    guard !row.fields[0].isEmpty else { throw wrong(column: "id", "a name", row.fields[0]) }
    guard let fold = Int(row.fields[2]), fold >= 1 else {
      throw wrong(column: "fold", "a whole number of at least 1", row.fields[2])
    }
    return Prediction(
      id: row.fields[0], speaker: row.fields[1], fold: fold,
      truth: try label(3, column: "truth"), predicted: try label(4, column: "predicted"),
      probabilities: probabilities)
  }

  private func label(_ index: Int, column: String) throws -> Int {
    guard let label = classes.firstIndex(of: row.fields[index]) else {
      throw wrong(column: column, "one of \(classes.joined(separator: ", "))", row.fields[index])
    }
    return label
  }

  private func probability(_ label: Int) throws -> Float {
    let text = row.fields[PredictionFile.leadingColumns.count + label]
    guard let value = Float(text), value >= 0, value <= 1 else {
      throw wrong(column: "p_" + classes[label], "a number between 0 and 1", text)
    }
    return value
  }

  private func wrong(column: String, _ expected: String, _ found: String) -> PredictionFileError {
    .value(file: file, line: row.line, column: column, expected: expected, found: found)
  }
}
