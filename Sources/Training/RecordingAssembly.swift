// Turns single recordings into the input of a trained network, as PreparedCorpus does for those of
// a corpus.
package import Audio
import Foundation
package import Models
package import Settings
package import Tensors

/// A recording that was read by the settings of a variant.
package struct ReadRecording: Sendable {
  /// The digest of the whole file's sound.
  package let digest: SoundDigest
  package let measures: SoundMeasures
  /// The share of samples at full scale before trimming and scaling, 0 to 1.
  package let clipped: Double
  /// The raw features, `[T, columns]`.
  package let features: Tensor
  /// The samples; only kept for a pretrained backbone.
  package let samples: [Float]
}

/// The input of a network for one recording, before any normalisation.
package struct RecordingInput: Sendable {
  package let frames: Tensor
  /// The mean of each feature, if frames are normalised by speaker; otherwise empty.
  let means: [Float]
  /// The statistics of the utterance; empty without them.
  let statistics: [Float]
}

/// Reads recordings outside any corpus, and makes the network's input of them.
package struct RecordingAssembly: Sendable {
  private let settings: VariantSettings
  private let extractor: FeatureExtractor
  private let statistics: UtteranceStatistics?
  private let backbone: PretrainedBackbone?

  /// A sample of at least this magnitude counts as clipped. Our choice.
  private static let fullScale: Float = 0.999

  /// - Parameter backbone: the pretrained network of the variant; nil for a variant on features.
  package init(_ settings: VariantSettings, _ backbone: PretrainedBackbone?) {
    self.settings = settings
    self.backbone = backbone
    extractor = FeatureExtractor(
      settings: settings.features, sampleRate: settings.signal.sampleRate)
    let hasStatistics = settings.features.statistics && backbone == nil
    statistics = hasStatistics ? UtteranceStatistics(settings: settings.features) : nil
  }

  /// The number of features in an input frame, F.
  package var features: Int { backbone?.source.columns ?? extractor.columns }
  /// The number of statistics of an utterance, G; 0 without statistics.
  package var statisticsCount: Int { statistics?.count ?? 0 }
  /// Whether frames are normalised by speaker.
  package var normalizesFramesBySpeaker: Bool {
    backbone == nil && settings.features.normalization == .speaker
  }

  /// Reads the recording at `path`.
  ///
  /// - Throws: `AudioError`, like the reading of a corpus.
  package func read(_ path: String) throws(AudioError) -> ReadRecording {
    let signal = settings.signal
    var (samples, digest) = try Recording.readMonoListening(
      path: path, sampleRate: signal.sampleRate, maximumDuration: signal.maximumDuration)
    let clipped = samples.count { abs($0) >= Self.fullScale }
    let share = Double(clipped) / Double(max(1, samples.count))
    Recording.prepare(&samples, signal)
    let features = extractor.features(of: samples)
    let measures = samples.withUnsafeBufferPointer { samples in
      features.withUnsafeBuffer {
        SoundMeasures(samples, $0, extractor, sampleRate: signal.sampleRate)
      }
    }
    return ReadRecording(
      digest: digest, measures: measures, clipped: share, features: features,
      samples: backbone == nil ? [] : samples)
  }

  /// Returns the network's input of a recording before any normalisation.
  ///
  /// - Parameter name: the recording's name, for errors.
  /// - Throws: `FrameCacheError`; `RecordingError.tooShort` for less than one frame of the
  ///   backbone.
  package func input(
    of recording: ReadRecording, name: String, threads: Int
  ) throws -> RecordingInput {
    guard backbone == nil else {
      return RecordingInput(
        frames: try backboneFrames(recording, name, threads: threads), means: [], statistics: [])
    }
    let frames = recording.features
    return RecordingInput(
      frames: frames, means: normalizesFramesBySpeaker ? columnMeans(frames) : [],
      statistics: statistics?.values(of: frames) ?? [])
  }

  private func backboneFrames(
    _ recording: ReadRecording, _ name: String, threads: Int
  ) throws -> Tensor {
    guard let backbone else { return recording.features }
    let source = backbone.source
    guard source.frameCount(samples: recording.samples.count) > 0 else {
      throw RecordingError.tooShort(path: name, samples: recording.samples.count)
    }
    let frames = try source.frames(of: [recording.samples], threads: threads)[0]
    if let flaw = source.flaw(of: frames) {
      throw FrameCacheError.notFinite(name: name, flaw: flaw)
    }
    return settings.pretrained.framePrecision == .float32 ? frames : frames.roundedToHalf
  }

  /// Returns the network's input for one recording.
  ///
  /// - Parameters:
  ///   - recording: the input before normalisation.
  ///   - reference: the normalisations of the speaker.
  ///   - place: the place in a shard to give to the recording; nil to let it stand alone.
  package func shard(
    _ recording: RecordingInput, _ reference: SpeakerReference, at place: ShardPlace? = nil
  ) -> Shard {
    let statistics =
      reference.statistics.map {
        UtteranceStatistics.scaled(recording.statistics, by: $0)
      } ?? [Float](repeating: 0, count: statisticsCount)
    let input = normalized(recording.frames, reference)
    guard let place else {
      return Shard(
        input: input, sequences: Ragged([input.rows]),
        statistics: Tensor(shape: [1, statisticsCount], values: statistics))
    }
    let silence = [Float](repeating: 0, count: statisticsCount)
    return Shard(
      input: .stacked(
        place.lengths.enumerated().map { index, length in
          index == place.index ? input : Tensor.zeros([length, input.columns])
        }),
      sequences: Ragged(place.lengths),
      statistics: Tensor(
        shape: [place.lengths.count, statisticsCount],
        values: place.lengths.indices.flatMap { $0 == place.index ? statistics : silence }))
  }

  private func normalized(_ frames: Tensor, _ reference: SpeakerReference) -> Tensor {
    guard backbone == nil else { return frames }
    var input = frames
    input.withUnsafeMutableBuffer { frames in
      if let own = reference.frames { return own.apply(to: frames) }
      var accumulator = NormalizationAccumulator(columns: extractor.columns)
      accumulator.add(UnsafeBufferPointer(frames))
      accumulator.normalization.apply(to: frames)
    }
    return input
  }

  /// Starts to gather the normalisations of a speaker.
  package func gathering() -> SpeakerGathering { SpeakerGathering(extractor, statistics) }
}

