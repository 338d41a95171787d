// Measures one recording's sound for an audit, in one pass over the file.
package import Audio
import Files
import Foundation

/// One recording: identity, length, levels and fingerprint.
package struct SoundMeasurement: Sendable {
  /// SHA-256 of the decoded samples and their rate. It is equal for the same sound in WAV and FLAC,
  /// and in one channel or two equal ones.
  package let digest: String
  /// Samples per second, in hertz.
  package let sampleRate: Int
  package let channels: Int
  /// Samples per channel.
  package let samples: Int
  /// Length in seconds.
  package let duration: Double
  /// Root mean square of the whole recording, in dB relative to a constant at full scale.
  package let loudness: Double
  /// The greatest magnitude; full scale is 1.
  package let peak: Double
  /// The mean of the samples; full scale is 1.
  package let offset: Double
  /// Whether all samples are equal.
  package let isConstant: Bool
  /// The share of samples at full scale or beyond, 0 to 1.
  package let clipped: Double
  /// The share of blocks of 20 ms that are more than 60 dB below full scale, 0 to 1.
  package let silence: Double
  /// The frequency below which half of the power lies, in hertz; nil for fewer than 1024 samples.
  package let medianFrequency: Double?
  /// The power above 0.35 of half the sampling rate, in dB relative to all power; nil for fewer
  /// than 1024 samples.
  package let highPower: Double?
  /// Dropped once a table holds it.
  private(set) package var print: SoundPrint?

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
    sampleRate = original.sampleRate
    channels = original.channels
    self.samples = samples.count
    duration = Double(samples.count) / Double(original.sampleRate)
    let energy = samples.reduce(0) { $0 + Double($1) * Double($1) }
    loudness = 10 * log10(energy / Double(samples.count))
    let levels = SampleLevels(samples, block: max(1, original.sampleRate / 50))
    peak = levels.peak
    offset = levels.mean
    isConstant = levels.isConstant
    clipped = levels.clipped
    silence = levels.silence
    let spectrum = LongTermSpectrum(of: samples)
    medianFrequency = spectrum.median.map { $0 * Double(original.sampleRate) / 2 }
    highPower = spectrum.share(above: 0.35).map { 10 * log10(max($0, 1e-20)) }
    print = SoundPrint(try original.samples(at: SoundPrint.sampleRate))
  }

  /// The same without the fingerprint, which takes the most memory.
  var withoutPrint: SoundMeasurement {
    var copy = self
    copy.print = nil
    return copy
  }
}

/// Levels from one pass over the samples.
private struct SampleLevels {
  /// 32 767 of 32 768: the greatest positive 16-bit sample.
  private static let fullScale: Float = 32_767.0 / 32_768.0
  /// 60 dB below full scale, as power.
  private static let silentPower = 1e-6

  var peak = 0.0
  var mean = 0.0
  var isConstant = true
  var clipped = 0.0
  var silence = 0.0

  init(_ samples: [Float], block: Int) {
    guard let first = samples.first else { return }
    var (greatest, sum, full) = (Float(0), 0.0, 0)
    var (silent, blocks) = (0, 0)
    for start in stride(from: 0, to: samples.count, by: block) {
      let end = min(start + block, samples.count)
      var power = 0.0
      for index in start..<end {
        let sample = samples[index]
        greatest = max(greatest, abs(sample))
        sum += Double(sample)
        full += abs(sample) >= Self.fullScale ? 1 : 0
        isConstant = isConstant && sample == first
        power += Double(sample) * Double(sample)
      }
      silent += power < Self.silentPower * Double(end - start) ? 1 : 0
      blocks += 1
    }
    peak = Double(greatest)
    mean = sum / Double(samples.count)
    clipped = Double(full) / Double(samples.count)
    silence = Double(silent) / Double(blocks)
  }
}
