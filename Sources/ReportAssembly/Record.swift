// The report's pages about the origin of its numbers.
import Evaluation
import Experiments
import Files
import Foundation
import Golden
import Reporting
import Runs
import Settings

extension RunReport {
  /// Versions, machine, seeds, corpora.
  func provenanceSections(
    _ provenance: Provenance
  ) throws -> [KeyValueSection] {
    let versions = provenance.rows.map { KeyValueSection.Row($0.name, $0.value) }
    let asked = [
      KeyValueSection.Row("Run", run.experiment.name),
      run.isScored ? nil : KeyValueSection.Row("Profile", run.experiment.profile.rawValue),
      KeyValueSection.Row("Seeds", run.experiment.seeds.map(String.init).joined(separator: ", ")),
      KeyValueSection.Row(
        "Folds",
        run.experiment.folds.isEmpty
          ? "all" : run.experiment.folds.map(String.init).joined(separator: ", ")),
    ].compactMap(\.self)
    let corpora = results.flatMap { result -> [KeyValueSection.Row] in
      let corpus = result.corpus
      return [
        KeyValueSection.Row(
          corpus.title,
          "\(corpus.utterances.count) utterances" + (corpus.isSynthetic ? ", SYNTHETIC" : "")
            + (corpus.isIncomplete ? ", INCOMPLETE" : "")
            + (corpus.hasSpeakers ? "" : ", NO SPEAKERS")),
        KeyValueSection.Row("  fingerprint", corpus.fingerprint),
      ] + (corpus.sound.map { [KeyValueSection.Row("  sound", $0)] } ?? [])
        + (corpus.frames.map(framesRows) ?? [])
    }
    let cells = results.flatMap { result in
      result.variants.map { variant in
        let seconds = variant.logs.flatMap(\.epochs).map(\.seconds).reduce(0, +)
        return KeyValueSection.Row(
          "\(result.corpus.title), \(variant.name)",
          "\(variant.summary.completeness) cells, "
            + (variant.scored == nil
              ? "training time \(fixed(seconds, digits: 0)) s" : ScoredSystem.remark))
      }
    }
    let makers = Dictionary(
      grouping: try results.flatMap(\.variants).flatMap(\.folders).map { folder in
        try folder.origin().map { "\($0.made.processor), \($0.made.blasKernels)" }
          ?? "not recorded"
      }, by: \.self)
    let processors = makers.map { KeyValueSection.Row($0.key, "\($0.value.count) cells") }
      .sorted { $0.key < $1.key }
    return [
      KeyValueSection(title: "Program and machine", rows: versions),
      KeyValueSection(title: "Run", rows: asked + (try backboneRows(provenance))),
      KeyValueSection(title: "Corpora", rows: corpora),
      KeyValueSection(title: "Cells", rows: cells),
    ]
      + (run.isScored
        ? []
        : [
          KeyValueSection(
            title: "Processors and OpenBLAS kernels that made them", rows: processors)
        ])
  }

  /// The fixtures and the program's errors on them; nil if nothing was verified.
  func conformanceReport(_ conformance: NumericConformance) -> ConformanceReport? {
    guard !conformance.rows.isEmpty else { return nil }
    return ConformanceReport(
      verified: "\(conformance.program), commit \(conformance.commit)",
      rows: conformance.rows.map { row in
        let worst = row.worst
        return ConformanceReport.Row(
          fixture: row.fixture, proves: row.proves, reference: row.reference,
          numbers: "\(row.numbers)",
          worst: worst.map { "\($0.name) \(extents($0.shape)) at \(extents($0.worst))" }
            ?? row.complaints.first ?? "",
          absolute: worst.map { short($0.absoluteError) } ?? "–",
          relative: worst.map { short($0.relativeError) } ?? "–",
          ulp: worst?.ulpText ?? "–",
          tolerance: worst?.toleranceText ?? "–", passed: row.passed)
      })
  }

  /// All settings of the first variant, and how the others differ.
  func settingsSections() -> [KeyValueSection] {
    guard let first = run.experiment.variants.first else { return [] }
    guard !run.isScored else { return scoredSections() }
    let reference = SettingsTree(of: first.settings).leaves
    func rows(_ leaves: [(path: String, value: SettingsTree)]) -> [KeyValueSection.Row] {
      leaves.map { KeyValueSection.Row($0.path, $0.value.text ?? "") }
    }
    let others = run.experiment.variants.dropFirst().map { variant in
      let different = SettingsTree(of: variant.settings).leaves.enumerated().filter {
        $0.offset < reference.count && $0.element.value != reference[$0.offset].value
      }.map(\.element)
      return KeyValueSection(
        title: "\(variant.name): as \(first.name), but", rows: rows(different))
    }
    return [
      KeyValueSection(
        title: "Protocol", rows: rows(SettingsTree(of: run.experiment.protocolSettings).leaves)),
      KeyValueSection(title: first.name, rows: rows(reference)),
    ] + others
  }

