import Audio
import Foundation
import Synchronization
import TestSupport
import Testing

/// Kind: by hand. Each bad file gives its error, and the message is one line with the file's path.
@Suite struct `A bad recording` {
  /// Writes `bytes` to a file, reads it as a recording, and returns the error.
  func error(_ bytes: [UInt8], name: String = "a.wav") throws -> (error: AudioError, path: String) {
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let error = try #require(
        throws: AudioError.self
      ) { try Recording.readMono(path: path) }
      let text = "\(error)"
      #expect(text.hasPrefix(path + ": ") && !text.contains("\n") && text.contains(";"))
      return (error, path)
    }
  }

  @Test func `may be missing`() throws {
    let path = "/nowhere/a.wav"
    #expect(throws: AudioError.missing(path: path)) { try Recording.readMono(path: path) }
    #expect("\(AudioError.missing(path: path))".contains("check the corpus path"))
  }

  @Test func `may be a folder`() throws {
    _ = try withTemporaryFolder { folder in
      let reason = "it is a folder, expected a regular file"
      #expect(throws: AudioError.cannotRead(path: folder, reason: reason)) {
        try Recording.readMono(path: folder)
      }
    }
  }

  @Test func `may have no bytes`() throws {
    let (error, path) = try error([])
    #expect(error == .empty(path: path))
  }

  @Test func `may be text`() throws {
    let (error, path) = try error(Array("This is not sound.\n".utf8))
    guard case .notAudio(path, let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(!reason.isEmpty)
  }

  /// A descriptor closed twice may belong to another thread the second time.
  @Test func `closes its own file and no other thread's`() throws {
    try withTemporaryFolder { folder in
      let (text, other) = (folder + "/a.wav", folder + "/other")
      for path in [text, other] {
        try Data("This is not sound.\n".utf8).write(to: URL(fileURLWithPath: path))
      }
      func file(_ descriptor: Int32) -> UInt64? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : nil
      }
      let before = open(other, O_RDONLY | O_CLOEXEC)
      defer { close(before) }
      let expected = try #require(file(before))
      let isOver = Mutex(false)
      let end = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        while !isOver.withLock({ $0 }) { _ = try? SoundFile(path: text) }
        end.signal()
      }
      // Files are opened in turn and closed together, so the lowest free descriptor is often one
      // that the other thread released.
      var (lost, greatest) = (0, before)
      for _ in 0..<200 {
        let opened = (0..<16).map { _ in
          usleep(50)
          return open(other, O_RDONLY | O_CLOEXEC)
        }
        greatest = max(greatest, opened.max() ?? 0)
        for descriptor in opened {
          if file(descriptor) == expected { close(descriptor) } else { lost += 1 }
        }
      }
      isOver.withLock { $0 = true }
      end.wait()
      #expect(lost == 0)
      // None of the thousands of opened files stayed open.
      #expect(greatest < before + 500)
    }
  }

  @Test func `may hold no samples`() throws {
    let (error, path) = try error(WaveFile(samples: []).bytes)
    #expect(error == .noSamples(path: path))
  }

  @Test func `may be cut short`() throws {
    let bytes = WaveFile(samples: tone(200, sampleRate: 16_000, seconds: 1)).bytes
    let (error, path) = try error(Array(bytes[..<20_044]))
    #expect(error == .truncated(path: path, expected: 32_000, found: 20_000, unit: "bytes"))
  }

  @Test func `may promise more than it holds`() throws {
    let file = WaveFile(
      samples: tone(200, sampleRate: 16_000, seconds: 1), promisedBytes: 64_000)
    let (error, path) = try error(file.bytes)
    #expect(error == .truncated(path: path, expected: 64_000, found: 32_012, unit: "bytes"))
  }

  @Test func `may leave its length open, and is then good`() throws {
    try withTemporaryFolder { folder in
      let samples = tone(200, sampleRate: 16_000, seconds: 1)
      let path = folder + "/a.wav"
      var file = WaveFile(samples: samples, promisedBytes: 0xffff_ffff)
      file.hasFillerChunk = true
      try file.write(to: path)
      #expect(try Recording.readMono(path: path).count >= samples.count)
    }
  }

  @Test func `may be FLAC cut short`() throws {
    let bytes = try withTemporaryFolder { folder in
      try writeFLAC(
        tone(200, sampleRate: 16_000, seconds: 2), sampleRate: 16_000, to: folder + "/a.flac")
      return try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/a.flac")))
    }
    let (error, path) = try error(Array(bytes[..<(bytes.count / 2)]), name: "a.flac")
    guard case .truncated(path, 32_000, let found, "frames") = error else {
      Issue.record("\(error)")
      return
    }
    #expect(found < 32_000)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func `may hold what is no number`(
    _ bad: Float
  ) throws {
    var samples = tone(200, sampleRate: 16_000, seconds: 1)
    samples[12_000] = bad
    let (error, path) = try error(WaveFile(encoding: .float32, samples: samples).bytes)
    #expect(error == .notFinite(path: path, frame: 12_000, rate: 16_000))
    #expect("\(error)".contains("0.75 s"))
  }

  @Test(arguments: [Float(1e20), -3e6]) func `may hold what is far beyond full scale`(
    _ bad: Float
  ) throws {
    var samples = tone(200, sampleRate: 16_000, seconds: 1)
    samples[12_000] = bad
    let (error, path) = try error(WaveFile(encoding: .float32, samples: samples).bytes)
    #expect(error == .implausible(path: path, frame: 12_000, rate: 16_000, value: bad))
    #expect("\(error)".contains("0.75 s") && "\(error)".contains("full scale ±1"))
  }

  /// +53 dBFS, and 16-bit integers that were never divided: unusual, but still sound.
  @Test(arguments: [Float(447), 32_768]) func `is good though far too loud`(gain: Float) throws {
    try withTemporaryFolder { folder in
      let samples = tone(200, sampleRate: 16_000, seconds: 1).map { gain * $0 }
      try WaveFile(encoding: .float32, samples: samples).write(to: folder + "/a.wav")
      #expect(try Recording.readMono(path: folder + "/a.wav") == samples)
    }
  }

  @Test func `may be silent`() throws {
    let (error, path) = try error(WaveFile(samples: Array(repeating: 0, count: 16_000)).bytes)
    #expect(error == .silent(path: path, peak: 0, cropped: nil))
  }

  @Test func `may be silent as far as it is looked at, which blames the setting`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.wav"
      let quiet = [Float](repeating: 0, count: 8_000)
      let samples = quiet + tone(200, sampleRate: 16_000, seconds: 1)
      try WaveFile(samples: samples).write(to: path)
      let error = #expect(throws: AudioError.self) {
        try Recording.readMono(path: path, maximumDuration: 0.25)
      }
      #expect(error == .silent(path: path, peak: 0, cropped: 0.25))
      #expect(error?.description.contains("signal.maximum_duration") == true)
      #expect(try Recording.readMono(path: path, maximumDuration: 1).count == 16_000)
    }
  }

  @Test func `may be sampled too seldom`() throws {
    let samples = tone(200, sampleRate: 2_000, seconds: 1)
    let (error, path) = try error(WaveFile(sampleRate: 2_000, samples: samples).bytes)
    #expect(error == .rateTooLow(path: path, rate: 2_000, lowest: 4_000))
  }
}
