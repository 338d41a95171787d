// A result to compare with. Either a publication printed it, or this program measured it on every
// fold and seed. A baseline stores results and their origin. It decides nothing.

/// One system's result on one corpus.
package struct Baseline: Codable, Hashable, Sendable {
  /// A name that is unique among all baselines.
  package var name: String
  package var kind: Kind
  /// The name of the system: a variant's name, or the name its authors use.
  package var system: String
  /// The rules of the test. (`protocol` is a Swift keyword.)
  package var signature: ProtocolSignature
  /// Where a published result was printed; nil for a measured one.
  package var source: Source?
  /// The figures of a published result; nil for a measured one.
  package var scores: [QuotedScore]?
  /// The measured result; nil for a published one.
  package var measurement: Measurement?

  package enum Kind: String, Codable, Hashable, Sendable {
    case published, measured
  }

  /// Where a figure was printed.
  package struct Source: Codable, Hashable, Sendable {
    package var paper: String
    /// Table or section; nil if not recorded.
    package var place: String?
    package var arxiv: String?
    package var note: String?
  }

  /// A figure as printed.
  package struct QuotedScore: Codable, Hashable, Sendable {
    package var metric: Metric
    /// Per cent as printed; nil if not recorded.
    package var percent: Double?
    package var averaging: Averaging
    /// Digits after the point as printed; nil if `percent` shows them.
    package var digits: Int?
  }

  /// How several folds or speakers become one figure.
  package enum Averaging: String, Codable, Hashable, Sendable {
    /// All test utterances of all folds together.
    case pooled
    case meanOverFolds = "mean-over-folds"
    case meanOverSpeakers = "mean-over-speakers"
    case notStated = "not-stated"
  }

  /// Everything that was measured, and where.
  package struct Measurement: Codable, Hashable, Sendable {
    package var seeds: [Int]
    package var folds: [Int]
    /// One per seed and fold, sorted by seed, then fold.
    package var cells: [Cell]
    package var provenance: Provenance
    /// Every setting with its path.
    package var settings: [Setting]
    /// How much loss fails the gate, fixed before any comparison; nil in files of older versions.
    package var margin: Margin?
    /// The file with every utterance's prediction; nil if only the cells are recorded.
    package var predictions: PredictionsFile?
    /// The file with every probability, and the calibration; nil in files of older versions and for
    /// systems without probabilities.
    package var probabilities: Probabilities?

    /// The summary of the cells.
    package var summary: ScoreSummary {
      ScoreSummary(
        cells: cells.map { ScoredCell(seed: $0.seed, fold: $0.fold, matrix: $0.matrix) },
        seeds: seeds, folds: folds)
    }
  }

  /// How much worse a later run may be and still pass.
  package struct Margin: Codable, Hashable, Sendable {
    package var metric: Metric
    /// δ in points: a loss of this size must not pass.
    package var points: Double
    /// Confidence of the two-sided interval that decides about the loss.
    package var confidence: Double

    package init(metric: Metric, points: Double, confidence: Double) {
      (self.metric, self.points, self.confidence) = (metric, points, confidence)
    }

    /// The widest allowed margin in points.
    package static let greatest = 20.0
    /// The confidences for which an interval can be computed.
    package static let confidences = 0.5...0.9999

    /// What is wrong with these points; nil if they are a valid margin.
    package static func problem(points: Double) -> String? {
      points > 0 && points <= greatest
        ? nil : "expected more than 0 and at most \(fixed(greatest, digits: 0)) points"
    }

    /// What is wrong with this confidence; nil if it is valid.
    package static func problem(confidence: Double) -> String? {
      confidences.contains(confidence)
        ? nil : "expected \(confidences.lowerBound) to \(confidences.upperBound)"
    }
  }

  /// A file in the same folder as the baseline's file.
  package struct PredictionsFile: Codable, Hashable, Sendable {
    package var file: String
    package var sha256: String

    package init(file: String, sha256: String) { (self.file, self.sha256) = (file, sha256) }

    /// Whether `file` is a plain file name in the baseline's own folder.
    package var isPlain: Bool {
      !file.isEmpty && !file.hasPrefix(".") && !file.utf8.contains { $0 == 0x2F || $0 < 0x20 }
    }
  }

  /// How much is known about a result. More evidence allows a stronger test.
  package enum Evidence: String, Codable, Hashable, Sendable {
    case publishedFigure = "a published figure"
    case cells = "every fold and seed"
    case utterances = "every utterance, fold and seed"
  }

  /// How much is known about this baseline.
  package var evidence: Evidence {
    guard let measurement else { return .publishedFigure }
    return measurement.predictions == nil ? .cells : .utterances
  }

  /// One seed on one fold. The stored scores are for readers; reading recomputes them from the
  /// counts.
  package struct Cell: Codable, Hashable, Sendable {
    package var seed: Int
    package var fold: Int
    /// WA, 0…1.
    package var accuracy: Double
    /// UA, 0…1.
    package var unweightedAverageRecall: Double
    package var matrix: ConfusionMatrix
  }

  /// What made the numbers.
  package struct Provenance: Codable, Hashable, Sendable {
    package var programVersion: String
    package var commit: String
    /// Whether the working tree differed from the commit.
    package var dirty: Bool
    /// Hash of the corpus: ids, labels, folds and audio.
    package var corpusFingerprint: String
    package var settingsHash: String
    package var machine: String
    /// ISO 8601, UTC.
    package var date: String

    package init(
      programVersion: String, commit: String, dirty: Bool, corpusFingerprint: String,
      settingsHash: String, machine: String, date: String
    ) {
      self.programVersion = programVersion
      self.commit = commit
      self.dirty = dirty
      self.corpusFingerprint = corpusFingerprint
      self.settingsHash = settingsHash
      self.machine = machine
      self.date = date
    }
  }

  /// A setting and its value as text.
  package struct Setting: Codable, Hashable, Sendable {
    package var path: String
    package var value: String

    package init(path: String, value: String) {
      self.path = path
      self.value = value
    }
  }
}

