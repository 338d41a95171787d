// The meaning of a file of predictions: which utterance, which class, which probabilities. Every
// row is checked against the protocol.
import Evaluation
import Files
import Foundation
import Runs

/// One prediction of a file.
struct ScoredRow {
  let line: Int
  /// The index of the utterance in the protocol.
  let utterance: Int
  /// From the column `seed`; nil without one.
  let seed: Int?
  let predicted: Int
  /// One for each class, or none.
  let probabilities: [Float]
}

/// A file of predictions that fits a protocol.
struct PredictionInput {
  let path: String
  let sha256: String
  let columns: Columns
  let rows: [ScoredRow]

  /// Reads and checks a file.
  ///
  /// - Throws: `ScoreError` for the first row that does not fit; `FileError`; `CSVError`.
  init(
    readingFile path: String, _ protocolFacts: CorpusFacts, _ ids: UtteranceNames,
    _ labels: LabelNames, _ names: ColumnNames
  ) throws {
    let raw = try RawPredictions(readingFile: path)
    let columns = try Columns(of: raw, names, labels)
    (self.path, sha256, self.columns) = (path, raw.sha256, columns)
    let reader = RowReader(
      path: path, facts: protocolFacts, ids: ids, labels: labels, columns: columns,
      header: raw.table.header)
    rows = try raw.table.rows.map(reader.row)
    guard !rows.isEmpty else {
      throw ScoreError(path, "has no predictions", remedy: "give a file with a row per utterance")
    }
  }
}

/// Utterances by their ids, and by file names.
struct UtteranceNames {
  private var places: [String: Int] = [:]
  private var ambiguous: Set<String> = []
  private let corpus: String

  init(_ facts: CorpusFacts) {
    corpus = facts.corpus
    for (index, utterance) in facts.utterances.enumerated() { places[utterance.id] = index }
    let ids = Set(places.keys)
    for (index, utterance) in facts.utterances.enumerated() {
      for name in Self.otherNames(of: utterance) where !ids.contains(name) {
        if let old = places[name], old != index { ambiguous.insert(name) }
        places[name] = index
      }
    }
  }

  private static func otherNames(of utterance: CorpusFacts.Utterance) -> Set<String> {
    Set([stem(utterance.id), utterance.file.map { withoutExtension($0) }].compactMap(\.self))
  }

  /// The index of an utterance, by its id or by a file name with or without folder and extension.
  subscript(name: String) -> Int? {
    if let place = places[name] { return ambiguous.contains(name) ? nil : place }
    let own = Self.stem(name)
    let folder = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).dropLast().last
    // EmoBox puts the corpus's name before the id.
    let isPrefixed = own.lowercased().hasPrefix(corpus) && own.dropFirst(corpus.count).first == "-"
    let tries = [
      trimmed(name), Self.withoutExtension(name), own, folder.map { "\($0)_\(own)" },
      isPrefixed ? String(own.dropFirst(corpus.count + 1)) : nil,
    ]
    for key in tries.compactMap(\.self) where !ambiguous.contains(key) {
      if let place = places[key] { return place }
    }
    return nil
  }

  private static func stem(_ name: String) -> String {
    withoutExtension(
      String(name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""))
  }

  /// The name without its extension. An extension has two to five characters.
  private static func withoutExtension(_ name: String) -> String {
    guard let dot = name.lastIndex(of: ".") else { return trimmed(name) }
    let suffix = name[name.index(after: dot)...]
    let isExtension =
      (2...5).contains(suffix.utf8.count) && suffix.allSatisfy { $0.isLetter || $0.isNumber }
    return trimmed(isExtension ? String(name[..<dot]) : name)
  }
}

/// Checks one row after the other.
private struct RowReader {
  let path: String
  let facts: CorpusFacts
  let ids: UtteranceNames
  let labels: LabelNames
  let columns: Columns
  let header: [String]

