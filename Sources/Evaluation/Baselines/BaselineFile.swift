// Baselines on disk: JSON files of the form `{"baselines": […]}`. A recorded number can be wrong,
// so reading recomputes every score from the counts beside it.
package import Files
package import Foundation

/// The content of one file of baselines.
package struct BaselineFile: Codable, Equatable, Sendable {
  package var baselines: [Baseline]
  /// Whether the file carried a checksum when it was read.
  package private(set) var seal = SealState.unsealed

  private enum CodingKeys: String, CodingKey { case baselines }

  /// Whether both hold the same baselines, with or without a checksum.
  package static func == (one: BaselineFile, other: BaselineFile) -> Bool {
    one.baselines == other.baselines
  }

  package init(baselines: [Baseline]) { self.baselines = baselines }

  /// Reads and checks the file at `path`.
  ///
  /// - Throws: `FileError` or `BaselineError`.
  package init(readingFile path: String) throws {
    try self.init(parsing: try Data(readingFile: path), file: path)
  }

  /// Reads and checks the content of `file`. A file without a checksum is accepted, because older
  /// versions wrote none.
  package init(parsing data: Data, file: String) throws {
    do {
      self = try decodeJSON(BaselineFile.self, from: data)
    } catch let error as DecodingError {
      throw BaselineError(error, file: file)
    }
    // Encoding the decoded value again reveals the keys that decoding ignored.
    let (written, understood): (Any, Any)
    do {
      written = try JSONSerialization.jsonObject(with: data)
      understood = try JSONSerialization.jsonObject(with: canonicalJSON(self))
    } catch {
      throw BaselineError.notJSON(file: file, reason: "a number or text in it does not fit")
    }
    var rest = written as? [String: Any]
    rest?["checksum"] = nil
    if let key = firstUnknownKey(rest ?? written, understood) {
      throw BaselineError.unknownKey(file: file, key: key)
    }
    for baseline in baselines { try baseline.check(file: file) }
    try checkNames(baselines, file: file)
    seal = data.sealState
    if seal == .broken { throw BaselineError.edited(file: file) }
  }

  /// Reads all `.json` files of `folder`, sorted by name.
  ///
  /// - Throws: `FileError` or `BaselineError`, for example if two baselines share a name.
  package static func load(folder: String) throws -> [Baseline] {
    let baselines = try paths(in: folder).flatMap { try BaselineFile(readingFile: $0).baselines }
    try checkNames(baselines, file: folder)
    return baselines
  }

  /// The baseline files in `folder`, sorted by name.
  ///
  /// - Throws: `FileError`.
  package static func paths(in folder: String) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw FileError.cannotRead(path: folder, reason: "the folder does not exist")
    }
    return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted()
      .map { folder + "/" + $0 }
  }

  /// Writes the baselines to `path` with a checksum, atomically, as indented JSON that diffs well.
  package func write(to path: String) throws {
    try (canonicalJSON(self, pretty: true) + Data("\n".utf8)).sealed.writeAtomically(to: path)
  }

  /// Adds a checksum to the file at `path` if it has none. The rest of the file stays as it is.
  ///
  /// - Returns: whether a checksum was added.
  /// - Throws: `FileError` or `BaselineError`: only a valid file gets a checksum.
  package static func seal(_ path: String) throws -> Bool {
    let data = try Data(readingFile: path)
    guard try BaselineFile(parsing: data, file: path).seal == .unsealed else { return false }
    let sealed = data.sealed
    guard sealed.sealState == .intact else {
      throw BaselineError.notJSON(file: path, reason: "expected an object that begins with {")
    }
    try sealed.writeAtomically(to: path)
    return true
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
  /// The checksum does not match the rest of the file.
  case edited(file: String)
  /// The target exists and is not an older record of the same baselines.
  case occupied(file: String, found: String)
}

