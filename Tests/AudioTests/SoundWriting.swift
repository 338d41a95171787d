// Writes sound files for tests: WAV byte by byte, so that headers can be wrong on purpose, and FLAC
// with libsndfile.
import CSndFile
import Foundation
import Testing

/// A WAV file to write.
struct WaveFile {
  enum Encoding: CaseIterable { case unsigned8, signed16, signed24, signed32, float32 }
  var encoding = Encoding.signed16
  var sampleRate = 16_000
  var channels = 1
  /// Interleaved samples, full scale ±1.
  var samples: [Float]
  /// Whether a padding chunk comes between the format and the data, as in RAVDESS.
  var hasFillerChunk = false
  /// The number of data bytes in the header, if it is to be wrong.
  var promisedBytes: Int?

  var bytes: [UInt8] {
    let width =
      switch encoding {
      case .unsigned8: 1
      case .signed16: 2
      case .signed24: 3
      case .signed32, .float32: 4
      }
    let data = samples.flatMap { encode($0) }
    var body = Array("WAVEfmt ".utf8) + little(16, 4)
    body += little(encoding == .float32 ? 3 : 1, 2) + little(channels, 2) + little(sampleRate, 4)
    body += little(sampleRate * channels * width, 4) + little(channels * width, 2)
    body += little(8 * width, 2)
    if hasFillerChunk {
      body += Array("FLLR".utf8) + little(4044, 4) + Array(repeating: 7, count: 4044)
    }
    body += Array("data".utf8) + little(promisedBytes ?? data.count, 4) + data
    if data.count % 2 == 1 { body.append(0) }
    body += Array("LIST".utf8) + little(4, 4) + Array("INFO".utf8)
    return Array("RIFF".utf8) + little(body.count, 4) + body
  }

  func write(to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  private func encode(_ sample: Float) -> [UInt8] {
    let value = Double(sample)
    return switch encoding {
    case .unsigned8: little(Int((value * 127).rounded()) + 128, 1)
    case .signed16: little(Int((value * 32_767).rounded()), 2)
    case .signed24: little(Int((value * 8_388_607).rounded()), 3)
    case .signed32: little(Int((value * 2_147_483_647).rounded()), 4)
    case .float32: little(Int(sample.bitPattern), 4)
    }
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

/// Writes 16-bit FLAC.
func writeFLAC(_ samples: [Float], sampleRate: Int, to path: String) throws {
  var info = SF_INFO()
  info.samplerate = Int32(sampleRate)
  info.channels = 1
  info.format = Int32(SF_FORMAT_FLAC | SF_FORMAT_PCM_16)
  let handle = try #require(sf_open(path, Int32(SFM_WRITE), &info))
  #expect(sf_writef_float(handle, samples, sf_count_t(samples.count)) == samples.count)
  sf_close(handle)
}

/// A sine tone.
func tone(_ frequency: Double, sampleRate: Int, seconds: Double, amplitude: Double = 0.5) -> [Float]
{
  (0..<Int(seconds * Double(sampleRate))).map {
    Float(amplitude * sin(2 * Double.pi * frequency * Double($0) / Double(sampleRate)))
  }
}
