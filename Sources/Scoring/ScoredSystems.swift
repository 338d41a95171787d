// Assigns files of predictions to systems and seeds, and checks that each seed is whole.
import Evaluation
package import Experiments
import Files
import Foundation
package import Runs

/// What to score.
package struct ScoreRequest: Sendable {
  /// The files of predictions, in order.
  package var files: [String]
  /// One name for all files, one for each file, or none.
  package var names: [String]
  package var columns = ColumnNames()
  /// The user's spellings of classes.
  package var labels: [LabelSpelling] = []
  /// Whether utterances without a prediction are left out instead of being an error.
  package var allowMissing = false

  package init(files: [String], names: [String]) { (self.files, self.names) = (files, names) }
}

/// Predictions of one or several systems, checked against a protocol.
package struct ScoredSystems {
  /// The protocol of what was scored.
  package private(set) var facts: CorpusFacts
  package let systems: [ScoredSystem]
  package let seeds: [Int]
  /// What was recognised in each file, one line each.
  package let remarks: [String]
  /// By system and seed, one for each utterance of `facts`.
  private(set) var predictions: [[[Prediction]]]

  /// Reads and checks all files.
  ///
  /// - Throws: `ScoreError`, `FileError` or `CSVError` for the first problem.
  package init(_ request: ScoreRequest, _ frozen: ProtocolFile) throws {
    let facts = frozen.corpus
    let labels = try LabelNames(facts.classes, frozen.spellings, given: request.labels)
    let ids = UtteranceNames(facts)
    let names = try request.systemNames()
    let inputs = try request.files.map {
      try PredictionInput(readingFile: $0, facts, ids, labels, request.columns)
    }
    try requireDifferentFiles(inputs)
    let order = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let tables = try order.map { name in
      try SeedTables(
        zip(names, inputs).filter { $0.0 == name }.map(\.1), facts, system: name)
    }
    for (name, table) in zip(order, tables).dropFirst()
    where table.rows.keys.sorted() != tables[0].rows.keys.sorted() {
      throw ScoreError(
        name, "has other seeds than \(order[0])",
        remedy: "give every system the same seeds, or score them into separate folders")
    }
    let seeds = (tables.first?.rows.keys.sorted()) ?? []
    let kept = try Self.kept(tables, order, facts, allowMissing: request.allowMissing)
    systems = zip(order, tables).map { ScoredSystem(name: $0, predictions: $1.digest) }
    self.seeds = seeds
    remarks = inputs.map { "\($0.path): \($0.columns.text)" } + tables.flatMap(\.remarks)
    predictions = tables.map { table in
      seeds.map { seed in
        let rows = table.rows[seed] ?? []
        return kept.compactMap { index in
          rows[index].map { row in
            let utterance = facts.utterances[index]
            return Prediction(
              id: utterance.id, speaker: utterance.speaker, fold: utterance.fold,
              truth: labels.classes.firstIndex(of: utterance.label) ?? 0,
              predicted: row.predicted, probabilities: row.probabilities)
          }
        }
      }
    }
    self.facts = facts
    if kept.count < facts.utterances.count(where: facts.tests) { keep(kept) }
    try requireDifferentPredictions()
  }

  /// The tested utterances that every system and seed has.
  private static func kept(
    _ tables: [SeedTables], _ names: [String], _ facts: CorpusFacts, allowMissing: Bool
  ) throws -> [Int] {
    let tested = facts.utterances.indices.filter { facts.tests(facts.utterances[$0]) }
    for (name, table) in zip(names, tables) where !allowMissing {
      for (seed, rows) in table.rows.sorted(by: { $0.key < $1.key }) {
        let missing = tested.filter { rows[$0] == nil }.map { facts.utterances[$0].id }
        guard !missing.isEmpty else { continue }
        throw ScoreError(
          table.places[seed] ?? name,
          "\(name), seed \(seed): \(missing.count) of \(tested.count) utterances have no "
            + "prediction: \(shortList(missing))",
          remedy: "add them, or score what is there with --allow-missing, which marks everything "
            + "INCOMPLETE")
      }
    }
    let kept = tested.filter { index in
      tables.allSatisfy { $0.rows.values.allSatisfy { $0[index] != nil } }
    }
    let folds = facts.isSplit ? 1 : 2
    guard Set(kept.map { facts.utterances[$0].fold }).count >= folds else {
      throw ScoreError(
        names.joined(separator: ", "),
        "\(kept.count) utterances have a prediction in every file, in fewer than "
          + (facts.isSplit ? "one fold" : "two folds"),
        remedy: facts.isSplit
          ? "give predictions for the test part of the protocol"
          : "give predictions for at least two folds of the protocol")
    }
    return kept
  }

  /// Leaves out all other tested utterances. What is scored is then another protocol.
  private mutating func keep(_ kept: [Int]) {
    let all = facts.utterances
    let there = Set(kept)
    let missing = all.indices.filter { facts.tests(all[$0]) && !there.contains($0) }
    let absent = Set(missing)
    facts.utterances = all.indices.filter { !absent.contains($0) }.map { all[$0] }
    facts.fingerprint = facts.computedFingerprint
    facts.incompleteness.append(
      "scored \(kept.count) of \(kept.count + missing.count) utterances; no prediction for "
        + shortList(missing.map { all[$0].id }))
  }

  /// Throws if two seeds or systems have the same predictions.
  private func requireDifferentPredictions() throws {
    let all = systems.indices.flatMap { system in
      seeds.indices.map { seed in
        CellPredictions(
          name: "\(systems[system].name), seed \(seeds[seed])", seed: seeds[seed], fold: 0,
          predictions: predictions[system][seed])
      }
    }
    guard let pair = copies(among: all).first else { return }
    throw ScoreError(
      "\(pair.first.name) and \(pair.second.name)",
      "have the same predictions: one is a copy of the other",
      remedy: "give each system and each seed once")
  }
}

