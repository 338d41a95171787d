// The results of past runs, a JSON line each, and the slow drift in them.
import Files
import Foundation
import Statistics

/// A loss that crept in over several runs.
package struct Drift: Codable, Hashable, Sendable {
  /// Runs of the history, this one included.
  package let runs: Int
  /// How far the last stretch's mean lies below the best earlier one's, share; negative for a gain.
  package let loss: Double
  /// The first run of the last stretch: date and commit.
  package let since: String
  /// The place of each change in the history, from 0.
  package let changes: [Int]
}

/// A file of past results, to which each check adds its own.
package struct History: Sendable {
  /// One system's result in one run.
  package struct Entry: Codable, Hashable, Sendable {
    package let date: String
    package let commit: String
    package let corpus: String
    package let system: String
    package let metric: Metric
    /// The protocol's fingerprint: only entries of one protocol are a series.
    package let fingerprint: String
    /// Share, mean over folds and seeds.
    package let value: Double
    /// Deviation over seeds of this value, share; nil where it is not known.
    package let deviation: Double?

    package init(
      date: String, commit: String, corpus: String, system: String, metric: Metric,
      fingerprint: String, value: Double, deviation: Double?
    ) {
      (self.date, self.commit, self.corpus, self.system) = (date, commit, corpus, system)
      (self.metric, self.fingerprint, self.value) = (metric, fingerprint, value)
      self.deviation = deviation
    }

    /// Whether value and deviation are shares.
    var isPossible: Bool {
      (0...1).contains(value) && deviation.map { (0...1).contains($0) } ?? true
    }
  }

  package let path: String
  package private(set) var entries: [Entry]

  /// Reads the history; a file that is not there is an empty one.
  ///
  /// - Throws: `FileError` where a line is no entry.
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

  /// Adds an entry at the end of the file.
  package mutating func add(_ entry: Entry) throws {
    try (canonicalJSON(entry) + Data("\n".utf8)).append(to: path)
    entries.append(entry)
  }

  /// The last results that are looked at: the search takes time by the square of their number.
  private static let longest = 2000

  /// Looks for changes of the mean in the last results of the series to which `entry` belongs,
  /// oldest first; nil where the series never changed.
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
