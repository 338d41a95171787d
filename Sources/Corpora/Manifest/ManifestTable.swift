// Reads a manifest: a CSV file with one row for each clip. docs/manifests.md describes its columns.
import Files
import Foundation

/// A column with a meaning.
enum ManifestColumn: String, CaseIterable, Sendable {
  case path, label, id, speaker, fold, split, session, sex, language, text
  case start, end

  /// Names that other programs give to a required column.
  var otherNames: [String] {
    switch self {
    case .path: ["file", "filename", "file_path", "filepath", "wav", "audio"]
    case .label: ["emotion", "class", "emo", "category"]
    default: []
    }
  }
}

/// A part of a corpus with a fixed test set, in the order of the folds that it makes.
enum ManifestSplit: String, CaseIterable, Sendable {
  case test, dev, train

  init?(word: String) {
    switch word.lowercased() {
    case "test": self = .test
    case "dev", "devel", "development", "val", "valid", "validation": self = .dev
    case "train", "training": self = .train
    default: return nil
    }
  }
}

/// One row of a manifest, checked by itself.
struct ManifestRow: Sendable {
  let line: Int
  /// As written: absolute, or relative to the manifest's folder.
  let path: String
  /// The label as written.
  let label: String
  var id: String
  let speaker: String?
  /// From 1.
  let fold: Int?
  let split: ManifestSplit?
  let session: String?
  let sex: Sex?
  let text: String?
  /// The values of columns that became attributes.
  var attributes: [String: String] = [:]
  /// The part of the file in seconds, as written; nil for the whole file.
  let range: (start: String, end: String)?
}

/// The rows of a manifest.
struct ManifestTable: Sendable {
  let file: String
  private(set) var rows: [ManifestRow] = []
  /// The columns in use.
  let columns: Set<ManifestColumn>
  /// The columns without a meaning that became attributes, in their order.
  let attributes: [String]
  /// The other columns without a meaning, in their order.
  let ignored: [String]
  /// The number of clips in each language, in byte order of the languages.
  let languages: [(name: String, clips: Int)]

  /// The most rows of a manifest.
  static let mostRows = 10_000_000

  /// Reads the file.
  ///
  /// - Throws: `ManifestError`, `CSVError` or `FileError`.
  init(readingFile path: String) throws {
    let table = try CSVTable(readingFile: path)
    var places = try Self.places(in: table.header, of: path)
    // A column without any value says nothing. `reprise corpora list` writes such columns.
    for column in ManifestColumn.allCases where ![.path, .label].contains(column) {
      guard let place = places[column] else { continue }
      let isEmpty = table.rows.allSatisfy {
        $0.fields[place].allSatisfy { $0 == " " || $0 == "\t" }
      }
      if isEmpty { places[column] = nil }
    }
    file = path
    columns = Set(places.keys)
    let known = Set(places.values)
    let others = table.header.indices.filter { !known.contains($0) }
    let named = AttributeColumn.all(of: table, among: others)
    attributes = named.map(\.name)
    ignored = others.filter { other in !named.contains { $0.place == other } }
      .map { table.header[$0] }
    guard !table.rows.isEmpty else {
      throw ManifestError(path, "has no rows", remedy: "add one row for each clip")
    }
    guard table.rows.count <= Self.mostRows else {
      throw ManifestError(
        path, "expected at most \(Self.mostRows) rows, found \(table.rows.count)",
        remedy: "divide the corpus")
    }
    var counts: [String: Int] = [:]
    rows.reserveCapacity(table.rows.count)
    for row in table.rows {
      let reader = RowReader(file: path, row: row, places: places)
      var checked = try reader.checked()
      for column in named { checked.attributes[column.name] = column.value(in: row) }
      if let language = try reader.text(.language) {
        counts[language, default: 0] += 1
        if UtteranceAttributes.isPlain(language) { checked.attributes["language"] = language }
      }
      rows.append(checked)
    }
    languages = counts.keys.sorted(by: precedes).map { ($0, counts[$0] ?? 0) }
    if places[.id] == nil { nameRows() }
    try requireUniqueIDs()
  }

  /// The position of each known column.
  private static func places(
    in header: [String], of file: String
  ) throws -> [ManifestColumn: Int] {
    var places: [ManifestColumn: Int] = [:]
    let names = header.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    for (place, name) in names.enumerated() {
      guard let column = ManifestColumn(rawValue: name) else { continue }
      guard places.updateValue(place, forKey: column) == nil else {
        throw ManifestError(
          file, line: 1, "the column \(name) occurs twice", remedy: "remove or rename one")
      }
    }
    for column in [ManifestColumn.path, .label] where places[column] == nil {
      let similar = names.firstIndex { column.otherNames.contains($0) }.map { header[$0] }
      throw ManifestError(
        file, line: 1,
        "expected a column \(column.rawValue), found \(shortList(header.map(quotedValue)))",
        remedy: similar.map { "rename the column \($0) to \(column.rawValue)" }
          ?? "add the column; path and label are required")
    }
    return places
  }

  /// Names clips after their files, without folder and extension. If two files have one name, the
  /// folders stay. A part of a file adds its seconds.
  private mutating func nameRows() {
    func name(_ row: ManifestRow, keepingFolders: Bool) -> String {
      stem(of: row.path, keepingFolders: keepingFolders)
        + (row.range.map { "_\($0.start)-\($0.end)" } ?? "")
    }
    let stems = rows.map { name($0, keepingFolders: false) }
    let isUnique = Set(stems).count == stems.count
    for index in rows.indices {
      rows[index].id = isUnique ? stems[index] : name(rows[index], keepingFolders: true)
    }
  }

