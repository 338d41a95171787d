import Audio
import Files
import Foundation
import Settings
import Tensors
import TestSupport
import Testing

/// Kinds: property, by hand.
@Suite struct `A store of features` {
  /// Writes ten recordings of different lengths and returns them as sources.
  func sources(in folder: String) throws -> [FeatureStore.Source] {
    try (0..<10).map { index in
      let path = "\(folder)/\(index).wav"
      let samples = tone(
        100 + 37 * Double(index), sampleRate: 16_000, seconds: 0.3 + 0.07 * Double(index))
      try WaveFile(samples: samples).write(to: path)
      return FeatureStore.Source(id: "id-\(index)", path: path)
    }
  }
  func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  @Test func `holds what reading and extracting give`() throws {
    try withTemporaryFolder { folder in
      let sources = try sources(in: folder)
      var counts = [Int]()
      let store = try FeatureStore.openOrBuild(
        sources, folder: folder, key: "k", signal: pinnedSignal,
        features: pinnedFeatures(prosody: false),
        jobs: 2, progress: { counts.append($0) })
      #expect(store.ids == sources.map(\.id))
      #expect(counts == [8, 10])
      #expect(store.columns == 80 && store.sampleRate == 16_000 && store.count == 10)
      let extractor = FeatureExtractor(settings: pinnedFeatures(prosody: false), sampleRate: 16_000)
      for source in sources {
        let position = try #require(store.position(of: source.id))
        let samples = try Recording.readMono(path: source.path)
        #expect(store.withSamples(position, Array.init) == samples)
        #expect(store.withFeatures(position, Array.init) == extractor.features(of: samples).array)
        #expect(store.frameCount(position) == 1 + samples.count / 160)
        #expect(store.sampleCount(position) == samples.count)
      }
      #expect(store.position(of: "id-10") == nil)
    }
  }

  @Test func `has the same bytes whatever the number of jobs`() throws {
    try withTemporaryFolder { folder in
      let sources = try sources(in: folder)
      var signal = pinnedSignal
      for jobs in [1, 2, 7] {
        try FeatureStore.build(
          sources, path: "\(folder)/\(jobs)", signal: signal,
          features: pinnedFeatures(prosody: false),
          jobs: jobs)
      }
      #expect(try bytes("\(folder)/1") == bytes("\(folder)/2"))
      #expect(try bytes("\(folder)/1") == bytes("\(folder)/7"))
      signal.gain = .peak
      try FeatureStore.build(
        sources, path: "\(folder)/peak", signal: signal, features: pinnedFeatures(prosody: false),
        jobs: 1)
      #expect(try bytes("\(folder)/1") != bytes("\(folder)/peak"))
      #expect(try FeatureStore(path: "\(folder)/peak").withSamples(3) { $0.map(abs).max() } == 1)
    }
  }

  @Test func `is not made twice, and is made again when damaged`() throws {
    try withTemporaryFolder { folder in
      let sources = try sources(in: folder)
      func open() throws -> Bool {
        var isBuilt = false
        _ = try FeatureStore.openOrBuild(
          sources, folder: folder, key: "k", signal: pinnedSignal,
          features: pinnedFeatures(prosody: false),
          jobs: 1, progress: { _ in isBuilt = true })
        return isBuilt
      }
      #expect(try open())
      #expect(try !open())
      let path = FeatureStore.path(folder: folder, key: "k")
      let good = try bytes(path)
      try good.dropLast().write(to: URL(fileURLWithPath: path))
      #expect(try open())
      #expect(try bytes(path) == good)
      var changed = good
      changed[good.count / 2] ^= 1
      try changed.write(to: URL(fileURLWithPath: path))
      #expect(try open())
      #expect(try bytes(path) == good)
    }
  }