/// Throws if a file is given twice.
private func requireDifferentFiles(_ inputs: [PredictionInput]) throws {
  for (index, input) in inputs.enumerated() {
    guard let other = inputs[..<index].first(where: { $0.sha256 == input.sha256 }) else { continue }
    throw ScoreError(
      input.path, "is a copy of \(other.path)", remedy: "give each system and each seed once")
  }
}

extension ScoreRequest {
  /// The name of each file's system.
  fileprivate func systemNames() throws -> [String] {
    guard let first = files.first else {
      throw ScoreError(
        "reprise score", "found no file of predictions", remedy: "give at least one")
    }
    guard names.count <= 1 || names.count == files.count else {
      throw ScoreError(
        "--name", "\(names.count) names for \(files.count) files",
        remedy: "give one name for all files, or one for each")
    }
    for name in names where !isPlain(name) || name.utf8.count > 64 {
      throw ScoreError(
        "--name \(name)", "expected letters, digits, - _ + or .",
        remedy: "choose a name of at most 64 of these characters")
    }
    if names.count == files.count { return names }
    let name = names.first ?? Self.name(of: first)
    return files.map { _ in name }
  }

  /// A system's name from the name of its file.
  private static func name(of path: String) -> String {
    let file = (path as NSString).lastPathComponent
    let stem = (file as NSString).deletingPathExtension
    let plain = stem.prefix(64).map { isPlain("a\($0)") ? $0 : "-" }
    let name = String(plain.drop { !isPlain("\($0)") })
    return name.isEmpty ? "scored" : name
  }
}

/// The predictions of one system by seed.
private struct SeedTables {
  /// By seed, one for each utterance; nil for one without a prediction.
  private(set) var rows: [Int: [ScoredRow?]] = [:]
  /// The files of a seed, for messages.
  private(set) var places: [Int: String] = [:]
  private(set) var remarks: [String] = []
  let digest: String

  /// Files with a column `seed` say which seed a row belongs to. Without one, a file joins the
  /// first seed that has none of its utterances: files of separate folds make one seed together,
  /// and files with the same utterances are seeds 1, 2 and so on.
  init(_ inputs: [PredictionInput], _ facts: CorpusFacts, system: String) throws {
    digest = sha256(inputs.map { $0.sha256 + "\n" }.joined())
    let count = facts.utterances.count
    guard Set(inputs.map { $0.columns.seed == nil }).count == 1 else {
      throw ScoreError(
        system, "some of its files have a column of seeds and some have none",
        remedy: "add the column to all files, or to none")
    }
    for input in inputs {
      let groups = Dictionary(grouping: input.rows) { $0.seed ?? -1 }
      for key in groups.keys.sorted() {
        let own = groups[key] ?? []
        var table = [ScoredRow?](repeating: nil, count: count)
        for row in own {
          if let other = table[row.utterance] {
            throw Self.twice(
              "\(input.path):\(row.line)", facts.utterances[row.utterance].id,
              "line \(other.line)")
          }
          table[row.utterance] = row
        }
        let seed = key >= 0 ? key : firstFree(own)
        if let there = rows[seed] {
          if let row = own.first(where: { there[$0.utterance] != nil }) {
            throw Self.twice(
              "\(input.path):\(row.line)", facts.utterances[row.utterance].id,
              places[seed] ?? "another file")
          }
          for row in own { table[row.utterance] = row }
          for index in there.indices where table[index] == nil { table[index] = there[index] }
        }
        rows[seed] = table
        places[seed] = places[seed].map { "\($0), \(input.path)" } ?? input.path
      }
    }
    guard rows.count <= 1_000 else {
      throw ScoreError(
        system, "has \(rows.count) seeds, expected at most 1000", remedy: "score fewer seeds")
    }
    if inputs.count > 1 {
      remarks = places.keys.sorted().map { "\(system), seed \($0): \(places[$0] ?? "")" }
    }
  }

  /// The first seed from 1 without any of these utterances.
  private func firstFree(_ own: [ScoredRow]) -> Int {
    var seed = 1
    while let there = rows[seed], own.contains(where: { there[$0.utterance] != nil }) { seed += 1 }
    return seed
  }

  private static func twice(_ place: String, _ id: String, _ other: String) -> ScoreError {
    ScoreError(
      place, "\(id) has a second prediction; the first is in \(other)",
      remedy: "keep one row for each utterance; a column `seed` tells several seeds apart")
  }
}
