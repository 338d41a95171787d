// The columns of a manifest that have no meaning for training, but divide its clips into groups.
import Files
import Foundation

/// A column whose values become an attribute of the clips.
struct AttributeColumn {
  /// Its name in lower case.
  let name: String
  let place: Int

  /// Names that reports use for other divisions.
  private static let reserved: Set<String> = ["length", "class"]

  /// The columns with 2 to 24 different short values.
  static func all(of table: CSVTable, among places: [Int]) -> [AttributeColumn] {
    var names = Set(ManifestColumn.allCases.map(\.rawValue)).union(reserved)
    return places.compactMap { place in
      let name = trimmed(table.header[place]).lowercased()
      guard UtteranceAttributes.isPlain(name), !names.contains(name) else { return nil }
      let column = AttributeColumn(name: name, place: place)
      var values: Set<String> = []
      for row in table.rows {
        guard let value = column.value(in: row) else { continue }
        guard UtteranceAttributes.isPlain(value) else { return nil }
        values.insert(value)
        guard values.count <= UtteranceAttributes.mostValues else { return nil }
      }
      guard values.count > 1 else { return nil }
      names.insert(name)
      return column
    }
  }

  /// The value of a row; nil if it is empty.
  func value(in row: CSVTable.Row) -> String? {
    let text = trimmed(row.fields[place])
    return text.isEmpty ? nil : text
  }
}

private func trimmed(_ text: String) -> String {
  text.trimmingCharacters(in: .whitespacesAndNewlines)
}
