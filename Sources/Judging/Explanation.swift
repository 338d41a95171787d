// Explains a number: formula, value, interval, and every file behind it.
import Evaluation
import Files
import Foundation
import Runs
package import Statistics

/// A number of a run, explained.
package struct Explanation: Codable, Equatable, Sendable {
  /// The full query, such as `ravdess full UA pooled`.
  package let number: String
  package let formula: String
  /// How folds, speakers and seeds are averaged.
  package let averaging: String
  /// A share in 0…1.
  package let value: Double
  package let interval: Estimate.Interval?
  package let intervalMethod: String?
  package let utterances: Int
  package let seeds: [Int]
  package let signature: String
  package let isSynthetic: Bool
  /// The prediction files behind the number, relative to the run's folder, with their SHA-256.
  package let files: [File]

  package struct File: Codable, Equatable, Sendable {
    package let path: String
    package let sha256: String
    /// The value from this file alone.
    package let value: Double
  }
}

/// The run has no such number.
package struct ExplanationError: Error, Equatable, Sendable, CustomStringConvertible {
  package let query: String
  package let part: String
  package let expected: [String]

  package var description: String {
    "\"\(query)\": \(part): expected one of \(expected.joined(separator: ", "))"
  }
}

extension Evidence {
  /// Explains the number that `query` selects by corpus, variant, metric, and `pooled`, `folds`,
  /// `speakers`, `fold N`, `speaker X` or `seed N`.
  package func explanation(of query: String) throws -> Explanation {
    let words = query.split(separator: " ").map(String.init)
    func pick<Value>(_ part: String, _ index: Int, _ values: [(String, Value)]) throws -> Value {
      let word = index < words.count ? words[index].lowercased() : ""
      guard let value = values.first(where: { $0.0.lowercased() == word }) else {
        throw ExplanationError(query: query, part: part, expected: values.map(\.0))
      }
      return value.1
    }
    let result = try pick("corpus", 0, corpora.map { ($0.corpus.corpus, $0) })
    let variant = try pick("variant", 1, result.variants.map { ($0.name, $0) })
    let metric = try pick("metric", 2, Metric.allCases.map { ($0.shortName, $0) })
    guard let predictions = variant.predictions,
      let figure = try result.analyses().first(where: { $0.system == variant.name })?[metric]
    else {
      throw ExplanationError(
        query: query, part: "\(variant.name) has no complete seed", expected: ["another variant"])
    }
    func own(_ named: [SystemAnalysis.Named], _ what: String) throws -> Estimate {
      let value = try pick(what, 4, named.map { ($0.name, $0.value) })
      return Estimate(value: value, interval: nil, method: "one \(what) has no interval")
    }
    let kind = words.count > 3 ? words[3].lowercased() : "pooled"
    let estimate: Estimate
    let averaging: String
    var isIncluded: (Prediction) -> Bool = { _ in true }
    var seeds = predictions.seeds.map(\.seed)
    switch kind {
    case "pooled":
      estimate = figure.pooled
      averaging = "all test utterances of all folds together, mean over seeds"
    case "folds":
      estimate = figure.overFolds ?? figure.pooled
      averaging = "mean over folds of the seeds' mean"
    case "speakers":
      estimate = figure.overSpeakers
      averaging = "mean over speakers of the seeds' mean"
    case "fold":
      estimate = try own(figure.byFold, "fold")
      averaging = "one fold, mean over seeds"
      isIncluded = { String($0.fold) == words[4] }
    case "speaker":
      estimate = try own(figure.bySpeaker, "speaker")
      averaging = "one speaker, mean over seeds"
      isIncluded = { $0.speaker.lowercased() == words[4].lowercased() }
    case "seed":
      estimate = try own(figure.bySeed, "seed")
      averaging = "one seed, all folds together"
      seeds = seeds.filter { String($0) == words[4] }
    default:
      throw ExplanationError(
        query: query, part: "averaging",
        expected: ["pooled", "folds", "speakers", "fold N", "speaker NAME", "seed N"])
    }
    let included = predictions.utterances.filter(isIncluded)
    let folds = Set(included.map(\.fold))
    let name = [
      result.corpus.corpus, variant.name, metric.abbreviation,
      ([kind] + words.dropFirst(4)).joined(separator: " "),
    ].joined(separator: " ")
    return Explanation(
      number: name, formula: metric.definition, averaging: averaging, value: estimate.value,
      interval: estimate.interval?.withinShares, intervalMethod: estimate.method,
      utterances: included.count,
      seeds: seeds, signature: result.signature.text, isSynthetic: result.isSynthetic,
      files: try variant.folders.compactMap { folder in
        let identity = folder.cell.identity
        guard seeds.contains(identity.seed), folds.contains(identity.fold) else { return nil }
        let file = try folder.predictions()
        let rows = file.predictions.filter(isIncluded)
        let matrix = ConfusionMatrix(classes: file.classes, predictions: rows)
        return Explanation.File(
          path: "cells/\(folder.cell.folderName)/predictions.csv",
          sha256: sha256(try Data(readingFile: folder.file("predictions.csv"))),
          value: ClassificationScores(matrix)[metric])
      })
  }
}

extension Explanation {
  /// Text for a terminal.
  package var text: String {
    let range = interval.map {
      $0.marked(
        "\(fixed(100 * $0.level, digits: 0)) % interval \(fixed(100 * $0.lower, digits: 2)) to "
          + "\(fixed(100 * $0.upper, digits: 2)) % (\(intervalMethod ?? ""))")
    }
    let head = [
      "\(number)\(isSynthetic ? "  SYNTHETIC" : "") = \(fixed(100 * value, digits: 4)) %",
      "  formula    \(formula)", "  averaging  \(averaging)",
      "  interval   \(range ?? "none: \(intervalMethod ?? "")")",
      """
        of         \(utterances) utterances, seeds \
      \(seeds.map(String.init).joined(separator: " "))
      """,
      "  protocol   \(signature)", "  computed from",
    ]
    return
      (head
      + files.map {
        "    \($0.path)  \(fixed(100 * $0.value, digits: 4)) %  sha256 \($0.sha256.prefix(16))"
      }).joined(separator: "\n").explainingDegenerateIntervals
  }
}
