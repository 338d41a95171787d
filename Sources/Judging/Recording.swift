// Records a finished run as baselines: every fold, seed and utterance, and the margin for later
// runs.
package import Evaluation
import Experiments
import Files
import Foundation
import Runs
import Settings

/// The margin to record, and the faults to accept.
package struct RecordingRules: Sendable {
  package var margin: Baseline.Margin
  package var allowed: Set<RecordingFault>

  package init(margin: Baseline.Margin, allowed: Set<RecordingFault> = []) {
    (self.margin, self.allowed) = (margin, allowed)
  }

  /// With fewer seeds a baseline says too little about its own noise (as in MLPerf's reference
  /// points).
  package static let fewestSeeds = 3
}

/// Faults that prevent recording unless the user allows them by name.
package enum RecordingFault: String, CaseIterable, Sendable {
  /// Cells are missing, or the corpus is incomplete.
  case incomplete
  /// The working tree differed from the commit.
  case dirty
  case fewSeeds = "few-seeds"
}

/// Evidence that can never be recorded.
package enum EvidenceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing was measured on a genuine corpus.
  case onlySynthetic(source: String)
  /// The program that made the results is unknown.
  case noProvenance(source: String)

  package var description: String {
    switch self {
    case .onlySynthetic(let source):
      "\(source): has only SYNTHETIC corpora, which are never recorded as a baseline; "
        + "make a run with a genuine corpus"
    case .noProvenance(let source):
      "\(source): has no readable provenance.json, which a baseline needs; start the run again"
    }
  }
}

/// A run that cannot be recorded.
package struct RecordingError: Error, Equatable, Sendable, CustomStringConvertible {
  package let folder: String
  package let fault: RecordingFault
  package let found: String

  package var description: String {
    "\(folder): not recorded as a baseline: \(found); fix it, or continue with "
      + "--allow \(fault.rawValue)"
  }
}

extension Evidence {
  /// Records every variant on the genuine corpora of this run. The predictions go into separate
  /// files.
  ///
  /// - Parameters:
  ///   - name: prefix of the baselines' names.
  ///   - path: the baselines' file. The predictions are stored in the same folder.
  /// - Throws: `EvidenceError`, `RecordingError`, `BaselineError`, `FileError`.
  package func record(as name: String, to path: String, _ rules: RecordingRules) throws
    -> BaselineFile
  {
    guard let provenance else { throw EvidenceError.noProvenance(source: source) }
    let real = genuine
    guard !real.isEmpty else { throw EvidenceError.onlySynthetic(source: source) }
    func refuse(_ fault: RecordingFault, _ found: String, if isFaulty: Bool) throws {
      guard isFaulty, !rules.allowed.contains(fault) else { return }
      throw RecordingError(folder: source, fault: fault, found: found)
    }
    let isDirty = provenance.isOfChangedSources
    try refuse(.dirty, "it was made by sources of commit \(provenance.commit)", if: isDirty)
    let (place, stem) = (
      Self.folder(of: path),
      ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    )
    let old = try earlierRecord(of: name, at: path)
    var file = BaselineFile(baselines: [])
    var tables: [RecordedTable] = []
    for result in real {
      let signature = result.signature
      try refuse(
        .incomplete, "\(result.corpus.path) is incomplete", if: result.corpus.isIncomplete)
      try refuse(
        .incomplete,
        "only \(result.folds.count) of \(signature.folds ?? 0) folds were run",
        if: result.folds.count != signature.folds)
      for variant in result.variants {
        let summary = variant.summary
        try refuse(
          .incomplete, "\(variant.name) has only \(summary.completeness) cells",
          if: !summary.isComplete)
        try refuse(
          .fewSeeds,
          "\(variant.name) has \(summary.completeSeeds.count) complete seeds, expected at least "
            + "\(RecordingRules.fewestSeeds)",
          if: summary.completeSeeds.count < RecordingRules.fewestSeeds)
        guard let predictions = variant.predictions else {
          throw BaselineError.incompleteGrid(name: variant.name, cells: summary.completeness)
        }
        var baseline = try Baseline.record(
          name: "\(name) \(result.corpus.corpus) \(variant.name)", system: variant.name,
          signature: result.signature(of: variant), summary: summary.complete,
          provenance: try origin(provenance, result, variant, isDirty: isDirty),
          settings: variant.leaves.map { Baseline.Setting(path: $0.path, value: $0.value) },
          margin: rules.margin)
        let table = RecordedTable(
          Data(Baseline.predictionsTable(predictions).text.utf8),
          named: "\(stem).\(result.corpus.corpus).\(variant.name)", in: place)
        baseline.measurement?.predictions = .init(file: table.name, sha256: table.sha256)
        tables.append(table)
        if let data = StoredProbabilities.file(of: predictions) {
          let file = RecordedTable(
            data, named: "\(stem).\(result.corpus.corpus).\(variant.name)", as: ".npy", in: place)
          baseline.measurement?.probabilities = .init(
            file: file.name, sha256: file.sha256,
            Calibration(predictions.seeds.flatMap(\.predictions)))
          tables.append(file)
        }
        file.baselines.append(baseline)
      }
    }
    try requireFreeNames(file, beside: path)
    try replace(old, by: file, tables, at: path)
    return file
  }

  private func origin(
    _ provenance: Provenance, _ result: CorpusResult, _ variant: VariantResult, isDirty: Bool
  ) throws -> Baseline.Provenance {
    Baseline.Provenance(
      programVersion: provenance.program, commit: provenance.commit, dirty: isDirty,
      corpusFingerprint: result.corpus.fingerprint,
      settingsHash: sha256(
        try variant.scored.map { try canonicalJSON($0) } ?? canonicalJSON(variant.settings)),
      machine: "\(provenance.processor), \(provenance.cores) cores, "
        + "OpenBLAS kernels \(provenance.blasKernels)",
      date: provenance.isoDate)
  }
}

extension VariantResult {
  /// Everything that identifies the system: its settings, or the predictions that were scored.
  var leaves: [(path: String, value: String)] {
    guard let scored else {
      return SettingsTree(of: settings).leaves.map { ($0.path, $0.value.text ?? "") }
    }
    return [("scored.name", scored.name), ("scored.predictions", scored.predictions)]
  }
}

extension ScoreSummary {
  /// The complete seeds only.
  var complete: ScoreSummary {
    ScoreSummary(
      cells: cells.filter { completeSeeds.contains($0.seed) }, seeds: completeSeeds,
      folds: expectedFolds)
  }
}
