// Turns the lists of clips of other programs into a manifest. Paths stay as they are, or get a
// folder in front.
import Files
import Foundation

/// A program whose lists can be imported.
package enum ManifestFormat: String, CaseIterable, Sendable {
  /// Lines of JSON, one file for each part of each fold.
  case emobox
  /// CSV tables with the index `file`, or `file`, `start` and `end`.
  case audformat
  /// CSV with `file`, the label and facts about the speaker.
  case nkululeko
}

/// The clips of a list and what is known about them.
struct ImportedClips {
  /// The value of each column, by column.
  var rows: [[ManifestColumn: String]] = []

  /// The manifest, with the columns that some row has.
  func csv(root: String?) -> String {
    let order: [ManifestColumn] = [
      .id, .path, .label, .speaker, .fold, .split, .session, .sex, .language, .text, .start, .end,
    ]
    let used = order.filter { column in rows.contains { $0[column] != nil } }
    return CSVTable(
      header: used.map(\.rawValue),
      rows: rows.map { row in
        used.map { column in
          let value = row[column] ?? ""
          guard column == .path, let root, !value.hasPrefix("/") else { return value }
          return root + (root.hasSuffix("/") ? "" : "/") + value
        }
      }
    ).text
  }
}

/// Returns the manifest of the clips in some lists.
///
/// - Parameters:
///   - label: the column of the label, for tables; `emotion` by default.
///   - root: the folder to put before relative paths.
/// - Throws: `ManifestError`, `CSVError` or `FileError`.
package func importedManifest(
  _ format: ManifestFormat, _ files: [String], label: String = "emotion", root: String? = nil
) throws -> String {
  let clips =
    switch format {
    case .emobox: try emoBoxClips(files)
    case .audformat: try audformatClips(files, label: label)
    case .nkululeko: try nkululekoClips(files, label: label)
    }
  return clips.csv(root: root)
}

// MARK: Tables

/// The columns of facts about a clip or its speaker.
private let factColumns: [(name: String, column: ManifestColumn)] = [
  ("speaker", .speaker), ("gender", .sex), ("sex", .sex), ("language", .language), ("text", .text),
  ("transcription", .text), ("session", .session), ("split", .split),
]

/// Reads one or more tables of nkululeko. Several files are the parts of a division, if their names
/// say so.
private func nkululekoClips(_ files: [String], label: String) throws -> ImportedClips {
  var clips = ImportedClips()
  let parts = files.map(partOfName)
  for (file, part) in zip(files, parts) {
    let table = try ImportTable(file)
    try table.require(["file", label])
    for row in table.rows {
      var clip = try table.clip(row, label: label)
      if files.count > 1 {
        guard let part else {
          throw ManifestError(
            file, "the name has none of train, dev and test",
            remedy: "give one file, or files whose names tell the parts")
        }
        clip[.split] = part.rawValue
      }
      clips.rows.append(clip)
    }
  }
  return clips
}

/// Reads the tables of a database. The first one with the label gives the clips; the others add
/// facts about their files.
private func audformatClips(_ files: [String], label: String) throws -> ImportedClips {
  let tables = try files.map { try ImportTable($0) }
  for table in tables { try table.require(["file"]) }
  guard let main = tables.first(where: { $0.places[label] != nil }) else {
    throw ManifestError(
      files.joined(separator: ", "), "expected a column \(label) in one of the tables, found none",
      remedy: "add the table, or give the name of the column with --label")
  }
  var facts: [String: [ManifestColumn: String]] = [:]
  for table in tables where table.file != main.file {
    for row in table.rows {
      guard let file = table.text("file", row) else { continue }
      facts[file, default: [:]].merge(table.facts(row)) { first, _ in first }
    }
  }
  var clips = ImportedClips()
  for row in main.rows {
    let clip = try main.clip(row, label: label)
    clips.rows.append(clip.merging(facts[clip[.path] ?? ""] ?? [:]) { first, _ in first })
  }
  return clips
}

/// A CSV table of clips.
private struct ImportTable {
  let file: String
  let places: [String: Int]
  let rows: [CSVTable.Row]

  init(_ file: String) throws {
    let table = try CSVTable(readingFile: file)
    self.file = file
    places = Dictionary(
      table.header.enumerated().map {
        ($0.element.trimmingCharacters(in: .whitespaces), $0.offset)
      }, uniquingKeysWith: { first, _ in first })
    rows = table.rows
  }

  func require(_ names: [String]) throws {
    for name in names where places[name] == nil {
      let found = places.keys.sorted(by: precedes).map(quotedValue)
      throw ManifestError(
        file, line: 1, "expected a column \(name), found \(shortList(found))",
        remedy: name == "file"
          ? "check that the format is right" : "give the name of the label's column with --label")
    }
  }

  /// The field without blanks around it; nil if it is empty or the column does not exist.
  func text(_ name: String, _ row: CSVTable.Row) -> String? {
    guard let place = places[name] else { return nil }
    let text = row.fields[place].trimmingCharacters(in: .whitespaces)
    return text.isEmpty ? nil : text
  }