extension Baseline {
  /// Makes a measured baseline from a finished run.
  ///
  /// - Throws: `BaselineError.incompleteGrid` if a seed lacks a fold. The mean of an incomplete
  ///   grid must not become a baseline. A caller can leave the incomplete seeds out instead.
  package static func record(
    name: String, system: String, signature: ProtocolSignature, summary: ScoreSummary,
    provenance: Provenance, settings: [Setting], margin: Margin? = nil
  ) throws -> Baseline {
    guard summary.isComplete, !summary.cells.isEmpty else {
      throw BaselineError.incompleteGrid(name: name, cells: summary.completeness)
    }
    let cells = summary.cells.map { cell in
      let scores = ClassificationScores(cell.matrix)
      return Cell(
        seed: cell.seed, fold: cell.fold, accuracy: scores.accuracy,
        unweightedAverageRecall: scores.unweightedAverageRecall, matrix: cell.matrix)
    }
    return Baseline(
      name: name, kind: .measured, system: system, signature: signature, source: nil, scores: nil,
      measurement: Measurement(
        seeds: summary.expectedSeeds, folds: summary.expectedFolds, cells: cells,
        provenance: provenance, settings: settings, margin: margin, predictions: nil,
        probabilities: nil))
  }

  /// The figures to compare with: as printed, or WA and UA pooled over folds and averaged over
  /// seeds.
  package var figures: [QuotedScore] {
    guard let measurement else { return scores ?? [] }
    let summary = measurement.summary
    return [Metric.accuracy, .unweightedAverageRecall].map {
      QuotedScore(
        metric: $0, percent: summary.pooled($0).map { 100 * $0.mean }, averaging: .pooled)
    }
  }
}
