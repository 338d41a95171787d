// A recorded number can be wrong, and a copied one more so. Lint computes each number again from
// the one below it: scores from counts, counts from predictions, the tables of the README and the
// docs from the baselines.
import Files
import Foundation

/// The result of checking baselines against themselves, their predictions and the texts that quote
/// them.
package struct BaselineLint: Sendable {
  /// A text whose tables were written anew.
  package struct MendedText: Sendable {
    package let path: String
    package let text: String
    /// How many tables it holds.
    package let tables: Int
  }

  /// What was checked and what is wrong with it, a line each.
  package private(set) var lines: [String] = []
  /// The lines that report a fault.
  package private(set) var complaints: [String] = []
  /// The texts that hold tables, with each table as the baselines give it.
  package private(set) var mendedTexts: [MendedText] = []

  /// - Parameters:
  ///   - folder: the folder of baselines.
  ///   - texts: paths of Markdown files. A table stands between `<!-- KIND:NAME -->` and
  ///     `<!-- end -->`. It shows the baselines whose names begin with NAME. The kind says which
  ///     table it is. `reprise`: scores of each system;
  ///     `reprise-summary`: the same in three columns, with the difference of the first system;
  ///     `reprise-comparison`: the first system beside each other one, with intervals and tests;
  ///     `reprise-components`: whether the parts of the first system help.
  /// - Throws: `FileError` where a file cannot be read. A wrong number is a complaint instead.
  package init(folder: String, texts: [String]) throws {
    var baselines: [Baseline] = []
    for path in try BaselineFile.paths(in: folder) {
      let name = (path as NSString).lastPathComponent
      do {
        let file = try BaselineFile(readingFile: path)
        if file.seal == .unsealed {
          let text =
            "\(path): has no checksum, so an edited number or margin would not be seen; "
            + "reprise baseline lint --seal gives it one"
          if file.baselines.contains(where: { $0.kind == .measured }) {
            complain(text)
          } else {
            lines.append(text)
          }
        }
        for baseline in file.baselines {
          let predictions = try baseline.predictions(in: folder)
          let calibration = try predictions.flatMap {
            try baseline.calibration(in: folder, of: $0)
          }
          let checked =
            baseline.measurement.map {
              "\($0.cells.count) cells"
                + (predictions.map { ", \($0.utterances.count * $0.seeds.count) predictions" }
                  ?? "") + (calibration == nil ? "" : " with probabilities")
            } ?? "\(baseline.figures.count) printed figures"
          lines.append("\(name): \(baseline.name): \(checked): ok")
        }
        baselines += file.baselines
      } catch {
        complain("\(error)")
      }
    }
    let all = baselines.map(\.name)
    for name in Set(all.filter { name in all.count { $0 == name } > 1 }).sorted() {
      complain("\(folder): two baselines are called \"\(name)\"; rename one")
    }
    for path in texts { try lintText(path, baselines, folder) }
  }

  private mutating func complain(_ text: String) {
    lines.append("WRONG  " + text)
    complaints.append(text)
  }

  private mutating func lintText(_ path: String, _ baselines: [Baseline], _ folder: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      return lines.append("\(path): is not there; no table was checked")
    }
    var text = String(decoding: try Data(readingFile: path), as: UTF8.self)
    let opening =
      #/<!-- (reprise|reprise-summary|reprise-comparison|reprise-components):([^ ]+) -->\n/#
    var tables = 0
    var rest = text.startIndex
    while let match = text[rest...].firstMatch(of: opening) {
      tables += 1
      let name = String(match.output.2)
      guard let end = text[match.range.upperBound...].range(of: "<!-- end -->") else {
        complain("\(path): the table of \(name) has no <!-- end -->")
        return
      }
      let body = match.range.upperBound..<end.lowerBound
      let own = baselines.filter { $0.name.hasPrefix(name + " ") && $0.kind == .measured }
      if own.isEmpty { complain("\(path): a table of \(name), of which no baseline is recorded") }
      let table =
        switch match.output.1 {
        case "reprise": baselineTable(own)
        case "reprise-summary": try summaryTable(own, folder)
        case "reprise-components": try componentTable(own, folder)
        default: comparisonTable(try own.compactMap { try $0.predictions(in: folder) })
        }
      if text[body] == table {
        lines.append("\(path): table of \(name): ok")
      } else if !own.isEmpty {
        let found = text[body].split(separator: "\n").map(String.init)
        let wrong = table.split(separator: "\n").map(String.init).first { !found.contains($0) }
        complain(
          "\(path): the table of \(name) does not match the baselines; expected the row "
            + "\(wrong ?? "(fewer rows)"); `reprise baseline lint --write` rewrites it")
      }
      let offset = text.utf8.distance(from: text.startIndex, to: body.lowerBound)
      text.replaceSubrange(body, with: table)
      rest = text.utf8.index(text.startIndex, offsetBy: offset + table.utf8.count)
    }
    if tables > 0 {
      mendedTexts.append(MendedText(path: path, text: text, tables: tables))
    } else {
      lines.append("\(path): has no table of a baseline")
    }
  }
}
