// A corpus in the form that training reads: recordings and raw features mapped from the store,
// labels, and each speaker's normalisation; or frames of a pretrained network or of another
// program. It is made once and shared by all cells that read the same features.
package import Audio
package import Corpora
package import Settings
package import Tensors
import Threads

/// Recordings, labels and normalisations of a corpus for one choice of signal and features.
package struct PreparedCorpus: Sendable {
  /// The corpus's utterances, sorted by id.
  package let utterances: [Utterance]
  package let classes: [String]
  /// The recordings and their features; nil for frames from files.
  let store: FeatureStore?
  let extractor: FeatureExtractor
  let statistics: UtteranceStatistics?
  /// The source of frames of a pretrained network, or nil for another backbone.
  package let supply: FrameSupply?
  /// Frames from files, or nil for another backbone.
  package let given: FrameFolder?
  /// The supply's frames of each unmixed recording, by position.
  private let suppliedFrames: [Tensor]
  /// What is computed from the frames of unmixed recordings alone.
  package var summaries = FrameSummaries()
  private let normalization: FeatureSettings.Normalization
  let frameNormalizations: [String: Normalization]
  let statisticNormalizations: [String: Normalization]
  /// The normalised statistics of each unmixed recording, by position.
  private let plainStatistics: [[Float]]

  /// The number of features in an input frame, F.
  package var features: Int { given?.columns ?? supply?.columns ?? extractor.columns }
  /// The number of statistics of an utterance, G; 0 without statistics.
  package var statisticsCount: Int { statistics?.count ?? 0 }

  /// Computes each speaker's normalisation from all recordings of the speaker, without labels. With
  /// a supply, reads the frames of all recordings instead.
  ///
  /// - Parameters:
  ///   - utterances: the utterances of the corpus, sorted by id.
  ///   - store: holds the recording of every utterance, in the same order.
  ///   - supply: provides frames of waveforms. There are no statistics then.
  package init(
    _ utterances: [Utterance], classes: [String], store: FeatureStore, signal: SignalSettings,
    features: FeatureSettings,
    supply: FrameSupply? = nil, threads: Int
  ) throws {
    precondition(
      store.ids == utterances.map(\.id), "the store does not hold the corpus's utterances")
    precondition(supply == nil || !features.statistics, "statistics of waveforms")
    (self.utterances, self.classes) = (utterances, classes)
    self.store = store
    extractor = FeatureExtractor(settings: features, sampleRate: signal.sampleRate)
    statistics = features.statistics ? UtteranceStatistics(settings: features) : nil
    normalization = features.normalization
    self.supply = supply
    given = nil
    suppliedFrames = try supply?.frames(of: store, ids: store.ids, threads: threads) ?? []
    let bySpeaker =
      supply == nil
      ? Dictionary(grouping: utterances.indices) { utterances[$0].speaker } : [:]
    let speakers = bySpeaker.keys.sorted()
    let (extractor, statistics) = (extractor, statistics)
    let gathered = parallelMap(count: speakers.count, threads: threads) { index in
      var frames = NormalizationAccumulator(columns: extractor.columns)
      var values = statistics.map { NormalizationAccumulator(columns: $0.count) }
      var plain: [(position: Int, values: [Float])] = []
      for position in bySpeaker[speakers[index]] ?? [] {
        let raw = store.rawFeatures(position)
        raw.withUnsafeBuffer { frames.add($0) }
        guard let statistics else { continue }
        let own = statistics.values(of: raw)
        own.withUnsafeBufferPointer { values?.add($0) }
        plain.append((position, own))
      }
      return (frames.normalization, values?.normalization, plain)
    }
    frameNormalizations = Dictionary(
      uniqueKeysWithValues: zip(speakers, gathered.map(\.0)))
    statisticNormalizations = Dictionary(
      uniqueKeysWithValues: zip(speakers, gathered.map(\.1)).compactMap { speaker, value in
        value.map { (speaker, $0) }
      })
    var plainStatistics = [[Float]](repeating: [], count: utterances.count)
    for (_, normalization, plain) in gathered {
      for (position, values) in plain {
        plainStatistics[position] =
          normalization.map { UtteranceStatistics.scaled(values, by: $0) } ?? []
      }
    }
    self.plainStatistics = plainStatistics
  }

  /// A corpus of which only frames are needed. No recording is opened.
  ///
  /// - Parameters:
  ///   - utterances: the utterances of the corpus, sorted by id.
  ///   - frames: has frames of every utterance.
  package init(
    _ utterances: [Utterance], classes: [String], frames: FrameFolder, _ settings: VariantSettings
  ) {
    precondition(!settings.features.statistics, "statistics of waveforms")
    (self.utterances, self.classes) = (utterances, classes)
    (store, supply, statistics, given) = (nil, nil, nil, frames)
    extractor = FeatureExtractor(
      settings: settings.features, sampleRate: settings.signal.sampleRate)
    normalization = settings.features.normalization
    (suppliedFrames, frameNormalizations, statisticNormalizations) = ([], [:], [:])
    plainStatistics = [[Float]](repeating: [], count: utterances.count)
  }

  /// Samples per second, Hz; 0 for frames from files.
  package var sampleRate: Int { store?.sampleRate ?? 0 }

  /// Returns a recording from the store, full scale ±1. It is empty for frames from files.
  package func samples(_ position: Int) -> [Float] {
    store?.withSamples(position, Array.init) ?? []
  }

  /// Returns the log-mel bands of a recording, `[frames, bands]`, not normalised. There are no
  /// rows for frames from files.
  package func logMel(_ position: Int) -> Tensor {
    guard let raw = store?.rawFeatures(position) else { return .zeros([0, extractor.bands]) }
    let (bands, columns) = (extractor.bands, raw.columns)
    return Tensor(
      shape: [raw.rows, bands],
      values: raw.array.enumerated().filter { $0.offset % columns < bands }.map(\.element))
  }

  /// Returns the number of the network's input frames of an unmixed recording; 0 for frames from
  /// files.
  package func frameCount(_ position: Int) -> Int {
    supply == nil ? store?.frameCount(position) ?? 0 : suppliedFrames[position].rows
  }

  /// Returns the network's input frames of an unmixed recording.
  ///
  /// - Throws: `FileError` for frames in a file that has changed or cannot be read.
  func frames(_ position: Int) throws -> Tensor {
    if let given { return try given.frames(of: utterances[position].id) }
    if supply != nil { return suppliedFrames[position] }
    guard var frames = store?.rawFeatures(position) else { return .zeros([0, features]) }
    normalize(&frames, of: position)
    return frames
  }

  /// Normalises raw features of an utterance in place, by speaker or by utterance.
  func normalize(_ features: inout Tensor, of position: Int) {
    let normalization =
      switch normalization {
      case .speaker: frameNormalizations[utterances[position].speaker]
      case .utterance: nil as Normalization?
      }
    features.withUnsafeMutableBuffer { frames in
      if let normalization { return normalization.apply(to: frames) }
      var own = NormalizationAccumulator(columns: extractor.columns)
      own.add(UnsafeBufferPointer(frames))
      own.normalization.apply(to: frames)
    }
  }

  /// Returns the statistics of an utterance, normalised by speaker and clamped to ±4, or an empty
  /// list without statistics.
  ///
  /// - Parameter raw: the raw features if they were changed, or nil for the unmixed recording.
  func normalizedStatistics(of raw: Tensor?, at position: Int) -> [Float] {
    guard let raw else { return plainStatistics[position] }
    guard let statistics,
      let normalization = statisticNormalizations[utterances[position].speaker]
    else { return [] }
    return UtteranceStatistics.scaled(statistics.values(of: raw), by: normalization)
  }
}

extension FeatureStore {
  /// Returns a copy of the raw features of a recording, `[frames, columns]`.
  func rawFeatures(_ position: Int) -> Tensor {
    withFeatures(position) { source in
      Tensor(shape: [frameCount(position), columns]) { _ = $0.update(fromContentsOf: source) }
    }
  }
}
