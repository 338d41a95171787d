// Provides the frames of a pretrained network for recordings and mixtures of them.
import Audio
import Files
package import Models
import Tensors
import Threads

/// A pretrained backbone and the cache for the frames of its frozen part.
package struct FrameSupply: Sendable {
  package let backbone: PretrainedBackbone
  let source: any FrameSource
  private let cache: FrameCache
  /// Whether frames of mixtures go through the cache.
  private let keepsMixtures: Bool

  /// - Parameters:
  ///   - keepsMixtures: whether to look for frames of mixtures in the cache, and to store them
  ///     there; by default as without a budget of the user.
  ///   - source: computes the frames; the frozen part of `backbone` by default.
  package init(
    _ backbone: PretrainedBackbone, cache: FrameCache, keepsMixtures: Bool? = nil,
    source: (any FrameSource)? = nil
  ) {
    let source = source ?? backbone.source
    self.backbone = backbone
    self.source = source
    self.cache = cache
    self.keepsMixtures = keepsMixtures ?? Self.keepsMixtures(of: source, budget: nil)
  }

  /// Whether frames of mixtures go through the cache. Those of a device do only if the user gives
  /// a budget: a device computes them faster than a disk stores them. Those of the CPU always do,
  /// because an earlier run may have stored some.
  ///
  /// - Parameter budget: the bytes that the user allows; nil if the user has not said.
  package static func keepsMixtures(of source: any FrameSource, budget: Int?) -> Bool {
    source.preferredSamples == nil || (budget ?? 0) > 0
  }

  /// The number of features in a frame.
  package var columns: Int { source.columns }

  /// Returns the frames of mixtures. The key of a waveform in the cache is the hash of its samples,
  /// so another run, fold or variant with the same mixture finds its frames.
  ///
  /// - Throws: `FileError`, `FrameCacheError`, errors of the source.
  func frames(ofMixtures waveforms: [[Float]], threads: Int) throws -> [Tensor] {
    guard keepsMixtures else {
      return try cache.framesNotKept(of: waveforms, from: source, threads: threads)
    }
    let items = parallelMap(count: waveforms.count, threads: threads) { index in
      FrameCache.Item(key: waveformKey(waveforms[index]), name: FrameCache.mixtureName) {
        waveforms[index]
      }
    }
    return try cache.frames(of: items, from: source, areMixtures: true, threads: threads)
  }

  /// Returns the frames of every recording of a store.
  ///
  /// - Parameter ids: the names of the recordings, for errors.
  /// - Throws: also `FrameSupplyError.tooShort`.
  func frames(of store: FeatureStore, ids: [String], threads: Int) throws -> [Tensor] {
    for (position, id) in ids.enumerated() {
      let samples = store.sampleCount(position)
      guard source.frameCount(samples: samples) > 0 else {
        throw FrameSupplyError.tooShort(id: id, samples: samples)
      }
    }
    let items = parallelMap(count: ids.count, threads: threads) { position in
      FrameCache.Item(
        key: store.withSamples(position, waveformKey), name: "utterance \(ids[position])"
      ) {
        store.withSamples(position, Array.init)
      }
    }
    return try cache.frames(of: items, from: source, threads: threads)
  }
}

private func waveformKey(_ samples: UnsafeBufferPointer<Float>) -> String {
  var digest = StreamedDigest()
  digest.add(UnsafeRawBufferPointer(samples))
  return digest.hexadecimal
}

private func waveformKey(_ samples: [Float]) -> String {
  samples.withUnsafeBufferPointer(waveformKey)
}

/// A recording that a pretrained network cannot use.
package enum FrameSupplyError: Error, Equatable, CustomStringConvertible {
  case tooShort(id: String, samples: Int)

  package var description: String {
    switch self {
    case .tooShort(let id, let samples):
      "utterance \(id): \(samples) samples are too few for one frame of the backbone; lower "
        + "signal.trim or take the utterance out of the corpus"
    }
  }
}
