// The gate for a whole run: each baseline of a file is compared with the system of the same name. A
// missing system is a verdict too.
package import Evaluation
import Experiments
import Files
import Foundation
import Randomness
package import Runs

/// The options of a check.
package struct CheckRequest: Sendable {
  /// The file of baselines.
  package var baseline: String
  /// The systems to check; all systems of the file if empty.
  package var systems: [String]
  /// The metric; nil means the baseline's own, or UA.
  package var metric: Metric?
  /// δ in points; nil means the baseline's own, or 1.
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

/// An attempt to loosen the recorded rule of a comparison.
package struct MarginError: Error, Equatable, Sendable, CustomStringConvertible {
  package let baseline: String
  /// The option and its value, such as `--margin 50.0`.
  package let asked: String
  /// What was recorded, such as `a margin of 1.0 points`.
  package let recorded: String
  /// The permitted change, such as `narrowed and not widened`.
  package let rule: String

  package var description: String {
    """
    \(asked): baseline \"\(baseline)\" was recorded with \(recorded), which may be \(rule); record \
    the baseline again to change it
    """
  }
}

/// Compares results with the baselines of a file.
///
/// Results that do not match their corpus are incomparable with every baseline.
package struct GateCheck {
  let source: String
  /// The names of the systems that have results.
  let systems: [String]
  let provenance: Provenance?
  /// Reads the evidence.
  let evidence: () throws -> Evidence

  /// Checks the results of a run.
  package init(_ run: RecordedRun) {
    source = run.folder
    systems = run.experiment.variants.map(\.name)
    provenance = try? Provenance(ofRun: run.folder)
    evidence = { try Evidence(of: run) }
  }

  /// Checks results from any source.
  package init(_ evidence: Evidence) {
    (source, systems, provenance) = (evidence.source, evidence.systems, evidence.provenance)
    self.evidence = { evidence }
  }

  /// - Throws: the errors of reading the results or the baselines, `UnknownSystemError` and
  ///   `MarginError`.
  package func report(_ request: CheckRequest) throws -> GateReport {
    let file = try BaselineFile(readingFile: request.baseline)
    try requireKnown(request.systems, in: file, request.baseline)
    let place = parentFolder(of: request.baseline)
    var history = try request.history.map { try History(path: $0) }
    let wanted = file.baselines.filter {
      request.systems.isEmpty || request.systems.contains($0.system) || $0.kind == .published
    }
    let gates = try wanted.map { try gate(for: $0, request, isSealed: file.seal == .intact) }
    let candidates: [Gate.Candidate]
    do {
      candidates = try evidence().candidates
    } catch let error as IncomparableError {
      return GateReport(
        run: source,
        results: zip(wanted, gates).map { baseline, gate in
          GateResult(
            missing: system(for: baseline, request), for: baseline, gate,
            reasons: error.told + [error.remedy])
        })
    }
    let results = try zip(wanted, gates).map { baseline, gate in
      let system = system(for: baseline, request)
      guard
        let candidate = candidates.first(where: {
          $0.system == system && $0.signature.corpus == baseline.signature.corpus
        })
      else {
        return GateResult(
          missing: system, for: baseline, gate,
          reasons: ["the run has no system \(system) on real \(baseline.signature.corpus)"])
      }
      let recorded: SystemPredictions?
      do {
        recorded = try baseline.predictions(in: place.isEmpty ? "." : place)
      } catch let error as IncomparableError {
        return GateResult(
          missing: system, for: baseline, gate, reasons: error.told + [error.remedy])
      }
      var result = gate.judge(
        candidate, against: baseline, recorded: recorded,
        random: RandomStream(seed: 0).split("gate").split(baseline.name))
      if let entry = try historyEntry(candidate, result), result.verdict != .incomparable {
        try history?.add(entry)
        result.take(history?.drift(of: entry))
      }
      return result
    }
    return GateReport(run: source, results: results)
  }

  /// The system of the run to compare with a baseline.
  private func system(for baseline: Baseline, _ request: CheckRequest) -> String {
    baseline.kind == .published ? request.systems.first ?? "full" : baseline.system
  }

  /// Throws if neither the baselines nor the run know a requested system.
  private func requireKnown(_ systems: [String], in file: BaselineFile, _ path: String) throws {
    let known =
      systems
      + file.baselines.filter { $0.kind == .measured }.map(\.system)
    for system in systems where !known.contains(system) {
      throw UnknownSystemError(
        name: system, nearest: nearestName(to: system, among: known),
        known: known.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
        places: "\(path) and \(source)")
    }
  }

  private func gate(
    for baseline: Baseline, _ request: CheckRequest, isSealed: Bool
  ) throws -> Gate {
    let recorded = baseline.measurement?.margin
    if let recorded, let asked = request.margin, asked > recorded.points {
      throw MarginError(
        baseline: baseline.name, asked: "--margin \(asked)",
        recorded: "a margin of \(recorded.points) points", rule: "narrowed and not widened")
    }
    if let recorded, let asked = request.confidence, asked < recorded.confidence {
      throw MarginError(
        baseline: baseline.name, asked: "--confidence \(asked)",
        recorded: "a confidence of \(recorded.confidence)", rule: "raised and not lowered")
    }
    return Gate(
      metric: request.metric ?? recorded?.metric ?? .unweightedAverageRecall,
      margin: (request.margin ?? recorded?.points ?? 1) / 100,
      confidence: request.confidence ?? recorded?.confidence ?? 0.95, isSealed: isSealed)
  }

  private func historyEntry(_ candidate: Gate.Candidate, _ result: GateResult) throws
    -> History.Entry?
  {
    guard let value = result.value, let fingerprint = candidate.signature.fingerprint else {
      return nil
    }
    guard let provenance else { throw EvidenceError.noProvenance(source: source) }
    let cells = Double(
      candidate.summary.completeSeeds.count * candidate.summary.expectedFolds.count)
    return History.Entry(
      date: provenance.isoDate, commit: provenance.commit,
      corpus: result.corpus, system: result.system, metric: result.metric,
      fingerprint: fingerprint.digest, value: value,
      deviation: result.seedDeviation.map { $0 / cells.squareRoot() })
  }
}

/// No baseline and no variant has this name.
package struct UnknownSystemError: Error, Equatable, Sendable, CustomStringConvertible {
  package let name: String
  package let nearest: String?
  package let known: [String]
  package let places: String

  package var description: String {
    "--system \(name): \(places) have no such system"
      + (nearest.map { "; did you mean \($0)?" } ?? "; they have \(known.joined(separator: ", ")).")
      + " Nothing was judged"
  }
}
