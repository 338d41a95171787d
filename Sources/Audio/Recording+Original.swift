// A recording as it lies in its file, before anything is resampled or cropped.

extension Recording {
  /// A whole recording, mixed to mono at its own rate.
  package struct Original: Sendable {
    /// The file it was read from.
    package let path: String
    /// Samples per second, Hz.
    package let sampleRate: Int
    /// Channels of the file.
    package let channels: Int
    /// See `SoundFile.isMarkedSynthetic`.
    package let isMarkedSynthetic: Bool
    /// `[n]`, full scale ±1.
    package let samples: [Float]
  }

  /// Returns the recording at `path`. Channels are averaged, which leaves equal ones as they are.
  ///
  /// - Throws: `AudioError`, as `readMono` does.
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
  /// Returns the samples at another rate, Hz.
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

/// Whether the sound file at `path` says of itself that its sound was computed: see
/// `SoundFile.isMarkedSynthetic`. Decodes nothing.
///
/// - Throws: `AudioError` where it cannot be opened.
package func isMarkedSynthetic(path: String) throws(AudioError) -> Bool {
  try SoundFile(path: path).isMarkedSynthetic
}
