// Sound files and altered copies for tests.
import Audio
import CSndFile
import Foundation
import Randomness
import Testing

/// Writes 16-bit sound, as WAV or FLAC by the path's extension, with the same samples in each of
/// `channels`.
func writeSound(
  _ samples: [Float], sampleRate: Int = 16_000, channels: Int = 1, to path: String
) throws {
  var info = SF_INFO()
  info.samplerate = Int32(sampleRate)
  info.channels = Int32(channels)
  info.format =
    (path.hasSuffix(".flac") ? Int32(SF_FORMAT_FLAC) : Int32(SF_FORMAT_WAV))
    | Int32(SF_FORMAT_PCM_16)
  let handle = try #require(sf_open(path, Int32(SFM_WRITE), &info))
  let interleaved = samples.flatMap { [Float](repeating: $0, count: channels) }
  #expect(sf_writef_float(handle, interleaved, sf_count_t(samples.count)) == samples.count)
  sf_close(handle)
}

/// An alteration of a recording's copy.
enum Alteration: String, CaseIterable, Sendable {
  /// Gain ×0.3, in steps of 16 bits.
  case quieter
  /// 100 ms of silence before it.
  case shifted
  /// White noise 30 dB below the recording's mean power.
  case noisier
  /// All of these, with a shift of 104 ms, which is not a whole number of frames.
  case all

  /// Returns an altered copy of a recording at 16 kHz.
  func callAsFunction(_ samples: [Float], _ random: inout RandomStream) -> [Float] {
    var samples = samples
    if self == .shifted { samples = [Float](repeating: 0, count: 1_600) + samples }
    if self == .all { samples = [Float](repeating: 0, count: 1_664) + samples }
    if self == .noisier || self == .all {
      let power = samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
      let deviation = (power / 1_000).squareRoot()
      for index in samples.indices { samples[index] += Float(deviation * random.normal()) }
    }
    if self == .quieter || self == .all {
      samples = samples.map { (0.3 * $0 * 32_768).rounded() / 32_768 }
    }
    return samples
  }
}
