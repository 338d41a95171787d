// Baselines on disk: JSON files of `{"baselines": […]}`, checked on reading. A recorded number can
// be wrong, so scores are computed again from the counts beside them.
import Files
package import Foundation

/// The content of one file of baselines.
package struct BaselineFile: Codable, Hashable, Sendable {
  package var baselines: [Baseline]

  package init(baselines: [Baseline]) { self.baselines = baselines }

  /// Reads and checks the file at `path`.
  ///
  /// - Throws: `FileError` or `BaselineError`.
  package init(readingFile path: String) throws {
    try self.init(parsing: try Data(readingFile: path), file: path)
  }

  /// Reads and checks the content of `file`.
  package init(parsing data: Data, file: String) throws {
    do {
      self = try decodeJSON(BaselineFile.self, from: data)
    } catch let error as DecodingError {
      throw BaselineError(error, file: file)
    }
    // What decoding passed over is missing once the value is encoded again.
    let written = try JSONSerialization.jsonObject(with: data)
    let understood = try JSONSerialization.jsonObject(with: canonicalJSON(self))
    if let key = firstUnknownKey(written, understood) {
      throw BaselineError.unknownKey(file: file, key: key)
    }
    for baseline in baselines { try baseline.check(file: file) }
    try checkNames(baselines, file: file)
  }

  /// Reads all `.json` files of `folder` in the order of their names.
  ///
  /// - Throws: `FileError` or `BaselineError`, also when two files use one name.
  package static func load(folder: String) throws -> [Baseline] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw FileError.cannotRead(path: folder, reason: "there is no such folder")
    }
    let files = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted()
    let baselines = try files.flatMap {
      try BaselineFile(readingFile: folder + "/" + $0).baselines
    }
    try checkNames(baselines, file: folder)
    return baselines
  }

  /// Writes the baselines to `path`, whole or not at all, in a form that reads and diffs well.
  package func write(to path: String) throws {
    try (canonicalJSON(self, pretty: true) + Data("\n".utf8)).writeAtomically(to: path)
  }
}

/// What is wrong with a baseline.
package enum BaselineError: Error, Hashable, Sendable {
  case notJSON(file: String, reason: String)
  case unknownKey(file: String, key: String)
  case wrongShape(file: String, place: String, reason: String)
  case duplicate(file: String, name: String)
  case inconsistent(file: String, name: String, expected: String, found: String)
  case incompleteGrid(name: String, cells: String)
}

extension BaselineError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let file, let reason): "\(file): is not JSON: \(reason)"
    case .unknownKey(let file, let key): "\(file): unknown key \(key); remove it or mend its name"
    case .wrongShape(let file, let place, let reason): "\(file): \(place): \(reason)"
    case .duplicate(let file, let name): "\(file): two baselines are called \"\(name)\"; rename one"
    case .inconsistent(let file, let name, let expected, let found):
      "\(file): baseline \"\(name)\": expected \(expected), found \(found)"
    case .incompleteGrid(let name, let cells):
      "baseline \"\(name)\": only \(cells) cells are finished; finish the run before recording it"
    }
  }

  init(_ error: DecodingError, file: String) {
    switch error {
    case .keyNotFound(let key, let context):
      self = .wrongShape(
        file: file, place: path(context), reason: "expected the key \(key.stringValue)")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      self = .wrongShape(file: file, place: path(context), reason: context.debugDescription)
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      self = .wrongShape(file: file, place: path(context), reason: context.debugDescription)
    case .dataCorrupted(let context):
      self = .notJSON(file: file, reason: context.debugDescription)
    @unknown default: self = .notJSON(file: file, reason: "\(error)")
    }
  }
}

extension Baseline {
  /// Holds the parts to each other, and the scores to the counts.
  fileprivate func check(file: String) throws {
    func require(_ holds: Bool, _ expected: String, _ found: String) throws {
      if !holds {
        throw BaselineError.inconsistent(file: file, name: name, expected: expected, found: found)
      }
    }
    try require(!name.isEmpty, "a name", "none")
    try require(!signature.classes.isEmpty, "classes", "none")
    switch kind {
    case .published:
      try require(source != nil, "a source for a published result", "none")
      try require(scores != nil && measurement == nil, "scores and no measurement", "otherwise")
    case .measured:
      try require(measurement != nil && scores == nil, "a measurement and no scores", "otherwise")
    }
    for score in scores ?? [] {
      if let percent = score.percent {
        try require((0...100).contains(percent), "per cent from 0 to 100", "\(percent)")
      }
    }
    guard let measurement else { return }
    let grid = Set(
      measurement.seeds.flatMap { seed in measurement.folds.map { [seed, $0] } })
    let places = measurement.cells.map { [$0.seed, $0.fold] }
    try require(
      places.count == grid.count && Set(places) == grid && !grid.isEmpty,
      "one cell for each of \(grid.count) seeds and folds", "\(places.count) cells")
    for cell in measurement.cells {
      let place = "seed \(cell.seed), fold \(cell.fold)"
      try require(
        cell.matrix.classes == signature.classes, "the same classes at \(place)", "others")
      try require(cell.matrix.total > 0, "utterances at \(place)", "none")
      let scores = ClassificationScores(cell.matrix)
      let isSwapped =
        abs(scores.accuracy - cell.unweightedAverageRecall) < 1e-9
        && abs(scores.unweightedAverageRecall - cell.accuracy) < 1e-9
      try require(
        !isSwapped || abs(scores.accuracy - cell.accuracy) < 1e-9,
        "WA \(scores.accuracy) and UA \(scores.unweightedAverageRecall) at \(place)",
        "the two swapped")
      try require(
        abs(scores.accuracy - cell.accuracy) < 1e-9, "WA \(scores.accuracy) at \(place)",
        "\(cell.accuracy)")
      try require(
        abs(scores.unweightedAverageRecall - cell.unweightedAverageRecall) < 1e-9,
        "UA \(scores.unweightedAverageRecall) at \(place)", "\(cell.unweightedAverageRecall)")
    }
    guard let expected = signature.utterances else { return }
    let summary = measurement.summary
    for seed in measurement.seeds {
      let total = summary.pooledMatrix(seed: seed)?.total ?? 0
      try require(total == expected, "\(expected) utterances of seed \(seed)", "\(total)")
    }
  }
}

private func checkNames(_ baselines: [Baseline], file: String) throws {
  var seen: Set<String> = []
  for baseline in baselines where !seen.insert(baseline.name).inserted {
    throw BaselineError.duplicate(file: file, name: baseline.name)
  }
}

/// The path of the first key with a value in `written` that `understood` lacks; keys in their order.
private func firstUnknownKey(_ written: Any, _ understood: Any) -> String? {
  if let written = written as? [String: Any], let understood = understood as? [String: Any] {
    for key in written.keys.sorted() {
      guard let value = written[key], !(value is NSNull) else { continue }
      guard let counterpart = understood[key] else { return key }
      if let rest = firstUnknownKey(value, counterpart) { return key + "." + rest }
    }
  } else if let written = written as? [Any], let understood = understood as? [Any] {
    for (index, pair) in zip(written, understood).enumerated() {
      if let rest = firstUnknownKey(pair.0, pair.1) { return "\(index).\(rest)" }
    }
  }
  return nil
}

private func path(_ context: DecodingError.Context) -> String {
  context.codingPath.isEmpty
    ? "the file"
    : context.codingPath.map { $0.intValue.map { String($0) } ?? $0.stringValue }
      .joined(separator: ".")
}