extension BaselineError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let file, let reason): "\(file): is not JSON: \(reason)"
    case .unknownKey(let file, let key):
      "\(file): unknown key \(key); remove it or correct its name"
    case .wrongShape(let file, let place, let reason): "\(file): \(place): \(reason)"
    case .duplicate(let file, let name): "\(file): two baselines are called \"\(name)\"; rename one"
    case .inconsistent(let file, let name, let expected, let found):
      "\(file): baseline \"\(name)\": expected \(expected), found \(found)"
    case .incompleteGrid(let name, let cells):
      "baseline \"\(name)\": only \(cells) cells are finished; finish the run before recording it"
    case .edited(let file):
      """
      \(file): was edited: its checksum differs, so no number or margin in it can be trusted; take \
      it from where it was recorded, or record it again
      """
    case .occupied(let file, let found):
      """
      \(file): nothing was written, because there is \(found); choose another name or --to, or \
      move it away
      """
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
  /// Checks that the parts agree with each other and the scores with the counts.
  fileprivate func check(file: String) throws {
    func require(_ holds: Bool, _ expected: String, _ found: String) throws {
      if !holds {
        throw BaselineError.inconsistent(file: file, name: name, expected: expected, found: found)
      }
    }
    try require(!name.isEmpty, "a name", "none")
    try require(
      !signature.classes.isEmpty && !signature.classes.contains("")
        && Set(signature.classes).count == signature.classes.count,
      "classes, each with a name of its own", signature.classes.joined(separator: " "))
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
      if let digits = score.digits {
        try require((0...6).contains(digits), "0 to 6 digits after the point", "\(digits)")
      }
    }
    guard let measurement else { return }
    if let margin = measurement.margin {
      if let problem = Baseline.Margin.problem(points: margin.points) {
        try require(
          false, "margin.points: " + problem.replacing("expected ", with: ""), "\(margin.points)")
      }
      if let problem = Baseline.Margin.problem(confidence: margin.confidence) {
        try require(
          false, "margin.confidence: " + problem.replacing("expected ", with: ""),
          "\(margin.confidence)")
      }
    }
    let (seeds, folds, cells) = (measurement.seeds, measurement.folds, measurement.cells)
    try require(
      Set(seeds).count == seeds.count && seeds.allSatisfy { $0 >= 0 },
      "seeds of at least 0, each once", "\(seeds.prefix(8))")
    try require(
      Set(folds).count == folds.count && folds.allSatisfy { (1...10_000).contains($0) },
      "folds of at least 1, each once", "\(folds.prefix(8))")
    // Long lists of seeds and folds would make millions of pairs.
    try require(
      !cells.isEmpty && seeds.count <= cells.count && folds.count <= cells.count
        && cells.count % max(1, seeds.count) == 0
        && cells.count / max(1, seeds.count) == folds.count,
      "one cell for each of \(seeds.count) seeds and \(folds.count) folds", "\(cells.count) cells")
    let grid = Set(seeds.flatMap { seed in folds.map { [seed, $0] } })
    try require(
      Set(cells.map { [$0.seed, $0.fold] }) == grid,
      "one cell for each of \(grid.count) seeds and folds", "other ones")
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
    let summary = measurement.summary
    for cell in measurement.cells {
      let supports = cell.matrix.classes.indices.map { cell.matrix.support($0) }
      try require(
        supports == summary.supports(fold: cell.fold),
        "the same utterances of fold \(cell.fold) in every seed",
        "others in seed \(cell.seed): \(supports)")
    }
    guard let expected = signature.utterances else { return }
    // A run of some folds may be recorded as incomplete.
    let isWhole = signature.folds.map { $0 == measurement.folds.count } ?? true
    for seed in measurement.seeds {
      let total = summary.pooledMatrix(seed: seed)?.total ?? 0
      try require(
        isWhole ? total == expected : total < expected,
        "\(isWhole ? "" : "fewer than ")\(expected) utterances of seed \(seed)", "\(total)")
    }
  }
}

private func checkNames(_ baselines: [Baseline], file: String) throws {
  var seen: Set<String> = []
  for baseline in baselines where !seen.insert(baseline.name).inserted {
    throw BaselineError.duplicate(file: file, name: baseline.name)
  }
}

/// The path of the first key in `written` that has a value and is missing from `understood`. Keys
/// are visited in sorted order.
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
