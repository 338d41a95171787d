// What an audit needs to know of one recording's sound, read once.
package import Audio
import Files
import Foundation

/// One recording: identity, length, loudness and fingerprint.
package struct SoundMeasurement: Sendable {
  /// The SHA-256 of the decoded samples and their rate: equal for the same sound in WAV and FLAC, in
  /// one channel or in two equal ones.
  package let digest: String
  /// Length, s.
  package let duration: Double
  /// Root mean square of the whole recording, dB below a constant of full scale.
  package let loudness: Double
  package let print: SoundPrint

  /// Reads the recording at `path`.
  ///
  /// - Throws: `AudioError`.
  package init(path: String) throws(AudioError) {
    let original = try Recording.readOriginal(path: path)
    let samples = original.samples
    var hash = StreamedDigest()
    hash.add("\(original.sampleRate) Hz\n")
    samples.withUnsafeBytes { hash.add($0) }
    digest = hash.hexadecimal
    duration = Double(samples.count) / Double(original.sampleRate)
    let energy = samples.reduce(0) { $0 + Double($1) * Double($1) }
    loudness = 10 * log10(energy / Double(samples.count))
    print = SoundPrint(try original.samples(at: SoundPrint.sampleRate))
  }
}
