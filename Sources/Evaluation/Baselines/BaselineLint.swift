// Checks every recorded number against the data below it: scores against counts, counts against
// predictions, and the README's tables against the baselines.
import Files
import Foundation
import Randomness
import Statistics

/// The outcome of checking baselines against their predictions and against a text.
package struct BaselineLint: Sendable {
  /// What was checked and what is wrong, one line each.
  package private(set) var lines: [String] = []
  /// The lines that report an error.
  package private(set) var complaints: [String] = []
  /// The number of tables found in the text.
  package private(set) var tables = 0
  /// The text with up-to-date tables; nil if it has no table.
  package private(set) var mendedText: String?

  /// - Parameters:
  ///   - readme: the path of a text with tables. Each table stands between an opening comment and
  ///     `<!-- end -->`. NAME is a prefix of the baselines' names. The opening comment selects the
  ///     table:
  ///     - `<!-- reprise:NAME -->`: the scores of all these baselines;
  ///     - `<!-- reprise-comparison:NAME -->`: the first baseline minus each other one;
  ///     - `<!-- reprise-components:NAME -->`: whether each part of the first baseline helps.
  /// - Throws: `FileError` if a file cannot be read. A wrong number is a complaint, not an error.
  package init(folder: String, readme: String) throws {
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
          let checked =
            baseline.measurement.map {
              "\($0.cells.count) cells"
                + (predictions.map { ", \($0.utterances.count * $0.seeds.count) predictions" }
                  ?? "")
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
    try lintText(readme, baselines, folder)
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
    let opening = #/<!-- (reprise|reprise-comparison|reprise-components):([^ ]+) -->\n/#
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
    if tables > 0 { mendedText = text } else { lines.append("\(path): has no table of a baseline") }
  }
}

/// The first of the README's baselines minus each other one. The figures are the report's; the
/// procedures that need random numbers are left out.
private func comparisonTable(_ systems: [SystemPredictions]) -> String {
  let head = """
    | UA, points | difference | on unseen speakers: 95 % interval | detectable | \
    as methods: 95 % interval | p | detectable |
    |---|---|---|---|---|---|---|

    """
  guard let first = systems.first else { return head }
  return head
    + systems.dropFirst().filter { first.hasSameUtterances(as: $0) }.map { other in
      let row = SystemComparison(
        first, other, metric: .unweightedAverageRecall, random: RandomStream(seed: 0),
        resamples: 1)
      func range(_ interval: Estimate.Interval?) -> String {
        interval.map { "\(points($0.lower)) to \(points($0.upper))" } ?? "–"
      }
      func share(_ value: Double?) -> String { value.map { fixed(100 * $0, digits: 2) } ?? "–" }
      return
        """
        | \(row.first) − \(row.second) | \(points(row.difference.value)) | \
        \(range(row.difference.interval)), \(row.speakers) speakers | \
        \(share(row.detectableOverSpeakers)) | \(range(row.method?.interval)), \(row.folds) folds \
        | \(row.methodTest.map { fixed($0.p, digits: 2) } ?? "–") | \(share(row.detectable)) |\n
        """
    }.joined()
}

/// Whether each part of the README's first baseline helps, by UA. Figures and verdicts are the
/// report's.
private func componentTable(_ baselines: [Baseline], _ folder: String) throws -> String {
  let systems = try baselines.map { baseline in
    ComponentSystem(
      settings: Dictionary(
        (baseline.measurement?.settings ?? []).map { ($0.path, $0.value) },
        uniquingKeysWith: { $1 }), predictions: try baseline.predictions(in: folder))
  }
  let head = """
    | part | UA with − without, points | 95 % interval over folds | p (Holm) | detectable | \
    verdict |
    |---|---|---|---|---|---|

    """
  let claims = ComponentClaim.of(
    systems, .unweightedAverageRecall, random: RandomStream(seed: 0), resamples: 1)
  return head
    + claims.map { claim in
      guard let row = claim.comparison else {
        return """
          | \(claim.series): \(claim.claim) | – | – | – | – | \(claim.verdict.rawValue) |\n
          """
      }
      let interval = row.method?.interval.map { "\(points($0.lower)) to \(points($0.upper))" }
      return
        """
        | \(claim.series): \(claim.claim) | \(points(row.difference.value)) | \(interval ?? "–") \
        | \(claim.adjusted.map { fixed($0, digits: 2) } ?? "–") | \
        \(row.detectable.map { fixed(100 * $0, digits: 2) } ?? "–") | \(claim.verdict.rawValue) \
        |\n
        """
    }.joined()
}

/// The README's table of scores: one row per baseline, WA and UA pooled and over folds.
package func baselineTable(_ baselines: [Baseline]) -> String {
  let head = """
    | system | WA pooled, % (mean ± sd over seeds) | UA pooled, % | WA over folds, % (mean ± sd \
    over folds) \
    | UA over folds, % | seeds | protocol |
    |---|---|---|---|---|---|---|

    """
  return head
    + baselines.compactMap { baseline in
      baseline.measurement.map { measurement in
        let summary = measurement.summary
        let scores = [
          summary.pooled(.accuracy), summary.pooled(.unweightedAverageRecall),
          summary.perFold(.accuracy), summary.perFold(.unweightedAverageRecall),
        ].map { $0?.percentages ?? "–" }
        return """
          | \(baseline.system) | \(scores.joined(separator: " | ")) | \(measurement.seeds.count) | \
          `\(baseline.signature.fingerprint?.digest ?? "–")` |\n
          """
      }
    }.joined()
}
