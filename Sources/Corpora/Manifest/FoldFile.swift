// The file `folds.csv` beside a manifest: an id and a fold in each row.
import Files
import Foundation

/// Folds in a file of their own, for a manifest that must not change.
enum FoldFile {
  static let name = "folds.csv"

  /// Returns the fold of each row of a manifest. The file may list further ids.
  ///
  /// - Throws: `ManifestError`, `CSVError` or `FileError`.
  static func folds(of rows: [ManifestRow], readingFile path: String) throws -> [Int] {
    let table = try CSVTable(readingFile: path)
    guard let idPlace = table.header.firstIndex(of: "id"),
      let foldPlace = table.header.firstIndex(of: "fold")
    else {
      throw ManifestError(
        path, line: 1,
        "expected the columns id and fold, found \(shortList(table.header.map(quotedValue)))",
        remedy: "rename the columns, or remove the file")
    }
    var folds: [String: Int] = [:]
    for row in table.rows {
      let (id, text) = (row.fields[idPlace], row.fields[foldPlace])
      guard let fold = Int(text), (1...10_000).contains(fold) else {
        throw ManifestError(
          path, line: row.line, "fold: expected a whole number from 1, found \(quotedValue(text))",
          remedy: "number the folds 1, 2, 3 and so on")
      }
      guard folds.updateValue(fold, forKey: id) == nil else {
        throw ManifestError(
          path, line: row.line, "id: \(quotedValue(id)) occurs twice", remedy: "remove one row")
      }
    }
    return try rows.map { row in
      guard let fold = folds[row.id] else {
        throw ManifestError(
          path, "expected a fold for each clip, found none for \(quotedValue(row.id))",
          remedy: "add a row, or remove the file")
      }
      return fold
    }
  }
}
