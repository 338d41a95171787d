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
    /// `[n]`, full scale ±1.
    package let samples: [Float]
  }

  /// Returns the recording at `path`. Channels are averaged, which leaves equal ones as they are.
  ///
  /// - Throws: `AudioError`, as `readMono` does.
  package static func readOriginal(path: String) throws(AudioError) -> Original {
    let (rate, channels) = try shape(path)
    guard rate >= lowestRate else { throw .rateTooLow(path: path, rate: rate, lowest: lowestRate) }
    return Original(
      path: path, sampleRate: rate, channels: channels,
      samples: try readMono(path: path, sampleRate: rate))
  }

  private static func shape(_ path: String) throws(AudioError) -> (rate: Int, channels: Int) {
    let file = try SoundFile(path: path)
    return (file.sampleRate, file.channels)
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
