// Kinds: by hand, property.
import Audio
import Files
import Foundation
import Settings
import TestSupport
import Testing

private func with(_ file: WaveFile, _ change: (inout WaveFile) -> Void) -> WaveFile {
  var file = file
  change(&file)
  return file
}

@Suite struct `The digest of a recording` {
  let samples = tone(220, sampleRate: 16_000, seconds: 0.4)

  @Test func `is that of rate, channels and samples`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/two.wav"
      // Four frames of two channels, exact in floats.
      let values: [Float] = [0, 0.5, -0.5, 0.25, 1, -1, 0.125, -0.125]
      try WaveFile(encoding: .float32, sampleRate: 8_000, channels: 2, samples: values)
        .write(to: path)
      var bytes = Data("8000 2\n".utf8)
      for value in values {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
      let digest = try SoundDigest(ofFile: path)
      #expect(digest.sha256 == sha256(bytes))
      #expect(digest.duration == 4.0 / 8_000 && !digest.isMarkedSynthetic)
    }
  }

  @Test func `is the same in another container, and another for any other sound`() throws {
    try withTemporaryFolder { folder in
      func digest(_ change: (inout WaveFile) -> Void = { _ in }) throws -> String {
        var file = WaveFile(samples: samples)
        change(&file)
        try file.write(to: folder + "/a.wav")
        return try SoundDigest(ofFile: folder + "/a.wav").sha256
      }
      let whole = try digest()
      #expect(try digest { $0.hasFillerChunk = true } == whole)
      try writeFLAC(samples, sampleRate: 16_000, to: folder + "/a.flac")
      let decoded = try Recording.readMono(path: folder + "/a.flac")
      let flac = try SoundDigest(ofFile: folder + "/a.flac").sha256
      #expect(try digest { ($0.encoding, $0.samples) = (.float32, decoded) } == flac)
      let others: [(WaveFile) -> WaveFile] = [
        { file in with(file) { $0.samples[1234] += 4 / 32_767 } },
        { file in with(file) { $0.samples.removeLast() } },
        { file in with(file) { $0.sampleRate = 22_050 } },
        { file in with(file) { $0.channels = 2 } },
        { file in with(file) { $0.samples.swapAt(7, 15) } },
      ]
      for (index, change) in others.enumerated() {
        #expect(try digest { $0 = change($0) } != whole, "change \(index)")
      }
    }
  }

  @Test(arguments: [1, 3])
  func `is made of the decoding that features need, what is cropped included`(jobs: Int) throws {
    try withTemporaryFolder { folder in
      let sources = try (0..<5).map { index in
        let path = "\(folder)/\(index).wav"
        try WaveFile(
          sampleRate: index == 2 ? 44_100 : 16_000,
          samples: tone(
            100 + 50 * Double(index), sampleRate: index == 2 ? 44_100 : 16_000,
            seconds: 0.3 + 0.2 * Double(index))
        ).write(to: path)
        return FeatureStore.Source(id: "\(index)", path: path)
      }
      var signal = pinnedSignal
      signal.maximumDuration = 0.5
      let features = pinnedFeatures(prosody: false)
      let heard = try FeatureStore.buildListening(
        sources, path: folder + "/heard", signal: signal, features: features, jobs: jobs)
      try FeatureStore.build(
        sources, path: folder + "/plain", signal: signal, features: features, jobs: 1)
      #expect(
        try Data(readingFile: folder + "/heard") == Data(readingFile: folder + "/plain"))
      #expect(heard == (try sources.map { try SoundDigest(ofFile: $0.path) }))
      #expect(Set(heard.map(\.sha256)).count == 5)
    }
  }
}