  /// What is known of systems that another program trained.
  private func scoredSections() -> [KeyValueSection] {
    let choice = run.experiment.protocolSettings
    return [
      KeyValueSection(
        title: "Protocol",
        rows: [KeyValueSection.Row("evaluate_on", choice.evaluateOn.rawValue)]
          + results.map { KeyValueSection.Row($0.corpus.title, "folds \($0.corpus.foldList)") })
    ]
      + run.experiment.variants.compactMap { variant in
        variant.scored.map { scored in
          KeyValueSection(
            title: scored.name,
            rows: [
              KeyValueSection.Row("system", ScoredSystem.remark),
              KeyValueSection.Row("predictions (SHA-256)", scored.predictions),
            ])
        }
      }
  }

  /// Facts that a reader must know before the numbers.
  func notes() throws -> [String] {
    var notes = run.notes
    let scored = run.experiment.variants.compactMap(\.scored?.name)
    if !scored.isEmpty {
      notes.append(
        "\(scored.joined(separator: ", ")): \(ScoredSystem.remark). Another program trained the "
          + "systems, so training, cost and embeddings are unknown. Reprise cannot check what they "
          + "were trained on.")
    }
    let conformance = try run.conformance()
    if conformance?.rows.isEmpty ?? true {
      notes.append("The program's numbers were not verified when this run was made.")
    } else if let conformance, !conformance.failed.isEmpty {
      notes.append(
        "The program's numbers do not agree with other libraries' on the machine of this run: only "
          + "\(conformance.summary). See Numeric conformance.")
    }
    if results.contains(where: { $0.corpus.isSynthetic }) {
      notes.append(
        "SYNTHETIC corpora are stand-ins made by a speech synthesiser. They show that everything "
          + "runs. They say nothing about real speech and are never compared with published "
          + "numbers.")
    }
    if run.hasRandomBackbone {
      notes.append(
        """
        The pretrained backbone is SYNTHETIC: its weights are random numbers, made for trials. The \
        scores of every variant that uses it mean nothing and are never compared with published \
        numbers.
        """
      )
    }
    let readers = run.experiment.variants.filter { $0.settings.model.backbone == .frames }
    if !run.isScored, !readers.isEmpty {
      notes.append(
        "\(readers.map(\.name).joined(separator: ", ")): trained on frames from files, "
          + "which another program made. Reprise cannot check which data the network behind them "
          + "was trained on.")
      for result in results where result.corpus.sound == nil && !run.experiment.needsSound {
        notes.append(
          "\(result.corpus.title): the sound was not read, because frames need none. Nobody looked "
            + "for duplicates among the recordings.")
      }
    }
    for result in results where result.corpus.isIncomplete {
      notes.append(
        "\(result.corpus.title) is INCOMPLETE: "
          + result.corpus.incompleteness.prefix(3).joined(separator: "; "))
    }
    for result in results {
      for variant in result.variants {
        for failure in variant.failures {
          notes.append(
            "\(result.corpus.title), \(variant.name), seed \(failure.seed), fold "
              + "\(failure.fold) failed: \(failure.reason)")
        }
      }
    }
    let settings = run.experiment.variants.filter { $0.scored == nil }.map(\.settings)
    let onFeatures = settings.filter { $0.model.backbone == .compact }.map(\.features)
    if onFeatures.contains(where: { $0.normalization == .speaker || $0.statistics }) {
      notes.append(
        "Features are normalised by speaker over all of that speaker's recordings, those of test "
          + "speakers included, without labels: the scores are for speakers of whom more than one "
          + "utterance is at hand.")
    }
    return notes
  }
}

/// The rows about frames from files.
private func framesRows(_ frames: CorpusFacts.Frames) -> [KeyValueSection.Row] {
  let layers = frames.layers.map { "\($0) layers of " } ?? ""
  return [
    KeyValueSection.Row(
      "  frames from files",
      "\(frames.total) frames, each \(layers)\(frames.width) numbers, \(frames.precision)"),
    KeyValueSection.Row("  frames (SHA-256)", frames.digest),
  ]
}

extension RunReport {
  /// The report's rows about the backbone; empty without one.
  fileprivate func backboneRows(_ provenance: Provenance) throws -> [KeyValueSection.Row] {
    guard let backbone = provenance.backbone else { return [] }
    let kind =
      (backbone.shape ?? "family and size not recorded by that version")
      + (run.hasRandomBackbone ? ", SYNTHETIC: random weights" : "")
    let savings = try RunCost(ofRun: run.folder)?.savings
    return [
      KeyValueSection.Row("Backbone", kind),
      KeyValueSection.Row("  fingerprint", backbone.fingerprint),
      KeyValueSection.Row("  frozen part in", arithmetics),
      KeyValueSection.Row(
        "  input",
        (backbone.normalizesInput ? "mean 0 and variance 1" : "as it is")
          + ", \(backbone.normalizesInputSource)"),
    ] + (savings.map { [KeyValueSection.Row("  cached frames", $0.description)] } ?? [])
  }

  /// The arithmetic of the variants' frozen parts: `float32`, or which variants use which.
  private var arithmetics: String {
    let users = run.experiment.variants.filter { $0.settings.model.backbone == .pretrained }
    let kinds = FrozenArithmetic.allCases.compactMap { arithmetic in
      let names = users.filter { $0.settings.pretrained.arithmetic == arithmetic }.map(\.name)
      return names.isEmpty ? nil : (arithmetic.rawValue, names.joined(separator: ", "))
    }
    return kinds.count == 1
      ? kinds[0].0 : kinds.map { "\($0.0): \($0.1)" }.joined(separator: "; ")
  }
}
