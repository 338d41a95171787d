// Single recordings stored for the report, so that it needs neither weights nor audio: where FLAM
// looked in some test utterances, and a mixture as made in training. They do not affect any score
// or choice.
import Files
package import Foundation
package import Settings

/// The examples of one corpus, in the run's `examples/CORPUS.json`.
package struct RunExamples: Codable, Sendable, Hashable {
  /// Where one system's pooling looked.
  package struct Attention: Codable, Sendable, Hashable {
    package var system: String
    package var fold: Int
    package var seed: Int
    package var utterances: [Utterance]

    package init(
      system: String,
      fold: Int,
      seed: Int,
      utterances: [Utterance]
    ) {
      self.system = system
      self.fold = fold
      self.seed = seed
      self.utterances = utterances
    }
  }

  /// A scored utterance.
  package struct Utterance: Codable, Sendable, Hashable {
    package var id: String
    package var truth: Int
    package var predicted: Int
    package var probability: Float
    package var spectrum: Spectrum
    /// Seconds of the recording.
    package var duration: Double
    /// α, `[T]`; its sum is 1.
    package var weights: [Float]

    package init(
      id: String,
      truth: Int,
      predicted: Int,
      probability: Float,
      spectrum: Spectrum,
      duration: Double,
      weights: [Float]
    ) {
      self.id = id
      self.truth = truth
      self.predicted = predicted
      self.probability = probability
      self.spectrum = spectrum
      self.duration = duration
      self.weights = weights
    }
  }

  /// Log-mel power in 256 steps from its least to its greatest value, `[frames][bands]`.
  package struct Spectrum: Codable, Sendable, Hashable {
    package var bands: Int
    package var least: Float
    package var greatest: Float
    package var levels: Data
    package var secondsPerFrame: Double

    /// `[bands][frames]`, lowest band first.
    package var rows: [[Float]] {
      let scale = (greatest - least) / 255
      let frames = bands > 0 ? levels.count / bands : 0
      return (0..<bands).map { band in
        (0..<frames).map { least + scale * Float(levels[$0 * bands + band]) }
      }
    }

    package init(
      bands: Int,
      least: Float,
      greatest: Float,
      levels: Data,
      secondsPerFrame: Double
    ) {
      self.bands = bands
      self.least = least
      self.greatest = greatest
      self.levels = levels
      self.secondsPerFrame = secondsPerFrame
    }
  }

  /// A mixture and its components.
  package struct Mixture: Codable, Sendable, Hashable {
    package var system: String
    package var fold: Int
    package var seed: Int
    package var method: AugmentationSettings.Mixup
    package var first: String
    package var firstClass: Int
    package var second: String
    package var secondClass: Int
    /// The partner's share of the label, λ.
    package var share: Double
    /// SNR in dB, the starts of both segments and their length in seconds; nil for LAM.
    package var snr: Double?
    package var start: Double?
    package var secondStart: Double?
    package var length: Double?
    package var duration: Double
    /// Least and greatest sample of equal segments, for the first recording, the second as scaled
    /// for the mixture, and the mixture.
    package var low: [[Float]]
    package var high: [[Float]]

    package init(
      system: String,
      fold: Int,
      seed: Int,
      method: AugmentationSettings.Mixup,
      first: String,
      firstClass: Int,
      second: String,
      secondClass: Int,
      share: Double,
      snr: Double? = nil,
      start: Double? = nil,
      secondStart: Double? = nil,
      length: Double? = nil,
      duration: Double,
      low: [[Float]],
      high: [[Float]]
    ) {
      self.system = system
      self.fold = fold
      self.seed = seed
      self.method = method
      self.first = first
      self.firstClass = firstClass
      self.second = second
      self.secondClass = secondClass
      self.share = share
      self.snr = snr
      self.start = start
      self.secondStart = secondStart
      self.length = length
      self.duration = duration
      self.low = low
      self.high = high
    }
  }

  /// The hashes of their cells. Examples of other settings or another version are not shown.
  package var attentionCell: String?
  package var mixtureCell: String?
  package var attention: Attention?
  package var mixture: Mixture?

  /// The path of a corpus's examples below a run.
  package static func document(_ corpus: String) -> String { "examples/\(corpus).json" }

  package init(
    attentionCell: String? = nil,
    mixtureCell: String? = nil,
    attention: Attention? = nil,
    mixture: Mixture? = nil
  ) {
    self.attentionCell = attentionCell
    self.mixtureCell = mixtureCell
    self.attention = attention
    self.mixture = mixture
  }
}

extension RecordedRun {
  /// The stored examples of a corpus that belong to this run's cells; nil if there are none.
  ///
  /// - Throws: `FileError.damaged` if they cannot be drawn.
  package func examples(of corpus: CorpusFacts) throws -> RunExamples? {
    let path = folder + "/" + RunExamples.document(corpus.corpus)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let remedy = "start the run again to recreate it"
    let kept = try readJSON(RunExamples.self, from: path, remedy: remedy)
    if let problem = kept.problem(classes: corpus.classes.count) {
      throw FileError.damaged(path: path, problem: problem, remedy: remedy)
    }
    let (weighing, mixing) = exampleCells(of: corpus.corpus)
    return kept.attentionCell == weighing?.hash && kept.mixtureCell == mixing?.hash ? kept : nil
  }

  /// The first cell whose pooling weights frames of known recordings, and the first that mixes.
  package func exampleCells(of corpus: String) -> (weighing: Cell?, mixing: Cell?) {
    let all = cells.filter { $0.identity.corpus == corpus }
    return (
      all.first {
        let model = $0.identity.settings.model
        return model.pooling == .flam && model.backbone != .frames
      },
      all.first { $0.identity.settings.augmentation.mixup != .none }
    )
  }
}
