// What a report says about one trained system: its scores, curves and map. Scores are those of
// Evaluation; nothing is computed here.
package import Evaluation

/// One system on one corpus, over all folds and seeds.
package struct VariantReport: Sendable {
  package var name: String
  package var augmentation: String
  package var pooling: String
  package var losses: String
  /// The finished cells (fold × seed) and those that were asked for.
  package var scores: ScoreSummary
  package var curves: [TrainingCurve]
  package var projection: EmbeddingProjection?

  package init(
    name: String, augmentation: String, pooling: String, losses: String, scores: ScoreSummary,
    curves: [TrainingCurve], projection: EmbeddingProjection?
  ) {
    self.name = name
    self.augmentation = augmentation
    self.pooling = pooling
    self.losses = losses
    self.scores = scores
    self.curves = curves
    self.projection = projection
  }

  /// Augmentation, pooling and losses in one line.
  var system: String { "\(augmentation) · \(pooling) · \(losses)" }
  /// The name, with the cells where some are missing.
  var labelWithCells: String { scores.isComplete ? name : "\(name) (\(cells))" }
  /// "14 of 18", or "not run".
  var cells: String { scores.cells.isEmpty ? "not run" : scores.completeness }
}

/// The training of one cell, an entry per epoch.
package struct TrainingCurve: Sendable, Equatable {
  package var seed: Int
  package var fold: Int
  package var epochs: [Epoch]

  package init(seed: Int, fold: Int, epochs: [Epoch]) {
    self.seed = seed
    self.fold = fold
    self.epochs = epochs
  }

  /// Means over one epoch's batches; nil where the variant has no such term.
  package struct Epoch: Sendable, Equatable {
    /// Counted from 1.
    package var epoch: Int
    package var total: Double
    package var kullbackLeibler: Double?
    package var focal: Double?
    package var center: Double?
    package var supervisedContrastive: Double?
    package var learningRate: Double
    package var gradientNorm: Double?
    package var trainAccuracy: Double?

    package init(
      epoch: Int, total: Double, kullbackLeibler: Double? = nil, focal: Double? = nil,
      center: Double? = nil, supervisedContrastive: Double? = nil, learningRate: Double,
      gradientNorm: Double? = nil, trainAccuracy: Double? = nil
    ) {
      self.epoch = epoch
      self.total = total
      self.kullbackLeibler = kullbackLeibler
      self.focal = focal
      self.center = center
      self.supervisedContrastive = supervisedContrastive
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.trainAccuracy = trainAccuracy
    }
  }
}

/// A t-SNE of utterance embeddings.
package struct EmbeddingProjection: Sendable, Equatable {
  package var points: [Point]
  /// Utterances there are; more than `points` where the map is of a sample.
  package var total: Int
  package var perplexity: Double
  /// Nats.
  package var divergence: Double
  /// Whose embeddings: fold, seed, test or training utterances.
  package var note: String

  package init(
    points: [Point], total: Int, perplexity: Double, divergence: Double, note: String
  ) {
    self.points = points
    self.total = total
    self.perplexity = perplexity
    self.divergence = divergence
    self.note = note
  }

  /// One utterance on the map.
  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double
    /// The place of its true class in the corpus' classes.
    package var classIndex: Int
    package var speaker: String

    package init(x: Double, y: Double, classIndex: Int, speaker: String) {
      self.x = x
      self.y = y
      self.classIndex = classIndex
      self.speaker = speaker
    }
  }
}

/// Words that a page or figure must carry.
package struct Warnings: Sendable, Equatable {
  package var isSynthetic: Bool
  package var isIncomplete: Bool

  /// No warning.
  package static let none = Warnings(isSynthetic: false, isIncomplete: false)

  package init(isSynthetic: Bool, isIncomplete: Bool) {
    self.isSynthetic = isSynthetic
    self.isIncomplete = isIncomplete
  }

  /// The words, `SYNTHETIC` first; empty where there is nothing to warn of.
  package var words: [String] {
    (isSynthetic ? ["SYNTHETIC"] : []) + (isIncomplete ? ["INCOMPLETE"] : [])
  }

  /// What either carries.
  func union(_ other: Warnings) -> Warnings {
    Warnings(
      isSynthetic: isSynthetic || other.isSynthetic,
      isIncomplete: isIncomplete || other.isIncomplete)
  }
}
