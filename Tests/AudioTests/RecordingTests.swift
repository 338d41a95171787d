import Audio
import Foundation
import TestSupport
import Testing

/// Kinds: by hand, property.
@Suite struct `A recording` {
  struct Case: Sendable, CustomTestStringConvertible {
    let encoding: WaveFile.Encoding
    /// Half a step of the encoding, full scale 1.
    let tolerance: Float
    var testDescription: String { "\(encoding)" }
  }
  static let cases = [
    Case(encoding: .unsigned8, tolerance: 1.2e-2), Case(encoding: .signed16, tolerance: 5e-5),
    Case(encoding: .signed24, tolerance: 4e-7), Case(encoding: .signed32, tolerance: 1e-7),
    Case(encoding: .float32, tolerance: 0),
  ]

  @Test(arguments: cases) func `has the samples that were written`(_ item: Case) throws {
    try withTemporaryFolder { folder in
      let samples = tone(440, sampleRate: 16_000, seconds: 0.7)
      let path = folder + "/a.wav"
      try WaveFile(encoding: item.encoding, samples: samples).write(to: path)
      let read = try Recording.readMono(path: path)
      expectClose(read, samples, relative: 0, absolute: item.tolerance)
      // Negative control: the tolerance distinguishes this tone from a slightly higher one.
      let other = tone(450, sampleRate: 16_000, seconds: 0.7)
      #expect(zip(read, other).contains { abs($0 - $1) > max(item.tolerance, 0.1) })
    }
  }

  @Test func `is the same behind a chunk that stands before the data`() throws {
    try withTemporaryFolder { folder in
      let samples = tone(300, sampleRate: 16_000, seconds: 0.2)
      try WaveFile(samples: samples, hasFillerChunk: true).write(to: folder + "/a.wav")
      try WaveFile(samples: samples).write(to: folder + "/b.WAV")
      let a = try Recording.readMono(path: folder + "/a.wav")
      #expect(try a == Recording.readMono(path: folder + "/b.WAV"))
      #expect(a.count == samples.count)
    }
  }

  @Test func `averages its channels`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      try WaveFile(encoding: .float32, channels: 2, samples: [0.5, 0.25, -0.5, 0.5, 1, 0])
        .write(to: path)
      #expect(try Recording.readMono(path: path) == [0.375, 0, 0.5])
    }
  }

  @Test func `is read from FLAC`() throws {
    try withTemporaryFolder { folder in
      let samples = tone(500, sampleRate: 16_000, seconds: 1.3)
      try writeFLAC(samples, sampleRate: 16_000, to: folder + "/a.flac")
      expectClose(
        try Recording.readMono(path: folder + "/a.flac"), samples, relative: 0, absolute: 5e-5)
    }
  }

  /// Resampling should give the same tone sampled at 16 kHz, except near the ends, where the filter
  /// sees the silence outside.
  @Test(arguments: [8_000, 22_050, 44_100, 48_000], [200.0, 1_000, 3_400])
  func `keeps a tone when resampled`(rate: Int, frequency: Double) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      try WaveFile(
        encoding: .float32, sampleRate: rate,
        samples: tone(frequency, sampleRate: rate, seconds: 1)
      ).write(to: path)
      let read = try Recording.readMono(path: path)
      let expected = tone(frequency, sampleRate: 16_000, seconds: 1)
      #expect(abs(read.count - expected.count) <= 1)
      let middle = 2_000..<14_000
      let error = middle.reduce(0.0) { $0 + pow(Double(read[$1] - expected[$1]), 2) }
      let power = middle.reduce(0.0) { $0 + pow(Double(expected[$1]), 2) }
      let decibels = 10 * log10(error / power)
      #expect(decibels < -100, "\(rate) Hz, \(frequency) Hz: error \(decibels) dB")
    }
  }

  @Test func `loses what lies above half the new rate`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      let low = tone(1_000, sampleRate: 48_000, seconds: 1, amplitude: 0.25)
      let high = tone(11_000, sampleRate: 48_000, seconds: 1, amplitude: 0.5)
      try WaveFile(
        encoding: .float32, sampleRate: 48_000, samples: zip(low, high).map { $0 + $1 }
      ).write(to: path)
      let read = try Recording.readMono(path: path)
      let expected = tone(1_000, sampleRate: 16_000, seconds: 1, amplitude: 0.25)
      expectClose(
        Array(read[2_000..<14_000]), Array(expected[2_000..<14_000]), relative: 0, absolute: 1e-6)
    }
  }

  @Test(arguments: [16_000, 44_100]) func `cropped is the start of the whole`(rate: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      let samples = zip(
        tone(333, sampleRate: rate, seconds: 5), tone(1_234, sampleRate: rate, seconds: 5)
      ).map { $0 * $1 }
      try WaveFile(encoding: .float32, sampleRate: rate, samples: samples).write(to: path)
      let whole = try Recording.readMono(path: path)
      let cropped = try Recording.readMono(path: path, maximumDuration: 1.25)
      #expect(cropped.count == 20_000)
      #expect(cropped == Array(whole[..<20_000]))
    }
  }

  /// The part far after the crop is not read: a NaN there goes unnoticed, but one before it does
  /// not.
  @Test(arguments: [16_000, 48_000]) func `is not read far behind the crop`(rate: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      var samples = tone(333, sampleRate: rate, seconds: 4)
      samples[3 * rate] = .nan
      try WaveFile(encoding: .float32, sampleRate: rate, samples: samples).write(to: path)
      #expect(try Recording.readMono(path: path, maximumDuration: 1).count == 16_000)
      #expect(throws: AudioError.notFinite(path: path, frame: 3 * rate, rate: rate)) {
        try Recording.readMono(path: path, maximumDuration: 3.5)
      }
    }
  }

  @Test func `of ten minutes is cropped in no time`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      let samples = tone(220, sampleRate: 16_000, seconds: 600)
      try WaveFile(samples: samples).write(to: path)
      #expect(try Recording.readMono(path: path).count == 9_600_000)
      let clock = ContinuousClock()
      let start = clock.now
      let cropped = try Recording.readMono(path: path, maximumDuration: 6.25)
      let time = clock.now - start
      #expect(cropped.count == 100_000)
      #expect(time < .milliseconds(200))
    }
  }

  @Test func `can be scaled to its peak`() {
    var samples: [Float] = [0.1, -0.4, 0.2]
    Recording.normalizePeak(&samples)
    expectClose(samples, [0.25, -1, 0.5])
  }

  @Test(.enabled(if: hasRAVDESS, "needs ../shared/data"))
  func `of RAVDESS at 48 kHz becomes the one at 16 kHz`() throws {
    for name in ["Actor_13/03-01-02-01-02-02-13", "Actor_01/03-01-02-01-01-02-01"] {
      let original = sharedFolder + "/data/ravdess48k-sample/original-wav/\(name).wav"
      let ours = try Recording.readMono(path: original)
      let theirs = try Recording.readMono(path: "\(ravdess16k)/\(name).flac")
      #expect(ours.count == theirs.count)
      let error = zip(ours, theirs).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
      let power = theirs.reduce(0.0) { $0 + pow(Double($1), 2) }
      // The corpus's copy was made with another resampler and rounded to 16 bits.
      #expect(10 * log10(error / power) < -30, "\(name): \(10 * log10(error / power)) dB")
      print("48 kHz original against 16 kHz copy, \(name): \(10 * log10(error / power)) dB")
    }
  }
}
