// A baseline's predictions, stored beside its JSON file: a CSV with one row per utterance and the
// columns `id,speaker,fold,truth,seed_1,seed_2…`. Classes are written by name. Probabilities have a
// file of their own.
package import Files
import Foundation

extension Baseline {
  /// Returns the predictions as a table.
  package static func predictionsTable(_ system: SystemPredictions) -> CSVTable {
    CSVTable(
      header: ["id", "speaker", "fold", "truth"] + system.seeds.map { "seed_\($0.seed)" },
      rows: system.utterances.indices.map { row in
        let utterance = system.utterances[row]
        return [
          utterance.id, utterance.speaker, String(utterance.fold), system.classes[utterance.truth],
        ] + system.seeds.map { system.classes[$0.predictions[row].predicted] }
      })
  }

  /// Reads the predictions stored beside this baseline; nil if there are none.
  ///
  /// - Parameter folder: the folder of the baseline's own file.
  /// - Throws: `FileError`, `CSVError`, `BaselineError.inconsistent` if the file is not the
  ///   recorded one or does not give the recorded counts, or `IncomparableError` if the utterances
  ///   are not those of the recorded protocol or one seed is a copy of another.
  package func predictions(in folder: String) throws -> SystemPredictions? {
    guard let measurement, let recorded = measurement.predictions else { return nil }
    func wrong(_ expected: String, _ found: String) -> BaselineError {
      .inconsistent(
        file: folder + "/" + recorded.file, name: name, expected: expected, found: found)
    }
    let (path, data) = try content(of: recorded, in: folder)
    guard let text = String(data: data, encoding: .utf8) else { throw CSVError.notUTF8(file: path) }
    let table = try CSVTable(parsing: text, file: path)
    let seeds = measurement.seeds.sorted()
    guard table.header == ["id", "speaker", "fold", "truth"] + seeds.map({ "seed_\($0)" }) else {
      throw wrong(
        "columns id,speaker,fold,truth and one per seed", table.header.joined(separator: ","))
    }
    let predictions = try predictions(in: table, seeds, wrong)
    for cell in measurement.cells {
      let rows = predictions.first { $0.seed == cell.seed }?.predictions ?? []
      let matrix = ConfusionMatrix(
        classes: signature.classes, predictions: rows.filter { $0.fold == cell.fold })
      guard matrix == cell.matrix else {
        throw wrong("the recorded counts of seed \(cell.seed), fold \(cell.fold)", "others")
      }
    }
    let system = SystemPredictions(
      system: system, classes: signature.classes, seeds: predictions)
    try requireComparable(system, path)
    return system
  }

  /// Reads a file beside the baseline, which must be the recorded one.
  func content(of recorded: PredictionsFile, in folder: String) throws -> (
    path: String, data: Data
  ) {
    func wrong(_ expected: String, _ found: String) -> BaselineError {
      .inconsistent(
        file: folder + "/" + recorded.file, name: name, expected: expected, found: found)
    }
    guard recorded.isPlain else {
      throw wrong("a file name in the baseline's folder", recorded.file)
    }
    let path: String
    do {
      path = try Files.path(recorded.file, below: folder)
    } catch {
      throw wrong("a file, not a link, in the baseline's folder", recorded.file)
    }
    let data = try Data(readingFile: path)
    let digest = sha256(data)
    guard digest == recorded.sha256 else { throw wrong("SHA-256 \(recorded.sha256)", digest) }
    return (path, data)
  }

  /// The rows of the table for each seed.
  private func predictions(
    in table: CSVTable, _ seeds: [Int], _ wrong: (String, String) -> BaselineError
  ) throws -> [(seed: Int, predictions: [Prediction])] {
    let folds = Set(measurement?.folds ?? [])
    var seen: Set<String> = []
    func label(_ name: String, _ line: Int) throws -> Int {
      guard let label = signature.classes.firstIndex(of: name) else {
        throw wrong("one of the classes in line \(line)", name)
      }
      return label
    }
    for row in table.rows {
      guard let fold = Int(row.fields[2]), folds.contains(fold) else {
        throw wrong("the number of a recorded fold in line \(row.line)", row.fields[2])
      }
      guard !row.fields[0].isEmpty, seen.insert(row.fields[0]).inserted else {
        throw wrong("an id of its own in line \(row.line)", "\"\(row.fields[0])\"")
      }
    }
    return try seeds.indices.map { column in
      let rows = try table.rows.map { row in
        Prediction(
          id: row.fields[0], speaker: row.fields[1], fold: Int(row.fields[2]) ?? 0,
          truth: try label(row.fields[3], row.line),
          predicted: try label(row.fields[4 + column], row.line), probabilities: [])
      }
      return (seed: seeds[column], predictions: rows)
    }
  }

  /// Throws if the utterances do not match the recorded fingerprint or a seed is a copy.
  private func requireComparable(_ system: SystemPredictions, _ path: String) throws {
    var problems = system.copiedSeeds()
    if let fingerprint = signature.fingerprint, let folds = signature.folds,
      folds == measurement?.folds.count
    {
      let own = system.fingerprint(
        folds: folds, exclusions: [], evaluateOn: signature.evaluateOn)
      problems += own.differencesOfUtterances(from: fingerprint)
        .map { "its utterances are not those of the recorded fingerprint: \($0)" }
    }
    guard !problems.isEmpty else { return }
    throw IncomparableError(
      problems: problems.map { "\(path): \($0)" },
      remedy: "take both files from where they were recorded, or record the baseline again")
  }
}
