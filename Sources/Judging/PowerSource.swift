// Where the spread for a power plan comes from: a finished run, or recorded baselines.
package import Evaluation
import Foundation
import Runs

/// Systems that were scored on the same utterances, folds and seeds.
package struct PowerSource: Sendable {
  /// Where they are recorded.
  package let source: String
  /// The corpus, marked SYNTHETIC if it is.
  package let corpus: String
  /// The systems with their scores, `[folds][seeds]`.
  package let systems: [(name: String, scores: [[Double]])]
  /// Nil if only scores are recorded.
  package let speakers: Int?

  /// The spread of the first system's difference from each other one.
  ///
  /// - Throws: `PowerSourceError` if the record has too little for it.
  package func spread(of names: [String]) throws -> DifferenceSpread {
    for name in names where !systems.contains(where: { $0.name == name }) {
      throw PowerSourceError(
        source: source, found: "no system \"\(name)\"",
        remedy: "give --system one of \(systems.map(\.name).joined(separator: ", "))")
    }
    let chosen =
      names.isEmpty
      ? systems : names.compactMap { name in systems.first { $0.name == name } }
    guard let first = chosen.first,
      let spread = DifferenceSpread(first.scores, chosen.dropFirst().map(\.scores))
    else {
      let seeds = chosen.first?.scores.first?.count ?? 0
      throw PowerSourceError(
        source: source,
        found: "\(chosen.count) \(chosen.count == 1 ? "system" : "systems") on \(corpus), with "
          + "\(chosen.first?.scores.count ?? 0) folds and \(seeds) complete seeds",
        remedy: "a plan needs the scores of two systems on at least 2 folds with 2 seeds each")
    }
    guard spread.observed > 0 || spread.rest > 0 else {
      throw PowerSourceError(
        source: source,
        found: "the same scores of \(chosen.map(\.name).joined(separator: " and "))",
        remedy: "give --system two systems whose scores differ")
    }
    return spread
  }
}

/// A record that says too little about the spread of differences.
package struct PowerSourceError: Error, Equatable, Sendable, CustomStringConvertible {
  package let source: String
  package let found: String
  package let remedy: String

  package init(source: String, found: String, remedy: String) {
    (self.source, self.found, self.remedy) = (source, found, remedy)
  }

  package var description: String { "\(source): has \(found); \(remedy)" }
}

extension Evidence {
  /// The systems of each corpus.
  package func powerSources(_ metric: Metric) -> [PowerSource] {
    corpora.map { result in
      PowerSource(
        source: source,
        corpus: result.corpus.corpus + (result.isSynthetic ? " SYNTHETIC" : ""),
        systems: result.variants.map { ($0.name, $0.summary.scoresByFold(metric)) },
        speakers: result.variants.compactMap(\.predictions).first.map(speakers))
    }
  }
}

extension [Baseline] {
  /// The measured systems, together where the protocol is the same.
  ///
  /// - Parameters:
  ///   - source: the file that they come from.
  ///   - folder: its folder, with the recorded predictions.
  /// - Throws: what `Baseline.predictions` throws.
  package func powerSources(_ metric: Metric, source: String, folder: String) throws
    -> [PowerSource]
  {
    let measured = filter { $0.measurement != nil }
    let protocols = measured.map(\.signature).reduce(into: [ProtocolSignature]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return try protocols.map { signature in
      let own = measured.filter { $0.signature == signature }
      return PowerSource(
        source: source, corpus: signature.corpus,
        systems: own.map { ($0.system, $0.measurement?.summary.scoresByFold(metric) ?? []) },
        speakers: try own.compactMap { try $0.predictions(in: folder) }.first.map(speakers))
    }
  }
}

private func speakers(_ system: SystemPredictions) -> Int {
  Set(system.utterances.map(\.speaker)).count
}
