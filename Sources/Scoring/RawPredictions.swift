// A file of predictions as texts in rows and columns, from CSV, TSV, JSON lines or plain pairs.
import Files
import Foundation

/// The rows and columns of a file, before any meaning.
struct RawPredictions {
  let path: String
  /// The SHA-256 of the file.
  let sha256: String
  let table: CSVTable

  /// Reads a file. Its name and its first line tell the form.
  ///
  /// - Throws: `FileError`, `CSVError` or `ScoreError`.
  init(readingFile path: String) throws {
    self.path = path
    let data = try Data(readingFile: path)
    sha256 = Files.sha256(data)
    guard let text = String(data: data, encoding: .utf8) else { throw CSVError.notUTF8(file: path) }
    let first = text.utf8.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      table = try Self.objects(text, path)
      return
    }
    let head = text.prefix { !$0.isNewline }.utf8
    let separators = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]
    let counts = separators.map { separator in head.count { $0 == separator } }
    let most = counts.max() ?? 0
    if most > 0, let index = counts.firstIndex(of: most) {
      table = try CSVTable(parsing: text, file: path, separator: separators[index])
    } else {
      table = try Self.pairs(text, path)
    }
  }

  /// Lines `id class`, without a header.
  private static func pairs(_ text: String, _ path: String) throws -> CSVTable {
    var rows: [CSVTable.Row] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
      if fields.isEmpty { continue }
      guard fields.count == 2 else {
        throw ScoreError(
          "\(path):\(index + 1)", "expected an id and a class, found \(fields.count) words",
          remedy: "write a CSV with a header, such as id,prediction")
      }
      rows.append(CSVTable.Row(line: index + 1, fields: fields))
    }
    guard !rows.isEmpty else { throw CSVError.empty(file: path) }
    var table = CSVTable(header: ["id", "prediction"], rows: [])
    table.rows = rows
    return table
  }

  /// JSON objects, one on each line, or a list of them.
  private static func objects(_ text: String, _ path: String) throws -> CSVTable {
    var objects: [(line: Int, fields: [String: String])] = []
    func problem(_ line: Int) -> ScoreError {
      ScoreError(
        "\(path):\(line)", "expected a JSON object",
        remedy: "write one object on each line; JSON has no NaN and no Infinity")
    }
    if let list = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Any] {
      for (index, value) in list.enumerated() {
        guard let object = value as? [String: Any] else { throw problem(index + 1) }
        objects.append((index + 1, flat(object)))
      }
    } else {
      let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        if line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) { continue }
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        else { throw problem(index + 1) }
        objects.append((index + 1, flat(object)))
      }
    }
    guard !objects.isEmpty else { throw CSVError.empty(file: path) }
    let names = Set(objects.flatMap(\.fields.keys)).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    var table = CSVTable(header: names, rows: [])
    table.rows = objects.map { object in
      CSVTable.Row(line: object.line, fields: names.map { object.fields[$0] ?? "" })
    }
    return table
  }

  /// The values of an object as texts. Probabilities in an object or in a list of labels with
  /// scores become columns; `audio` with a path becomes that path.
  private static func flat(_ object: [String: Any]) -> [String: String] {
    var fields: [String: String] = [:]
    for (key, value) in object {
      let prefix = key.lowercased().hasPrefix("logit") ? "logit_" : "p_"
      if let inner = value as? [String: Any] {
        if let path = inner["path"] as? String { fields[key] = path }
        for (label, number) in inner where number is NSNumber {
          fields[prefix + label] = "\(number)"
        }
      } else if let list = value as? [[String: Any]] {
        for entry in list {
          guard let label = entry["label"] as? String, let score = entry["score"] as? NSNumber
          else { continue }
          fields[prefix + label] = "\(score)"
        }
      } else if let text = value as? String {
        fields[key] = text
      } else if let number = value as? NSNumber {
        fields[key] = "\(number)"
      }
    }
    return fields
  }
}