  func row(_ row: CSVTable.Row) throws -> ScoredRow {
    let place = "\(path):\(row.line)"
    let id = row.fields[columns.id]
    guard let index = ids[id] else {
      throw ScoreError(
        place, "id \"\(id)\": \(facts.title) has no such utterance, or more than one",
        remedy: "an id of this protocol is \(facts.utterances.first?.id ?? "none"); "
          + "remove the row or correct the id")
    }
    let utterance = facts.utterances[index]
    try checkFacts(row, utterance, place)
    let seed = try columns.seed.map { column -> Int in
      guard let seed = Int(trimmed(row.fields[column])), seed >= 0 else {
        throw ScoreError(
          place, "column \(header[column]): expected a seed, found \"\(row.fields[column])\"",
          remedy: "write whole numbers from 0")
      }
      return seed
    }
    let probabilities = try probabilities(row, place)
    let predicted: Int
    if let column = columns.prediction {
      predicted = try label(row, column, place)
    } else {
      let most = probabilities.max() ?? 0
      predicted = probabilities.firstIndex(of: most) ?? 0
    }
    if let most = probabilities.max(), probabilities[predicted] < most {
      let greatest = probabilities.firstIndex(of: most) ?? 0
      throw ScoreError(
        place,
        "\(utterance.id): predicts \(labels.classes[predicted]), but \(labels.classes[greatest]) "
          + "has the greatest probability",
        remedy: "correct the row, or leave the probabilities out of the file")
    }
    return ScoredRow(
      line: row.line, utterance: index, seed: seed, predicted: predicted,
      probabilities: probabilities)
  }

  /// Compares truth, speaker and fold of a row with the protocol, where the file has them.
  private func checkFacts(
    _ row: CSVTable.Row, _ utterance: CorpusFacts.Utterance, _ place: String
  ) throws {
    func differs(_ what: String, _ found: String, _ expected: String) -> ScoreError {
      ScoreError(
        place, "\(utterance.id): \(what) is \(found) here and \(expected) in the protocol",
        remedy: "correct the file, or score it with the protocol that it was made for")
    }
    if let column = columns.truth {
      let truth = try label(row, column, place)
      guard labels.classes[truth] == utterance.label else {
        throw differs("the true class", labels.classes[truth], utterance.label)
      }
    }
    if let column = columns.speaker {
      let speaker = trimmed(row.fields[column])
      guard Self.isSame(speaker, utterance.speaker) else {
        throw differs("the speaker", "\"\(speaker)\"", utterance.speaker)
      }
    }
    if let column = columns.fold {
      let fold = trimmed(row.fields[column])
      let names = facts.foldNames
      let isNamed = names.indices.contains(utterance.fold - 1) && names[utterance.fold - 1] == fold
      guard isNamed || Self.trailingNumber(fold) == utterance.fold else {
        throw differs("the fold", "\"\(fold)\"", "\(utterance.fold)")
      }
    }
  }

  private func label(_ row: CSVTable.Row, _ column: Int, _ place: String) throws -> Int {
    guard let label = labels[row.fields[column]] else {
      throw ScoreError(
        place, "column \(header[column]): there is no class \"\(row.fields[column])\"",
        remedy: "the classes are \(labels.classes.joined(separator: ", ")); "
          + "--labels maps other spellings")
    }
    return label
  }

  private func probabilities(_ row: CSVTable.Row, _ place: String) throws -> [Float] {
    guard let places = columns.probabilities else { return [] }
    let numbers = try places.map { column -> Double in
      let text = row.fields[column]
      let number = Double(text) ?? Double(trimmed(text))
      guard let number, number.isFinite, columns.areLogits || (0...1).contains(number) else {
        throw ScoreError(
          place,
          "column \(header[column]): expected "
            + (columns.areLogits ? "a finite number" : "a probability from 0 to 1")
            + ", found \"\(text)\"",
          remedy: columns.areLogits
            ? "correct the row" : "correct the row; " + Self.aboutLogits)
      }
      return number
    }
    guard columns.areLogits else {
      let sum = numbers.reduce(0, +)
      guard abs(sum - 1) < 1e-3 else {
        throw ScoreError(
          place, "the probabilities sum to \(Float(sum)), expected 1",
          remedy: "write them with more digits; " + Self.aboutLogits)
      }
      return numbers.map(Float.init)
    }
    let most = numbers.max() ?? 0
    let powers = numbers.map { exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
  }

  private static let aboutLogits = "columns of logits are called logit_CLASS, or give --logits"

  /// Whether two names of a speaker are equal, or end in the same number, as `Actor_07` and `7`.
  private static func isSame(_ name: String, _ other: String) -> Bool {
    if name.lowercased() == other.lowercased() { return true }
    return Int(name) != nil && Int(name) == trailingNumber(other)
  }

  /// The number at the end of a text, as in `fold_3`; nil if there is none.
  private static func trailingNumber(_ text: String) -> Int? {
    Int(String(text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed()))
  }
}
