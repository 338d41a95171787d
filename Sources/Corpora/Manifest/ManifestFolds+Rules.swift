// Chooses the folds of a manifest: as `corpus.yaml` asks, otherwise by what the manifest has.
import Files
import Foundation

extension ManifestFolds {
  /// Divides the rows as the description asks. Without a description, the folds are those of the
  /// column `fold`, of a file `folds.csv`, or of the column `split`; otherwise they are made from
  /// the speakers, or without speakers from the clips.
  ///
  /// - Parameter labels: the class of each row, from 0.
  /// - Throws: `ManifestError`, `CSVError` or `FileError`.
  init(
    of rows: [ManifestRow], labels: [Int], table: ManifestTable,
    _ description: ManifestDescription, in place: ManifestPlace
  ) throws {
    let speakers = table.columns.contains(.speaker) ? rows.compactMap(\.speaker) : nil
    func required(_ column: ManifestColumn) throws {
      guard !table.columns.contains(column) else { return }
      throw ManifestError(
        description.file, "folds: needs the column \(column.rawValue), which the manifest lacks",
        remedy: "add the column, or choose other folds")
    }
    switch description.folds ?? Self.usualRule(table, in: place) {
    case .speakers(let count):
      try required(.speaker)
      self = try Self.bySpeaker(speakers ?? [], labels, count: count, file: description.file)
    case .clips(let count):
      guard count <= rows.count else {
        throw ManifestError(
          description.file,
          "folds: expected at most \(rows.count) for as many clips, found \(count)",
          remedy: "make fewer folds")
      }
      self.init(stratifying: rows.map(\.id), classes: labels, count: count)
    case .leaveOneSpeakerOut:
      try required(.speaker)
      self = try Self.leavingOut(
        speakers ?? [], name: "leave-one-speaker-out", file: description.file)
    case .leaveOneSessionOut:
      try required(.session)
      self = try Self.leavingOut(
        rows.compactMap(\.session), name: "leave-one-session-out", file: description.file)
    case .column:
      try required(.fold)
      self = try ManifestFolds(
        given: rows.compactMap(\.fold), name: "column", speakers: speakers, file: table.file)
    case .split:
      try required(.split)
      self = try Self.split(rows.compactMap(\.split), file: table.file)
    case .list(let folds):
      try required(.speaker)
      self = try Self.listed(folds, rows, table, description)
    case nil:
      self = try Self.made(rows, labels, speakers, table, in: place)
    }
  }

  /// The rule that the columns imply; nil if there is none.
  private static func usualRule(
    _ table: ManifestTable, in place: ManifestPlace
  ) -> ManifestDescription.FoldRule? {
    if table.columns.contains(.fold) { return .column }
    let hasFile = FileManager.default.fileExists(atPath: place.folder + "/" + FoldFile.name)
    return !hasFile && table.columns.contains(.split) ? .split : nil
  }

  /// The folds of the file beside the manifest, or new ones.
  private static func made(
    _ rows: [ManifestRow], _ labels: [Int], _ speakers: [String]?, _ table: ManifestTable,
    in place: ManifestPlace
  ) throws -> ManifestFolds {
    let file = place.folder + "/" + FoldFile.name
    if FileManager.default.fileExists(atPath: file) {
      return try ManifestFolds(
        given: try FoldFile.folds(of: rows, readingFile: file), name: "file", speakers: speakers,
        file: file)
    }
    if let speakers {
      return try bySpeaker(
        speakers, labels, count: max(2, min(5, Set(speakers).count)), file: table.file)
    }
    return ManifestFolds(
      stratifying: rows.map(\.id), classes: labels, count: min(5, rows.count))
  }

  private static func bySpeaker(
    _ speakers: [String], _ labels: [Int], count: Int, file: String
  ) throws -> ManifestFolds {
    let found = Set(speakers).count
    guard found > 1 else {
      throw ManifestError(
        file, "all clips are of one speaker, expected at least two for folds by speaker",
        remedy: "add a column fold, which the audit then reports as a leak by speaker")
    }
    guard count <= found else {
      throw ManifestError(
        file, "folds: expected at most \(found) for as many speakers, found \(count)",
        remedy: "make fewer folds")
    }
    return ManifestFolds(
      grouping: speakers, classes: labels, count: count, name: "speaker-groups-\(count)")
  }

  /// One fold for each group, in byte order of their names. Numbers count as numbers.
  private static func leavingOut(
    _ groups: [String], name: String, file: String
  ) throws -> ManifestFolds {
    let names = Set(groups).sorted { a, b in
      if let a = Int(a), let b = Int(b), a != b { return a < b }
      return precedes(a, b)
    }
    guard (2...10_000).contains(names.count) else {
      throw ManifestError(
        file, "folds: \(name) needs 2 to 10000 groups, found \(names.count)",
        remedy: "choose other folds")
    }
    let places = Dictionary(
      names.enumerated().map { ($0.element, $0.offset + 1) }, uniquingKeysWith: { a, _ in a })
    return ManifestFolds(name: name, names: names, folds: groups.map { places[$0] ?? 1 })
  }

  /// The test part is fold 1, the development part fold 2. The others follow.
  private static func split(_ parts: [ManifestSplit], file: String) throws -> ManifestFolds {
    let present = ManifestSplit.allCases.filter { Set(parts).contains($0) }
    for part in [ManifestSplit.test, .train] where !present.contains(part) {
      throw ManifestError(
        file, "split: no clip is in \(part.rawValue)",
        remedy: "mark the clips of \(part.rawValue), or make folds")
    }
    return ManifestFolds(
      name: FoldList.splitName, names: present.map(\.rawValue),
      folds: parts.map { (present.firstIndex(of: $0) ?? 0) + 1 })
  }

  private static func listed(
    _ folds: [ManifestDescription.FoldRule.Fold], _ rows: [ManifestRow], _ table: ManifestTable,
    _ description: ManifestDescription
  ) throws -> ManifestFolds {
    guard (2...10_000).contains(folds.count) else {
      throw ManifestError(
        description.file, "folds: expected 2 to 10000 folds, found \(folds.count)",
        remedy: "list the speakers of each fold")
    }
    var places: [String: Int] = [:]
    for (index, fold) in folds.enumerated() {
      for speaker in fold.speakers where places.updateValue(index + 1, forKey: speaker) != nil {
        throw ManifestError(
          description.file, "folds: \(quotedValue(speaker)) is in two folds",
          remedy: "list each speaker once")
      }
    }
    let numbers = try rows.map { row in
      guard let fold = row.speaker.flatMap({ places[$0] }) else {
        throw ManifestError(
          table.file, line: row.line,
          "speaker: \(quotedValue(row.speaker ?? "")) is in no fold of "
            + ManifestDescription.fileName,
          remedy: "add the speaker to a fold")
      }
      return fold
    }
    let present = Set(numbers)
    if let empty = folds.indices.first(where: { !present.contains($0 + 1) }) {
      throw ManifestError(
        description.file, "folds: no clip is of a speaker of \(quotedValue(folds[empty].name))",
        remedy: "remove the fold, or correct its speakers")
    }
    return ManifestFolds(name: "list", names: folds.map(\.name), folds: numbers)
  }
}
