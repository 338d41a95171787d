// The results of past runs, one JSON line each, and the slow drift in them.
import Files
import Foundation
import Statistics

/// A loss that built up over several runs.
package struct Drift: Codable, Hashable, Sendable {
  /// Number of runs in the history, including this one.
  package let runs: Int
  /// The mean of the best earlier stretch minus that of the last stretch, as a share; negative for
  /// a gain.
  package let loss: Double
  /// Date and commit of the first run of the last stretch.
  package let since: String
  /// The index of each change in the history, from 0.
  package let changes: [Int]
}

/// A file of past results. Each check appends its own.
package struct History: Sendable {
  /// One system's result in one run.
  package struct Entry: Codable, Hashable, Sendable {
    package let date: String
    package let commit: String
    package let corpus: String
    package let system: String
    package let metric: Metric
    /// The protocol's fingerprint. Only entries of one protocol form a series.
    package let fingerprint: String
    /// Mean over folds and seeds, as a share.
    package let value: Double
    /// Standard deviation of this value over seeds, as a share; nil if unknown.
    package let deviation: Double?

    package init(
      date: String, commit: String, corpus: String, system: String, metric: Metric,
      fingerprint: String, value: Double, deviation: Double?
    ) {
      (self.date, self.commit, self.corpus, self.system) = (date, commit, corpus, system)
      (self.metric, self.fingerprint, self.value) = (metric, fingerprint, value)
      self.deviation = deviation
    }

    /// Whether value and deviation are valid shares.
    var isPossible: Bool {
      (0...1).contains(value) && deviation.map { (0...1).contains($0) } ?? true
    }
  }

  package let path: String
  package private(set) var entries: [Entry]

  /// Reads the history. A missing file is an empty history.
  ///
  /// - Throws: `FileError` if a line is not an entry.
  package init(path: String) throws {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      entries = []
      return
    }
    entries = try Data(readingFile: path, mayGrow: true).split(separator: 0x0a).enumerated().map {
      index, line in
      guard let entry = try? decodeJSON(Entry.self, from: Data(line)), entry.isPossible else {
        throw FileError.damaged(
          path: path, problem: "line \(index + 1) is not a result",
          remedy: "remove the line, or give another file")
      }
      return entry
    }
  }

  /// Appends an entry to the file.
  package mutating func add(_ entry: Entry) throws {
    try (canonicalJSON(entry) + Data("\n".utf8)).append(to: path)
    entries.append(entry)
  }

  /// The number of latest results to search. The search takes quadratic time.
  private static let longest = 2000

  /// Looks for changes of the mean in the latest results of the series of `entry`, oldest first;
  /// nil if the series never changed.
  package func drift(of entry: Entry) -> Drift? {
    let series = Array(
      entries.filter {
        $0.corpus == entry.corpus && $0.system == entry.system && $0.metric == entry.metric
          && $0.fingerprint == entry.fingerprint
      }.suffix(Self.longest))
    let known = series.compactMap(\.deviation)
    let deviation =
      known.count == series.count && !known.isEmpty
      ? (known.reduce(0) { $0 + $1 * $1 } / Double(known.count)).squareRoot() : nil
    let changes = changePoints(series.map(\.value), deviation: deviation)
    guard let last = changes.last else { return nil }
    let bounds = [0] + changes + [series.count]
    let means = zip(bounds, bounds.dropFirst()).map { from, to in
      series[from..<to].reduce(0) { $0 + $1.value } / Double(to - from)
    }
    return Drift(
      runs: series.count, loss: (means.dropLast().max() ?? 0) - (means.last ?? 0),
      since: "\(series[last].date), commit \(series[last].commit)", changes: changes)
  }
}