  private func requireUniqueIDs() throws {
    var lines: [String: Int] = [:]
    lines.reserveCapacity(rows.count)
    for row in rows {
      guard let first = lines.updateValue(row.line, forKey: row.id) else { continue }
      let other = rows.first { $0.line == first }
      if let other, other.label != row.label, other.path == row.path {
        throw ManifestError(
          file, line: row.line,
          "\(quotedValue(row.id)) is labelled \(quotedValue(row.label)), but "
            + "\(quotedValue(other.label)) in line \(first)", remedy: "remove the wrong row")
      }
      throw ManifestError(
        file, line: row.line, "the id \(quotedValue(row.id)) is also that of line \(first)",
        remedy: columns.contains(.id)
          ? "give each clip an id of its own, or remove one row"
          : "remove one row, or add a column id")
    }
  }
}

/// Returns the path without extension, and without folders unless they are kept.
private func stem(of path: String, keepingFolders: Bool) -> String {
  var path = path[...]
  while path.hasPrefix("./") { path = path.dropFirst(2) }
  let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.index(after: $0) }
  let dot = path.utf8.lastIndex(of: UInt8(ascii: "."))
  var end = path.endIndex
  if let dot, dot > (name ?? path.startIndex) { end = dot }
  return String(path[(keepingFolders ? path.startIndex : name ?? path.startIndex)..<end])
}

/// Reads the fields of one row.
private struct RowReader {
  let file: String
  let row: CSVTable.Row
  let places: [ManifestColumn: Int]

  /// The id is empty if there is no column `id`.
  func checked() throws -> ManifestRow {
    ManifestRow(
      line: row.line, path: try required(.path, separators: true), label: try required(.label),
      id: places[.id] == nil ? "" : try required(.id), speaker: try given(.speaker),
      fold: try given(.fold).map(fold), split: try given(.split).map(split),
      session: try given(.session), sex: try text(.sex).flatMap(sex), text: try text(.text),
      range: try range())
  }

  /// The field without blanks around it; nil if it is empty or the column does not exist.
  func text(_ column: ManifestColumn) throws -> String? {
    guard let place = places[column] else { return nil }
    let field = row.fields[place]
    guard let first = field.utf8.first, let last = field.utf8.last else { return nil }
    guard first <= 0x20 || last <= 0x20 || first > 0x7F || last > 0x7F else { return field }
    let text = field.trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }

  /// The field of a column that every row must fill.
  private func required(
    _ column: ManifestColumn, separators: Bool = false, or remedy: String = "remove the row"
  ) throws -> String {
    guard let text = try text(column) else {
      throw ManifestError(
        file, line: row.line, "\(column.rawValue): expected a value, found none",
        remedy: "fill it in, or \(remedy)")
    }
    try requirePlain(text, column, separators: separators)
    return text
  }

  /// The field of an optional column. If the column exists, every row must fill it.
  private func given(_ column: ManifestColumn) throws -> String? {
    guard places[column] != nil else { return nil }
    return try required(column, or: "remove the column")
  }

  /// Throws for texts that lists and tables of results cannot hold.
  private func requirePlain(
    _ text: String, _ column: ManifestColumn, separators: Bool
  ) throws {
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x20 && byte != 0x7F && (separators || (byte != 0x2C && byte != 0x22))
    }
    guard isPlain, text.utf8.count <= 1_000 else {
      throw ManifestError(
        file, line: row.line,
        "\(column.rawValue): expected at most 1000 bytes without control characters"
          + (separators ? "" : ", commas and quotes") + ", found \(quotedValue(text))",
        remedy: "change the value")
    }
  }

  /// The part of a long recording. Both columns are needed, and a row may leave both empty.
  private func range() throws -> (start: String, end: String)? {
    func wrong(_ problem: String) -> ManifestError {
      ManifestError(
        file, line: row.line, problem,
        remedy: "give seconds with start below end, or leave both empty")
    }
    switch (try text(.start), try text(.end)) {
    case (nil, nil): return nil
    case (let start?, let end?):
      guard let first = Double(start), let last = Double(end), first >= 0,
        last <= SoundRange.longest
      else {
        throw wrong("start, end: expected seconds, found \(quotedValue(start + ", " + end))")
      }
      guard first < last else { throw wrong("start: \(start) is not below the end \(end)") }
      return (start, end)
    case (let start, _):
      throw wrong("\(start == nil ? "start" : "end"): expected seconds, found none")
    }
  }

  private func fold(_ text: String) throws -> Int {
    guard let fold = Int(text), (1...10_000).contains(fold) else {
      throw ManifestError(
        file, line: row.line, "fold: expected a whole number from 1, found \(quotedValue(text))",
        remedy: "number the folds 1, 2, 3 and so on")
    }
    return fold
  }

  private func split(_ text: String) throws -> ManifestSplit {
    guard let part = ManifestSplit(word: text) else {
      throw ManifestError(
        file, line: row.line,
        "split: expected train, dev or test, found \(quotedValue(text))",
        remedy: "correct the value")
    }
    return part
  }

  private func sex(_ text: String) -> Sex? {
    switch text.lowercased() {
    case "female", "f", "w", "woman": .female
    case "male", "m", "man": .male
    default: nil
    }
  }
}
