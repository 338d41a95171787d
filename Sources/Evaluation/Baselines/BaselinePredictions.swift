// A baseline's predictions beside its JSON: a CSV of one row per utterance with the columns
// `id,speaker,fold,truth,seed_1,seed_2…`. Classes stand by name; probabilities are not kept.
package import Files
import Foundation

extension Baseline {
  /// Returns the content of the file of predictions.
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

  /// Reads the predictions that stand beside this baseline; nil where there are none.
  ///
  /// - Parameter folder: where the baseline's own file lies.
  /// - Throws: `FileError`, `CSVError`, or `BaselineError.inconsistent` where the file is not the one
  ///   recorded or does not give the recorded counts.
  package func predictions(in folder: String) throws -> SystemPredictions? {
    guard let measurement, let recorded = measurement.predictions else { return nil }
    let path = folder + "/" + recorded.file
    let digest = sha256(try Data(readingFile: path))
    func wrong(_ expected: String, _ found: String) -> BaselineError {
      .inconsistent(file: path, name: name, expected: expected, found: found)
    }
    guard digest == recorded.sha256 else { throw wrong("SHA-256 \(recorded.sha256)", digest) }
    let table = try CSVTable(readingFile: path)
    let seeds = measurement.seeds.sorted()
    guard table.header == ["id", "speaker", "fold", "truth"] + seeds.map({ "seed_\($0)" }) else {
      throw wrong(
        "columns id,speaker,fold,truth and one per seed", table.header.joined(separator: ","))
    }
    func label(_ name: String, _ line: Int) throws -> Int {
      guard let label = signature.classes.firstIndex(of: name) else {
        throw wrong("one of the classes in line \(line)", name)
      }
      return label
    }
    let predictions = try seeds.indices.map { column in
      let rows = try table.rows.map { row in
        guard let fold = Int(row.fields[2]) else {
          throw wrong("a number of a fold in line \(row.line)", row.fields[2])
        }
        return Prediction(
          id: row.fields[0], speaker: row.fields[1], fold: fold,
          truth: try label(row.fields[3], row.line),
          predicted: try label(row.fields[4 + column], row.line), probabilities: [])
      }
      return (seed: seeds[column], predictions: rows)
    }
    for cell in measurement.cells {
      let rows = predictions.first { $0.seed == cell.seed }?.predictions ?? []
      let matrix = ConfusionMatrix(
        classes: signature.classes, predictions: rows.filter { $0.fold == cell.fold })
      guard matrix == cell.matrix else {
        throw wrong("the recorded counts of seed \(cell.seed), fold \(cell.fold)", "others")
      }
    }
    return SystemPredictions(system: system, classes: signature.classes, seeds: predictions)
  }
}
