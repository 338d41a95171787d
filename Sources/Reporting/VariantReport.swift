// A report's content on one trained system: scores, curves and map. The scores come from
// `Evaluation`; nothing is computed here.
package import Evaluation
package import Settings

/// One system on one corpus, over all folds and seeds.
package struct VariantReport: Sendable {
  package var name: String
  package var augmentation: String
  package var pooling: String
  package var losses: String
  /// The finished cells (fold × seed) and the expected ones.
  package var scores: ScoreSummary
  package var curves: [TrainingCurve]
  package var projection: EmbeddingProjection?
  /// The cost of its cells; nil if none is finished.
  package var cost: Cost?
  /// The predictions of the complete seeds, which name the utterances of a confusion; nil if
  /// unknown.
  package var predictions: SystemPredictions?

  /// The cost of all finished cells.
  package struct Cost: Sendable, Equatable {
    package var cells: Int
    package var epochs: Int
    /// Median wall-clock seconds of an epoch, over all epochs of all cells. Other work on the
    /// machine makes single epochs slow; the median withstands it.
    package var secondsPerEpoch: Double
    /// Utterances passed through the network for training, and for scoring.
    package var trained: Int
    package var scored: Int
    /// Trained parameters.
    package var parameters: Int
    /// Peak memory of the process in bytes; nil if not recorded.
    package var peakMemory: Int?

    package init(
      cells: Int, epochs: Int, secondsPerEpoch: Double, trained: Int, scored: Int, parameters: Int,
      peakMemory: Int?
    ) {
      (self.cells, self.epochs, self.secondsPerEpoch) = (cells, epochs, secondsPerEpoch)
      (self.trained, self.scored) = (trained, scored)
      (self.parameters, self.peakMemory) = (parameters, peakMemory)
    }
  }

  package init(
    name: String, augmentation: String, pooling: String, losses: String, scores: ScoreSummary,
    curves: [TrainingCurve], projection: EmbeddingProjection?, cost: Cost? = nil
  ) {
    self.name = name
    self.augmentation = augmentation
    self.pooling = pooling
    self.losses = losses
    self.scores = scores
    self.curves = curves
    self.projection = projection
    self.cost = cost
  }

  /// Augmentation, pooling and losses in one line.
  var system: String { "\(augmentation) · \(pooling) · \(losses)" }
  /// The name, followed by the number of cells if some are missing.
  var labelWithCells: String { scores.isComplete ? name : "\(name) (\(cells))" }
  /// "14 of 18", or "not run".
  var cells: String { scores.cells.isEmpty ? "not run" : scores.completeness }
}

/// The training of one cell, one entry per epoch.
package struct TrainingCurve: Sendable, Equatable {
  package var seed: Int
  package var fold: Int
  package var epochs: [Epoch]

  package init(seed: Int, fold: Int, epochs: [Epoch]) {
    self.seed = seed
    self.fold = fold
    self.epochs = epochs
  }

  /// Means over one epoch's batches.
  package struct Epoch: Sendable, Equatable {
    /// Counted from 1.
    package var epoch: Int
    package var total: Double
    /// The terms of the variant's loss, before weighting.
    package var losses: [LossTerm: Double]
    package var learningRate: Double
    package var gradientNorm: Double?
    package var trainAccuracy: Double?

    package init(
      epoch: Int, total: Double, losses: [LossTerm: Double] = [:], learningRate: Double,
      gradientNorm: Double? = nil, trainAccuracy: Double? = nil
    ) {
      self.epoch = epoch
      self.total = total
      self.losses = losses
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.trainAccuracy = trainAccuracy
    }
  }
}

/// Warnings that a page or figure must show.
package struct Warnings: Sendable, Equatable {
  package var isSynthetic: Bool
  package var isIncomplete: Bool
  /// Whether the speakers are unknown, so that leaks by speaker cannot be seen.
  package var isWithoutSpeakers: Bool

  /// No warning.
  package static let none = Warnings(isSynthetic: false, isIncomplete: false)

  package init(isSynthetic: Bool, isIncomplete: Bool, isWithoutSpeakers: Bool = false) {
    self.isSynthetic = isSynthetic
    self.isIncomplete = isIncomplete
    self.isWithoutSpeakers = isWithoutSpeakers
  }

  /// The words, `SYNTHETIC` first; empty if there is no warning.
  package var words: [String] {
    (isSynthetic ? ["SYNTHETIC"] : []) + (isIncomplete ? ["INCOMPLETE"] : [])
      + (isWithoutSpeakers ? ["NO SPEAKERS"] : [])
  }

  /// The words as sentences before a text, such as "SYNTHETIC. INCOMPLETE. ".
  package var prefix: String { words.map { "\($0). " }.joined() }

  /// The warnings of both.
  func union(_ other: Warnings) -> Warnings {
    Warnings(
      isSynthetic: isSynthetic || other.isSynthetic,
      isIncomplete: isIncomplete || other.isIncomplete,
      isWithoutSpeakers: isWithoutSpeakers || other.isWithoutSpeakers)
  }
}