  @Test func `tells each kind of damage`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/k.store"
      try FeatureStore.build(
        try sources(in: folder), path: path, signal: pinnedSignal,
        features: pinnedFeatures(prosody: false), jobs: 1)
      let good = try bytes(path)
      func reason(_ change: (inout Data) -> Void) throws -> String {
        var data = good
        change(&data)
        try data.write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: AudioError.self) { try FeatureStore(path: path) }
        guard case .badStore(path, let reason) = error else { return "\(error)" }
        return reason
      }
      #expect(try reason { $0.removeLast(5) } == "\(good.count - 5) bytes, expected \(good.count)")
      #expect(try reason { $0 = $0.prefix(10) } == "10 bytes, expected at least 64")
      #expect(try reason { $0[0] = 0 } == "its first bytes are not those of a store")
      #expect(try reason { $0[8] = 9 } == "version 9, expected 2")
      #expect(try reason { $0[40] ^= 1 } == "its header or its index is damaged")
      #expect(try reason { $0[$0.count - 9] ^= 1 } == "its header or its index is damaged")
      #expect(try reason { $0[64] ^= 1 } == "its recording id-0 is damaged")
      #expect(
        try reason { $0[17] ^= 1 }.wholeMatch(of: /\d+ bytes, expected \d+/) != nil)
      #expect(try reason { $0[16...] = Data(repeating: 0xFF, count: 16) }.contains(" bytes, "))
      #expect(
        FeatureStore.problem(at: path)?.hasPrefix("\(path): not a usable store") == true)
      try good.write(to: URL(fileURLWithPath: path))
      #expect(FeatureStore.problem(at: path) == nil)
      #expect(FeatureStore.problem(at: folder)?.hasPrefix(folder) == true)
    }
  }

  @Test(arguments: [
    (#""samplesOffset":64"#, #""samplesOffset":9223372036854775807"#),
    (#""samplesOffset":64"#, #""samplesOffset":-64"#),
    (#""columns":80"#, #""columns":4611686018427387904"#),
    (#""columns":80"#, #""columns":-80"#),
    (#""columns":80"#, #""columns":2000000"#),
  ])
  func `with an index that was forged is refused`(honest: String, forged: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/k.store"
      try FeatureStore.build(
        try sources(in: folder), path: path, signal: pinnedSignal,
        features: pinnedFeatures(prosody: false), jobs: 1)
      let good = try bytes(path)
      let start = good[16..<24].reversed().reduce(0) { $0 << 8 | Int($1) }
      /// The file with another index and a matching digest.
      func file(_ change: (String) -> String) -> Data {
        let text = change(String(decoding: good[start...], as: UTF8.self))
        var header = good[..<24]
        withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { header.append(contentsOf: $0) }
        var digest = StreamedDigest()
        header.withUnsafeBytes { digest.add($0) }
        digest.add(text)
        return header + digest.bytes + good[64..<start] + Data(text.utf8)
      }
      #expect(file { $0 } == good)
      try file {
        #expect($0.contains(honest))
        return $0.replacing(honest, with: forged)
      }.write(to: URL(fileURLWithPath: path))
      #expect(
        throws: AudioError.badStore(
          path: path, reason: "its index refers to bytes beyond its end")
      ) { try FeatureStore(path: path) }
    }
  }

  @Test(.timeLimit(.minutes(30))) func `shows a change of any byte`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/k.store"
      // An odd number of samples, so that the recordings have padding between them.
      let sources = try (1...3).map { index in
        let path = "\(folder)/\(index).wav"
        try WaveFile(samples: tone(200, sampleRate: 16_000, seconds: 0.1 + 0.0011 * Double(index)))
          .write(to: path)
        return FeatureStore.Source(id: "\(index)", path: path)
      }
      try FeatureStore.build(
        sources, path: path, signal: pinnedSignal, features: pinnedFeatures(prosody: false), jobs: 1
      )
      let good = try bytes(path)
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      // All of the header, the start of the first recording and the index, and some bytes in
      // between.
      let samples = try 64 + 4 * FeatureStore(path: path).sampleCount(0)
      #expect(samples % 64 != 0)
      let places =
        Array(0..<128) + Array(samples - 8..<(samples + 63) / 64 * 64 + 8)
        + stride(from: 128, to: good.count, by: 89) + Array(good.count - 700..<good.count)
      for place in places {
        for byte in [good[place] ^ 0x80, good[place]] {
          try file.seek(toOffset: UInt64(place))
          try file.write(contentsOf: [byte])
          do throws(AudioError) {
            _ = try FeatureStore(path: path, threads: 1 + place % 2)
            #expect(byte == good[place], "a change of byte \(place) is not seen")
          } catch {
            guard case .badStore(path, _) = error, byte != good[place] else {
              Issue.record("byte \(place): \(error)")
              return
            }
          }
        }
      }
      #expect(try bytes(path) == good)
    }
  }

  @Test func `without recordings is one all the same`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/k.store"
      try FeatureStore.build(
        [], path: path, signal: pinnedSignal, features: pinnedFeatures(prosody: false), jobs: 1)
      #expect(try FeatureStore(path: path).count == 0)
    }
  }

  @Test func `names the first recording that is bad, and leaves nothing behind`() throws {
    try withTemporaryFolder { folder in
      var sources = try sources(in: folder)
      try Data().write(to: URL(fileURLWithPath: sources[4].path))
      sources[7] = FeatureStore.Source(id: "x", path: folder + "/none.wav")
      for jobs in [1, 3] {
        #expect(throws: AudioError.empty(path: sources[4].path)) {
          try FeatureStore.build(
            sources, path: folder + "/k.store", signal: pinnedSignal,
            features: pinnedFeatures(prosody: false), jobs: jobs)
        }
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.allSatisfy { $0.hasSuffix(".wav") })
    }
  }

  @Test func `cannot be written into a folder that is not there, or a full disk`() throws {
    try withTemporaryFolder { folder in
      let sources = try sources(in: folder)
      let path = folder + "/none/k.store"
      let error = try #require(throws: AudioError.self) {
        try FeatureStore.build(
          sources, path: path, signal: pinnedSignal, features: pinnedFeatures(prosody: false),
          jobs: 1)
      }
      #expect(error == .cannotWrite(path: path, reason: "No such file or directory"))
    }
  }

  /// The whole corpus. The test prints its figures.
  @Test(.enabled(if: hasRAVDESS, "needs ../shared/data"), .timeLimit(.minutes(30)))
  func `of RAVDESS is made in seconds`() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: ravdess16k)
      .filter { $0.hasSuffix(".flac") }.sorted()
    #expect(paths.count == 1_440)
    let sources = paths.map { FeatureStore.Source(id: $0, path: "\(ravdess16k)/\($0)") }
    try withTemporaryFolder { folder in
      for jobs in [1, 2] {
        let time = try ContinuousClock().measure {
          try FeatureStore.build(
            sources, path: "\(folder)/\(jobs).store", signal: pinnedSignal,
            features: pinnedFeatures(prosody: false), jobs: jobs)
        }
        let size = try bytes("\(folder)/\(jobs).store").count
        print("RAVDESS store, \(jobs) jobs: \(time), \(size) bytes")
      }
      #expect(try bytes(folder + "/1.store") == bytes(folder + "/2.store"))
      let opening = try ContinuousClock().measure {
        _ = try FeatureStore(path: folder + "/1.store")
      }
      print("opened in \(opening)")
    }
  }
}
