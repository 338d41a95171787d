// A recording as stored in its file, before resampling and cropping.

extension Recording {
  /// A whole recording, mixed to mono at its own sampling rate.
  package struct Original: Sendable {
    /// The path of its file.
    package let path: String
    /// Samples per second, Hz.
    package let sampleRate: Int
    /// The number of channels in the file.
    package let channels: Int
    /// See `SoundFile.isMarkedSynthetic`.
    package let isMarkedSynthetic: Bool
    /// `[n]`, full scale ±1.
    package let samples: [Float]
  }

  /// Returns the recording at `path`. Channels are averaged, so equal channels stay unchanged.
  ///
  /// - Throws: `AudioError`, like `readMono`.
  package static func readOriginal(path: String) throws(AudioError) -> Original {
    let (rate, channels, isMarked) = try shape(path)
    guard rate >= lowestRate else { throw .rateTooLow(path: path, rate: rate, lowest: lowestRate) }
    return Original(
      path: path, sampleRate: rate, channels: channels, isMarkedSynthetic: isMarked,
      samples: try readMono(path: path, sampleRate: rate))
  }

  private static func shape(_ path: String) throws(AudioError) -> (
    rate: Int, channels: Int, isMarkedSynthetic: Bool
  ) {
    let file = try SoundFile(path: path)
    return (file.sampleRate, file.channels, file.isMarkedSynthetic)
  }
}

extension Recording.Original {
  /// Returns the samples at another rate, in Hz.
  package func samples(at rate: Int) throws(AudioError) -> [Float] {
    guard rate != sampleRate else { return samples }
    var result: [Float] = []
    var resampler = try Resampler(from: sampleRate, to: rate, path: path)
    try samples.withUnsafeBufferPointer { (block) throws(AudioError) in
      try resampler.append(block, to: &result)
    }
    try resampler.finish(appendingTo: &result)
    return result
  }
}

/// Returns whether the sound file at `path` says that its sound was computed, without decoding it.
/// See `SoundFile.isMarkedSynthetic`.
///
/// - Throws: `AudioError` if the file cannot be opened.
package func isMarkedSynthetic(path: String) throws(AudioError) -> Bool {
  try SoundFile(path: path).isMarkedSynthetic
}