/// The place of an utterance in a shard.
///
/// OpenBLAS computes the last rows of a product by other instructions, so the last bit of an
/// utterance depends on the number of rows before and after its own. It does not depend on what
/// they hold. Zeros of the neighbours' lengths therefore give the bits of the shard in which the
/// utterance was scored.
package struct ShardPlace: Equatable, Sendable {
  /// The frames of each utterance in the shard.
  package let lengths: [Int]
  package let index: Int

  /// The place of utterance `index` among all that were scored together.
  ///
  /// - Parameter lengths: the frames of every scored utterance.
  package init?(_ index: Int, of lengths: [Int]) {
    guard lengths.indices.contains(index) else { return nil }
    let start = index / Shard.size * Shard.size
    self.lengths = Array(lengths[start..<min(start + Shard.size, lengths.count)])
    self.index = index - start
  }

  /// The number of frames of the utterance.
  package var own: Int { lengths[index] }
}

/// The mean and deviation of a speaker's features and statistics.
package struct SpeakerReference: Sendable {
  /// Nil to normalise each recording by itself.
  let frames: Normalization?
  /// Nil if there is none; the statistics are then 0, the average.
  let statistics: Normalization?
}

extension RecordingAssembly {
  /// The reference for a recording whose speaker is unknown.
  ///
  /// - Parameter usual: the usual speaker of the features of frames, and of the statistics.
  package func reference(
    for recording: RecordingInput, usual: (frames: UsualSpeaker?, statistics: UsualSpeaker?)
  ) -> SpeakerReference {
    SpeakerReference(
      frames: normalizesFramesBySpeaker
        ? usual.frames?.normalization(knowing: recording.means) : nil,
      statistics: statistics == nil
        ? nil : usual.statistics?.normalization(knowing: recording.statistics))
  }
}

/// Gathers the recordings of one speaker in a fixed order.
package struct SpeakerGathering: Sendable {
  private var frames: NormalizationAccumulator
  private var values: NormalizationAccumulator?
  private let statistics: UtteranceStatistics?
  private var count = 0

  fileprivate init(_ extractor: FeatureExtractor, _ statistics: UtteranceStatistics?) {
    frames = NormalizationAccumulator(columns: extractor.columns)
    values = statistics.map { NormalizationAccumulator(columns: $0.count) }
    self.statistics = statistics
  }

  /// Adds a recording.
  package mutating func add(_ recording: ReadRecording) {
    recording.features.withUnsafeBuffer { frames.add($0) }
    if let own = statistics?.values(of: recording.features) {
      own.withUnsafeBufferPointer { values?.add($0) }
    }
    count += 1
  }

  /// The normalisations of all recordings so far; nil for fewer than two, which have no deviation
  /// from each other.
  ///
  /// - Parameter byFrames: whether the network's frames are normalised by speaker.
  package func reference(byFrames: Bool) -> SpeakerReference? {
    guard count > 1 else { return nil }
    return SpeakerReference(
      frames: byFrames ? frames.normalization : nil, statistics: values?.normalization)
  }
}

/// A recording that the network cannot use.
package enum RecordingError: Error, Equatable, CustomStringConvertible {
  case tooShort(path: String, samples: Int)

  package var description: String {
    switch self {
    case .tooShort(let path, let samples):
      "\(path): too short: \(samples) samples are less than one frame of the backbone; give a "
        + "longer recording"
    }
  }
}
