// Reads a recording by the settings of a variant. The store of a corpus and the prediction of new
// recordings share this code, so both see the same samples.
package import Settings

extension Recording {
  /// Returns a recording as mono samples, resampled and cropped, before `prepare`.
  ///
  /// - Parameter listens: whether to compute the digest of all samples of the file.
  package static func read(
    path: String, signal: SignalSettings, listens: Bool
  ) throws(AudioError) -> (samples: [Float], digest: SoundDigest?) {
    guard listens else {
      let samples = try readMono(
        path: path, sampleRate: signal.sampleRate, maximumDuration: signal.maximumDuration)
      return (samples, nil)
    }
    let heard = try readMonoListening(
      path: path, sampleRate: signal.sampleRate, maximumDuration: signal.maximumDuration)
    return (heard.samples, heard.digest)
  }

  /// Trims the silence around the speech and scales the level, as the settings ask.
  package static func prepare(_ samples: inout [Float], _ signal: SignalSettings) {
    if signal.trim > 0 {
      samples = trimmed(
        samples, range: signal.trim, margin: signal.trimMargin, sampleRate: signal.sampleRate)
    }
    if signal.gain == .peak { normalizePeak(&samples) }
  }
}
