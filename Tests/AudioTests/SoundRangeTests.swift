// Kind: unit. A part of a sound file is decoded exactly, whatever the format.
import Audio
import CSndFile
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `A part of a sound file` {
  @Test func `is read from its path`() {
    let range = SoundRange("a/b.wav#t=1.5,2")
    #expect(range?.file == "a/b.wav" && range?.start == 1.5 && range?.end == 2)
    #expect(soundFile(of: "a/b.wav#t=1.5,2") == "a/b.wav")
    for whole in ["a.wav", "a.wav#t=2,1", "a.wav#t=1,1", "a.wav#t=nan,1", "a.wav#t=0,inf", "a#t="] {
      #expect(SoundRange(whole) == nil)
      #expect(soundFile(of: whole) == whole)
    }
  }
  struct Form: Sendable, CustomTestStringConvertible {
    let name: String
    let format: Int
    let coding: Int
    var testDescription: String { name }
  }
  static let forms = [
    Form(name: "WAV", format: SF_FORMAT_WAV, coding: SF_FORMAT_PCM_16),
    Form(name: "FLAC", format: SF_FORMAT_FLAC, coding: SF_FORMAT_PCM_16),
    Form(name: "Vorbis", format: SF_FORMAT_OGG, coding: SF_FORMAT_VORBIS),
    Form(name: "Opus", format: SF_FORMAT_OGG, coding: SF_FORMAT_OPUS),
    Form(name: "MP3", format: SF_FORMAT_MPEG, coding: SF_FORMAT_MPEG_LAYER_III),
  ]

  /// A second of 200 Hz, then a second of 900 Hz.
  @Test(arguments: forms) func `has the samples of the whole at its place`(_ form: Form) throws {
    try withTemporaryFolder { folder in
      var info = SF_INFO()
      (info.samplerate, info.channels) = (16_000, 1)
      info.format = Int32(form.format | form.coding)
      let path = folder + "/a"
      let handle = try #require(sf_open(path, Int32(SFM_WRITE), &info))
      let samples = [200.0, 900].flatMap { tone($0, sampleRate: 16_000, seconds: 1) }
      #expect(sf_writef_float(handle, samples, 32_000) == 32_000)
      sf_close(handle)

      let whole = try Recording.readMono(path: path)
      for (start, end, pitch) in [(0.1, 0.9, 200.0), (1.25, 1.75, 900)] {
        let part = try Recording.readMono(path: "\(path)#t=\(start),\(end)")
        let range = Int(start * 16_000)..<Int(end * 16_000)
        #expect(part == Array(whole[range]))
        // Negative control: the neighbouring samples are others.
        #expect(part != Array(whole[range.lowerBound + 1..<range.upperBound + 1]))
        let rises = zip(part, part.dropFirst()).count { $0 < 0 && $1 >= 0 }
        #expect(abs(Double(rises) / (end - start) - pitch) < 0.03 * pitch)
      }
    }
  }
}
