// Turns the rows of a manifest into utterances: classes, folds, sessions, files.
import Files
import Foundation

/// The utterances of a manifest.
struct ManifestReading {
  let title: String?
  let classes: [String]
  let foldList: FoldList
  private(set) var utterances: [Utterance] = []
  /// Clips whose label is left out.
  let exclusions: [Exclusion]
  /// Licence and citation, one line each.
  let about: [String]
  let remarks: [String]
  private let expected: [ExpectedCount]
  private let sexes: [String: Sex]
  private let texts: [String: String]
  private let attributes: [String: UtteranceAttributes]

  /// - Parameter needsSound: whether each clip's file must exist.
  /// - Throws: `ManifestError`, `CSVError` or `FileError`.
  init(
    _ table: ManifestTable, _ description: ManifestDescription, in place: ManifestPlace,
    needsSound: Bool
  ) throws {
    let (rows, names, skipped) = try labelled(table, description)
    exclusions = skipped
    classes = try classNames(names, rows, table, description)
    let indices = Dictionary(
      classes.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let labels = names.map { indices[$0] ?? 0 }
    let division = try ManifestFolds(
      of: rows, labels: labels, table: table, description, in: place)
    let sessions = sessionNumbers(rows.compactMap(\.session))
    utterances.reserveCapacity(rows.count)
    for (index, row) in rows.enumerated() {
      let file = row.path.hasPrefix("/") ? row.path : place.folder + "/" + row.path
      if needsSound { try requireFile(file, row, of: table) }
      let path = row.range.map { SoundRange.path(file, start: $0.start, end: $0.end) } ?? file
      utterances.append(
        Utterance(
          id: row.id, label: names[index], classIndex: labels[index],
          speaker: row.speaker ?? row.id, session: row.session.flatMap { sessions[$0] },
          fold: division.folds[index], path: path))
    }
    sexes = try sexesOfSpeakers(table)
    texts = Dictionary(
      rows.compactMap { row in row.text.map { (row.id, $0) } }, uniquingKeysWith: { a, _ in a })
    attributes = Dictionary(
      rows.map { ($0.id, UtteranceAttributes(text: $0.text, values: $0.attributes)) },
      uniquingKeysWith: { a, _ in a })
    foldList = division.list(of: utterances, hasSpeakers: table.columns.contains(.speaker))
    (title, expected) = (description.title, description.expected)
    about =
      (description.licence.map { ["licence: " + $0] } ?? [])
      + (description.citation.map { ["citation: " + $0] } ?? [])
    remarks =
      ["folds: " + division.name]
      + (table.languages.isEmpty
        ? [] : ["languages: " + shortList(table.languages.map { "\($0.name) (\($0.clips))" })])
      + (table.attributes.isEmpty
        ? [] : ["columns for scores by group: " + shortList(table.attributes)])
      + (table.ignored.isEmpty ? [] : ["columns not used: " + shortList(table.ignored)])
  }

  func definition(named name: String) -> CorpusDefinition {
    let (sexes, texts, expected) = (sexes, texts, expected)
    let attributes = attributes
    return CorpusDefinition(
      id: name, title: title ?? name, classes: classes, usualFolds: foldList,
      published: { ExpectedCorpus(source: .described, counts: expected, ids: nil) },
      isOwnFile: { _ in false },
      texts: { id in texts[id].map { [SpokenText(kind: .sentence, key: $0)] } ?? [] },
      sex: { sexes[$0] }, attributes: { attributes[$0] ?? .none },
      reader: { _, _ in Findings() })
  }
}

/// Returns the rows with a used label and their classes, and the rows that are left out.
private func labelled(
  _ table: ManifestTable, _ description: ManifestDescription
) throws -> (rows: [ManifestRow], names: [String], skipped: [Exclusion]) {
  guard !description.labels.isEmpty else { return (table.rows, table.rows.map(\.label), []) }
  var rows: [ManifestRow] = []
  var names: [String] = []
  var skipped: [Exclusion] = []
  for row in table.rows {
    let name = description.labels[row.label] ?? row.label
    if name == ManifestDescription.skip {
      skipped.append(Exclusion(subject: row.id, reason: .unusedLabel(row.label)))
    } else {
      rows.append(row)
      names.append(name)
    }
  }
  return (rows, names, skipped)
}

/// Returns the classes in their order.
private func classNames(
  _ names: [String], _ rows: [ManifestRow], _ table: ManifestTable,
  _ description: ManifestDescription
) throws -> [String] {
  let found = Set(names)
  guard (2...1_000).contains(found.count) else {
    throw ManifestError(
      table.file, "expected 2 to 1000 different labels, found \(found.count)",
      remedy: found.count < 2 ? "add clips of a second class" : "check the column label")
  }
  guard let classes = description.classes else { return found.sorted(by: precedes) }
  let known = Set(classes)
  if let place = names.firstIndex(where: { !known.contains($0) }) {
    throw ManifestError(
      table.file, line: rows[place].line,
      "label: \(quotedValue(names[place])) is not one of the classes in "
        + "\(ManifestDescription.fileName): \(shortList(classes))",
      remedy: "add the class, or give the label a class or `skip` under labels")
  }
  if let missing = classes.first(where: { !found.contains($0) }) {
    throw ManifestError(
      description.file, "classes: no clip is of the class \(quotedValue(missing))",
      remedy: "remove the class, or give a label this class under labels")
  }
  return classes
}

/// Throws unless a clip's file exists.
private func requireFile(_ path: String, _ row: ManifestRow, of table: ManifestTable) throws {
  var status = stat()
  guard stat(path, &status) == 0 else {
    let reason = String(cString: strerror(errno))
    throw ManifestError(
      table.file, line: row.line, "path: \(quotedValue(row.path)) is not there (\(reason))",
      remedy: "correct the path, which is relative to the manifest's folder, or remove the row")
  }
  if let problem = fileKindProblem(status) {
    throw ManifestError(
      table.file, line: row.line, "path: \(quotedValue(row.path)): \(problem)",
      remedy: "give the path of a sound file")
  }
}

/// Numbers sessions. Whole numbers keep their value; other names count from 1 in byte order.
private func sessionNumbers(_ names: [String]) -> [String: Int] {
  let distinct = Set(names).sorted(by: precedes)
  let numbers = distinct.compactMap { Int($0) }.filter { $0 > 0 }
  let isNumbered = Set(numbers).count == distinct.count
  return Dictionary(
    distinct.enumerated().map { ($0.element, isNumbered ? numbers[$0.offset] : $0.offset + 1) },
    uniquingKeysWith: { first, _ in first })
}

/// Returns the sex of each speaker. It must be the same in every row.
private func sexesOfSpeakers(_ table: ManifestTable) throws -> [String: Sex] {
  var sexes: [String: Sex] = [:]
  for row in table.rows {
    guard let speaker = row.speaker, let sex = row.sex else { continue }
    if let other = sexes.updateValue(sex, forKey: speaker), other != sex {
      throw ManifestError(
        table.file, line: row.line,
        "sex: \(quotedValue(speaker)) is \(sex.rawValue) here and \(other.rawValue) above",
        remedy: "correct one of the rows")
    }
  }
  return sexes
}
