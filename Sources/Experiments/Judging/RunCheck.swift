// The gate over a whole run: every baseline of a file finds its system, or that is the verdict.
import Corpora
package import Evaluation
import Files
import Foundation
import Randomness

/// What a check is asked.
package struct CheckRequest: Sendable {
  /// The file of baselines.
  package var baseline: String
  /// Only these systems; all of the file where it is empty.
  package var systems: [String]
  /// The metric; the baseline's own, or UA, where it is nil.
  package var metric: Metric?
  /// δ, points; the baseline's own, or 1, where it is nil.
  package var margin: Double?
  package var confidence: Double?
  /// The file of past results; nil for none.
  package var history: String?

  package init(
    baseline: String, systems: [String] = [], metric: Metric? = nil, margin: Double? = nil,
    confidence: Double? = nil, history: String? = nil
  ) {
    (self.baseline, self.systems, self.metric) = (baseline, systems, metric)
    (self.margin, self.confidence, self.history) = (margin, confidence, history)
  }
}

/// The margin of a comparison cannot be widened once it is known what it is compared with.
package struct MarginError: Error, Equatable, Sendable, CustomStringConvertible {
  package let baseline: String
  package let asked: Double
  package let recorded: Double

  package var description: String {
    "--margin \(asked): baseline \"\(baseline)\" was recorded with a margin of \(recorded) points, "
      + "which may be narrowed and not widened; record the baseline again to change it"
  }
}

extension ExperimentRun {
  /// Holds the run to the baselines of a file.
  ///
  /// - Throws: what reading the run or the baselines throws, and `MarginError`.
  package func check(_ request: CheckRequest) throws -> GateReport {
    let file = try BaselineFile(readingFile: request.baseline)
    let place = (request.baseline as NSString).deletingLastPathComponent
    var history = try request.history.map { try History(path: $0) }
    let candidates = try candidates()
    let wanted = file.baselines.filter {
      request.systems.isEmpty || request.systems.contains($0.system) || $0.kind == .published
    }
    let results = try wanted.map { baseline in
      let gate = try gate(for: baseline, request)
      let system = baseline.kind == .published ? request.systems.first ?? "full" : baseline.system
      guard
        let candidate = candidates.first(where: {
          $0.system == system && $0.signature.corpus == baseline.signature.corpus
        })
      else {
        return GateResult(
          missing: system, for: baseline, gate,
          reason: "the run has no system \(system) on real \(baseline.signature.corpus)")
      }
      var result = gate.judge(
        candidate, against: baseline,
        recorded: try baseline.predictions(in: place.isEmpty ? "." : place),
        random: RandomStream(seed: 0).split("gate").split(baseline.name))
      if let entry = try historyEntry(candidate, result), result.verdict != .incomparable {
        try history?.add(entry)
        result.take(history?.drift(of: entry))
      }
      return result
    }
    return GateReport(run: folder, results: results)
  }

  private func gate(for baseline: Baseline, _ request: CheckRequest) throws -> Gate {
    let recorded = baseline.measurement?.margin
    let metric = request.metric ?? recorded?.metric ?? .unweightedAverageRecall
    if let asked = request.margin, let recorded, recorded.metric == metric, asked > recorded.points
    {
      throw MarginError(baseline: baseline.name, asked: asked, recorded: recorded.points)
    }
    return Gate(
      metric: metric, margin: (request.margin ?? recorded?.points ?? 1) / 100,
      confidence: request.confidence ?? recorded?.confidence ?? 0.95)
  }

  private func historyEntry(_ candidate: Gate.Candidate, _ result: GateResult) throws
    -> History.Entry?
  {
    guard let value = result.value, let fingerprint = candidate.signature.fingerprint else {
      return nil
    }
    let provenance = try provenance()
    let cells = Double(
      candidate.summary.completeSeeds.count * candidate.summary.expectedFolds.count)
    return History.Entry(
      date: ISO8601DateFormatter().string(from: provenance.date), commit: provenance.commit,
      corpus: result.corpus, system: result.system, metric: result.metric,
      fingerprint: fingerprint.digest, value: value,
      deviation: result.seedDeviation.map { $0 / cells.squareRoot() })
  }
}
