// What a report says about one trained system: its scores, curves and map. Finished numbers only.

/// One system on one corpus, over all folds and seeds.
package struct VariantReport: Codable, Sendable, Equatable {
  package var name: String
  package var augmentation: String
  package var pooling: String
  package var losses: String
  /// Cells (fold × seed) that are finished, and those that were asked for.
  package var cellsDone: Int
  package var cellsExpected: Int
  /// Pooled over the test utterances of all folds, one per seed that has every fold.
  package var seedScores: [SeedScores]
  /// The mean of `seedScores`; nil where no seed is complete.
  package var pooled: Scores?
  /// Scores per test fold, averaged over seeds.
  package var foldScores: [FoldScores]
  /// Mean and standard deviation over folds; nil where no fold is complete.
  package var overFolds: FoldSummary?
  /// Summed over seeds and folds: rows are the truth, columns the prediction; nil where no cell is.
  package var confusion: [[Int]]?
  /// From `confusion`, in the order of the classes.
  package var perClass: [ClassScores]
  package var curves: [TrainingCurve]
  package var projection: EmbeddingProjection?

  package init(
    name: String, augmentation: String, pooling: String, losses: String, cellsDone: Int,
    cellsExpected: Int, seedScores: [SeedScores], pooled: Scores?, foldScores: [FoldScores],
    overFolds: FoldSummary?, confusion: [[Int]]?, perClass: [ClassScores],
    curves: [TrainingCurve], projection: EmbeddingProjection?
  ) {
    self.name = name
    self.augmentation = augmentation
    self.pooling = pooling
    self.losses = losses
    self.cellsDone = cellsDone
    self.cellsExpected = cellsExpected
    self.seedScores = seedScores
    self.pooled = pooled
    self.foldScores = foldScores
    self.overFolds = overFolds
    self.confusion = confusion
    self.perClass = perClass
    self.curves = curves
    self.projection = projection
  }

  /// Augmentation, pooling and losses in one line.
  package var system: String { "\(augmentation) · \(pooling) · \(losses)" }
}

/// The four headline scores; shares, 0 … 1.
package struct Scores: Codable, Sendable, Equatable {
  /// WA: the share of utterances classified right.
  package var accuracy: Double
  /// UA: the mean of the classes' recalls.
  package var unweightedAverageRecall: Double
  package var macroF1: Double
  package var weightedF1: Double

  package init(
    accuracy: Double, unweightedAverageRecall: Double, macroF1: Double, weightedF1: Double
  ) {
    self.accuracy = accuracy
    self.unweightedAverageRecall = unweightedAverageRecall
    self.macroF1 = macroF1
    self.weightedF1 = weightedF1
  }
}

/// The scores of one seed.
package struct SeedScores: Codable, Sendable, Equatable {
  package var seed: UInt64
  package var scores: Scores

  package init(seed: UInt64, scores: Scores) {
    self.seed = seed
    self.scores = scores
  }
}

/// WA and UA on one test fold; nil where a cell of the fold is not finished.
package struct FoldScores: Codable, Sendable, Equatable {
  package var fold: Int
  package var accuracy: Double?
  package var unweightedAverageRecall: Double?

  package init(fold: Int, accuracy: Double?, unweightedAverageRecall: Double?) {
    self.fold = fold
    self.accuracy = accuracy
    self.unweightedAverageRecall = unweightedAverageRecall
  }
}

/// Mean and standard deviation of WA and UA over folds; no deviation for a single fold.
package struct FoldSummary: Codable, Sendable, Equatable {
  package var accuracy: Double
  package var accuracyDeviation: Double?
  package var unweightedAverageRecall: Double
  package var unweightedAverageRecallDeviation: Double?

  package init(
    accuracy: Double, accuracyDeviation: Double?, unweightedAverageRecall: Double,
    unweightedAverageRecallDeviation: Double?
  ) {
    self.accuracy = accuracy
    self.accuracyDeviation = accuracyDeviation
    self.unweightedAverageRecall = unweightedAverageRecall
    self.unweightedAverageRecallDeviation = unweightedAverageRecallDeviation
  }
}

/// Scores of one class; nil where the denominator is zero.
package struct ClassScores: Codable, Sendable, Equatable {
  package var precision: Double?
  package var recall: Double?
  package var f1: Double?
  /// Utterances whose truth is this class.
  package var support: Int

  package init(precision: Double?, recall: Double?, f1: Double?, support: Int) {
    self.precision = precision
    self.recall = recall
    self.f1 = f1
    self.support = support
  }
}

/// The training of one cell, an entry per epoch.
package struct TrainingCurve: Codable, Sendable, Equatable {
  package var seed: UInt64
  package var fold: Int
  package var epochs: [Epoch]

  package init(seed: UInt64, fold: Int, epochs: [Epoch]) {
    self.seed = seed
    self.fold = fold
    self.epochs = epochs
  }

  /// Means over one epoch's batches; nil where the variant has no such term.
  package struct Epoch: Codable, Sendable, Equatable {
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
package struct EmbeddingProjection: Codable, Sendable, Equatable {
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
  package struct Point: Codable, Sendable, Equatable {
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
