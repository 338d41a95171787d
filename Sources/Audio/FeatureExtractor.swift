// Computes the frames for a compact backbone: log-mel bands and, optionally, prosody. Normalisation
// and augmentation follow later, in other files.
package import Settings
package import Tensors

/// Turns recordings into features, one row per frame.
///
/// Columns `0 ..< bands` are log-mel bands. With prosody, log energy, log F0 and voicing follow.
package struct FeatureExtractor: Sendable {
  /// The number of columns of the features.
  package let columns: Int
  /// The number of mel bands, which are the first columns.
  package let bands: Int
  /// Added to each band's power before the logarithm.
  package var floor: Float { logMel.floor }
  /// The lower edge of each band, in Hz.
  private let edges: [Double]
  private let logMel: LogMel
  private let prosody: Prosody?

  /// Prepares the analysis of recordings at `sampleRate`, in Hz.
  package init(settings: FeatureSettings, sampleRate: Int) {
    logMel = LogMel(settings: settings, sampleRate: sampleRate)
    prosody = settings.prosody ? Prosody(settings: settings, sampleRate: sampleRate) : nil
    bands = settings.bands
    let (low, high) = (
      MelScale.mel(fromHertz: settings.lowFrequency),
      MelScale.mel(fromHertz: settings.highFrequency)
    )
    edges = (0..<settings.bands).map {
      MelScale.hertz(fromMel: low + (high - low) * Double($0) / Double(settings.bands + 1))
    }
    columns = settings.bands + (settings.prosody ? Prosody.features : 0)
  }

  /// Returns the bands that lie completely above a frequency, in Hz.
  package func bands(above frequency: Double) -> Range<Int> {
    (edges.firstIndex { $0 >= frequency } ?? bands)..<bands
  }

  /// Returns the number of frames of a recording with `samples` samples: `1 + samples / hop`.
  package func frameCount(samples: Int) -> Int { logMel.frameCount(samples: samples) }

  /// Returns the features of a recording, `[1 + n / hop, columns]`.
  package func features(of samples: UnsafeBufferPointer<Float>) -> Tensor {
    let frames = frameCount(samples: samples.count)
    return Tensor(shape: [frames, columns]) { result in
      if let target = result.baseAddress { compute(samples, frames: 0..<frames, into: target) }
    }
  }

  /// Returns the features of a recording, `[1 + n / hop, columns]`.
  package func features(of samples: [Float]) -> Tensor {
    samples.withUnsafeBufferPointer { features(of: $0) }
  }

  /// Updates `features` after the samples in `range` have changed.
  ///
  /// Only frames whose windows overlap the range are computed. The result has the bits of a full
  /// computation.
  ///
  /// - Parameters:
  ///   - features: those of the recording before the change, `[1 + n / hop, columns]`.
  ///   - samples: the recording after the change, `[n]`.
  ///   - range: samples that may have changed.
  package func update(
    _ features: inout Tensor, samples: UnsafeBufferPointer<Float>, changed range: Range<Int>
  ) {
    precondition(
      features.shape == [frameCount(samples: samples.count), columns],
      "features \(features.shape) of \(samples.count) samples, needs "
        + "[\(frameCount(samples: samples.count)), \(columns)]")
    let frames = self.frames(touching: range, samples: samples.count)
    features.withUnsafeMutableBuffer { buffer in
      if let base = buffer.baseAddress { compute(samples, frames: frames, into: base) }
    }
  }

  /// Returns the frames whose windows overlap `range`.
  package func frames(touching range: Range<Int>, samples: Int) -> Range<Int> {
    guard !range.isEmpty else { return 0..<0 }
    // Frame t reads the samples t·hop - before ..< t·hop + after. A window of odd length reads one
    // more before its centre for log-mel, and one more behind it for pitch.
    let window = max(logMel.window, prosody?.window ?? 0)
    let (before, after) = ((window + 1) / 2, window - window / 2)
    let hop = logMel.hop
    let first = max(0, (range.lowerBound - after) / hop)
    let end = min(frameCount(samples: samples), (range.upperBound - 1 + before) / hop + 1)
    return min(first, end)..<end
  }

  private func compute(
    _ samples: UnsafeBufferPointer<Float>, frames: Range<Int>, into out: UnsafeMutablePointer<Float>
  ) {
    logMel.compute(samples, frames: frames, into: out, stride: columns)
    prosody?.compute(samples, frames: frames, into: out + bands, stride: columns)
  }
}