  func facts(_ row: CSVTable.Row) -> [ManifestColumn: String] {
    factColumns.reduce(into: [:]) { facts, known in
      if facts[known.column] == nil, let value = text(known.name, row) {
        facts[known.column] = value
      }
    }
  }

  func clip(_ row: CSVTable.Row, label: String) throws -> [ManifestColumn: String] {
    var clip = facts(row)
    for (column, name) in [(ManifestColumn.path, "file"), (.label, label)] {
      guard let value = text(name, row) else {
        throw ManifestError(
          file, line: row.line, "\(name): expected a value, found none", remedy: "remove the row")
      }
      clip[column] = value
    }
    let start = try text("start", row).map { try seconds($0, row) } ?? "0"
    if let end = try text("end", row).map({ try seconds($0, row) }) {
      (clip[.start], clip[.end]) = (start, end)
    } else if Double(start) != 0 {
      throw ManifestError(
        file, line: row.line, "end: expected a time, found none for the start \(start)",
        remedy: "write the end of the recording")
    }
    return clip
  }

  /// A time such as `0 days 00:00:01.898250` or `1.5`, in seconds.
  private func seconds(_ text: String, _ row: CSVTable.Row) throws -> String {
    if let number = Double(text), number >= 0, number <= SoundRange.longest { return text }
    if let match = text.wholeMatch(
      of: /(\d{1,5}) days?(?: (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?)?/)
    {
      let whole = [match.1, match.2 ?? "0", match.3 ?? "0", match.4 ?? "0"].map { Int($0) ?? 0 }
      let total = ((whole[0] * 24 + whole[1]) * 60 + whole[2]) * 60 + whole[3]
      return "\(total)" + (match.5.map { ".\($0)" } ?? "")
    }
    throw ManifestError(
      file, line: row.line,
      "expected seconds or a time such as 0 days 00:00:01.5, found \(quotedValue(text))",
      remedy: "correct the time")
  }
}

// MARK: EmoBox

/// One line of a list.
private struct EmoBoxLine: Decodable {
  let key: String
  let wav: String
  let emo: String
  let speaker: String?
}

/// Reads the lists of EmoBox, such as `emodb_test_fold_1.jsonl`. With several folds, the fold of a
/// clip is that of the test list with it. With one fold, its lists are a fixed division.
private func emoBoxClips(_ files: [String]) throws -> ImportedClips {
  let lists = try files.map { file in
    (file: file, part: partOfName(file), fold: foldOfName(file), lines: try emoBoxLines(file))
  }
  let folds = Set(lists.compactMap(\.fold))
  var order: [String] = []
  var clips: [String: [ManifestColumn: String]] = [:]
  for list in lists {
    for (line, entry) in list.lines {
      if let known = clips[entry.key] {
        guard known[.label] == entry.emo, known[.path] == entry.wav else {
          throw ManifestError(
            list.file, line: line, "\(quotedValue(entry.key)) has another label or file above",
            remedy: "correct one of the lists")
        }
      } else {
        order.append(entry.key)
        clips[entry.key] = [.id: entry.key, .path: entry.wav, .label: entry.emo]
        if let speaker = entry.speaker { clips[entry.key]?[.speaker] = speaker }
      }
      guard let part = list.part else { continue }
      let column = folds.count > 1 ? ManifestColumn.fold : .split
      let value = column == .fold ? list.fold.map(String.init) : part.rawValue
      guard column == .split || part == .test, let value else { continue }
      if let other = clips[entry.key]?.updateValue(value, forKey: column), other != value {
        throw ManifestError(
          list.file, line: line,
          "\(quotedValue(entry.key)) is in \(column.rawValue) \(other) already",
          remedy: "give the lists of one division")
      }
    }
  }
  let missing = order.filter { clips[$0]?[.fold] == nil }
  if folds.count > 1, let first = missing.first {
    throw ManifestError(
      files.joined(separator: ", "),
      "\(missing.count) clips are in no test list, such as \(quotedValue(first))",
      remedy: "give the test lists of all folds")
  }
  return ImportedClips(rows: order.compactMap { clips[$0] })
}

private func emoBoxLines(_ file: String) throws -> [(line: Int, entry: EmoBoxLine)] {
  let data = try Data(readingFile: file)
  let decoder = JSONDecoder()
  return try data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    .compactMap { index, bytes in
      guard bytes.contains(where: { $0 > 0x20 }) else { return nil }
      guard let entry = try? decoder.decode(EmoBoxLine.self, from: Data(bytes)) else {
        throw ManifestError(
          file, line: index + 1, "expected JSON with the texts key, wav and emo",
          remedy: "check that the file is a list of EmoBox")
      }
      return (index + 1, entry)
    }
}

/// The part that a file's name tells, such as `x_train.csv` or `x_test_fold_1.jsonl`.
private func partOfName(_ file: String) -> ManifestSplit? {
  let name = (file as NSString).lastPathComponent
  let words = name.split { !$0.isLetter }.map(String.init)
  return words.reversed().compactMap(ManifestSplit.init(word:)).first
}

/// The number after `fold` in a file's name.
private func foldOfName(_ file: String) -> Int? {
  let name = (file as NSString).lastPathComponent
  return name.firstMatch(of: /fold_?(\d{1,4})/).flatMap { Int($0.1) }
}
