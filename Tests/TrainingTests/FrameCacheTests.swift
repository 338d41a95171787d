// Property: the cache returns frames with the bits they were computed with, for any order and
// company, and never uses a damaged file.
import Files
import Dispatch
import Foundation
import Models
import Settings
import Synchronization
import TestSupport
import Tensors
import Testing
import Threads
import Training

/// Makes frames of four samples each and counts the computed recordings.
private final class CountingSource: FrameSource {
  let fingerprint: String
  let preferredSamples: Int?
  let computed = Mutex<[Int]>([])

  init(_ fingerprint: String = "counting", preferredSamples: Int? = nil) {
    (self.fingerprint, self.preferredSamples) = (fingerprint, preferredSamples)
  }

  var columns: Int { 4 }
  func frameCount(samples: Int) -> Int { samples / 4 }
  func frames(of recordings: [[Float]], threads: Int) -> [Tensor] {
    computed.withLock { $0.append(recordings.count) }
    return recordings.map { samples in
      let count = samples.count / 4
      return Tensor(shape: [count, 4], values: samples.prefix(4 * count).map { $0 / 3 })
    }
  }
  var count: Int { computed.withLock { $0.reduce(0, +) } }
}

private func samples(_ index: Int) -> [Float] {
  (0..<40 + 7 * (index * 5 % 11)).map { Float($0 * (index + 1)) * 0.37 }
}

private func items(_ indices: some Sequence<Int>) -> [FrameCache.Item] {
  indices.map { index in FrameCache.Item(key: "recording \(index)") { samples(index) } }
}

private func cachedFiles(_ folder: String) -> [String] {
  let walk = FileManager.default.enumerator(atPath: folder)
  return (walk?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".frames") }.sorted()
    .map { folder + "/" + $0 }
}

@Suite struct `A cache of frames` {
  @Test(arguments: FramePrecision.allCases)
  func `computes once, and gives the same bits in any order`(precision: FramePrecision) throws {
    try withTemporaryFolder { folder in
      let source = CountingSource()
      let cache = try FrameCache(folder: folder, precision: precision)
      let first = try cache.frames(of: items(0..<100), from: source, threads: 2)
      #expect(source.count == 100 && cache.savings.computed == 100 && cache.savings.found == 0)
      let again = try FrameCache(folder: folder, precision: precision)
      let order = (0..<100).map { $0 * 37 % 100 }
      let second = try again.frames(of: items(order), from: source, threads: 1)
      #expect(second == order.map { first[$0] } && source.count == 100)
      #expect(again.savings.found == 100 && again.savings.bytes == cache.savings.bytes)
      let alone = source.frames(of: [samples(3)], threads: 1)[0]
      switch precision {
      case .float32: #expect(first[3] == alone)
      case .float16:
        #expect(first[3].array == alone.array.map { Float(Float16($0)) } && first[3] != alone)
      }
    }
  }

  @Test func `computes a recording once that is asked for twice`() throws {
    try withTemporaryFolder { folder in
      let source = CountingSource()
      let cache = try FrameCache(folder: folder, precision: .float32)
      let frames = try cache.frames(of: items([4, 4, 4]), from: source, threads: 1)
      #expect(source.count == 1 && frames[0] == frames[2])
    }
  }

  @Test func `confuses neither sources nor precisions nor recordings`() throws {
    try withTemporaryFolder { folder in
      let (one, other) = (CountingSource("one"), CountingSource("other"))
      let cache = try FrameCache(folder: folder, precision: .float32)
      let half = try FrameCache(folder: folder, precision: .float16)
      _ = try cache.frames(of: items(0..<5), from: one, threads: 1)
      _ = try cache.frames(of: items(0..<5), from: other, threads: 1)
      _ = try half.frames(of: items(0..<5), from: one, threads: 1)
      _ = try half.frames(of: items(5..<7), from: one, threads: 1)
      #expect(one.count == 12 && other.count == 5 && cachedFiles(folder).count == 17)
    }
  }

  @Test func `may be filled by several at once`() throws {
    try withTemporaryFolder { folder in
      let source = CountingSource()
      let results = try parallelMap(count: 4, threads: 4) { _ in
        try FrameCache(folder: folder, precision: .float32)
          .frames(of: items(0..<80), from: source, threads: 2)
      }
      #expect(results.allSatisfy { $0 == results[0] } && cachedFiles(folder).count == 80)
    }
  }

  @Test func `computes again what is damaged anywhere, and says so`() throws {
    try withTemporaryFolder { folder in
      let source = CountingSource()
      let cache = try FrameCache(folder: folder, precision: .float32)
      let frames = try cache.frames(of: items(0..<1), from: source, threads: 1)
      let path = try #require(cachedFiles(folder).first)
      let whole = try Data(contentsOf: URL(filePath: path))
      // The checksum covers the 8 bytes of seconds and the zeros after them too.
      var damaged = stride(from: 0, to: whole.count, by: 3).map { place in
        var data = whole
        data[place] ^= 0x10
        return data
      }
      damaged += [0, 1, 127, 128, whole.count - 1].map { whole.prefix($0) }
      damaged.append(whole + Data([0]))
      for (count, data) in damaged.enumerated() {
        try data.write(to: URL(filePath: path))
        let careful = try FrameCache(folder: folder, precision: .float32)
        #expect(try careful.frames(of: items(0..<1), from: source, threads: 1) == frames)
        #expect(source.count == count + 2 && careful.savings.warnings.count == 1)
        #expect(careful.savings.warnings.first?.hasPrefix(path) ?? false)
      }
    }
  }

  @Test func `refuses what half precision cannot hold`() throws {
    try withTemporaryFolder { folder in
      let cache = try FrameCache(folder: folder, precision: .float16)
      let loud = [FrameCache.Item(key: "loud") { [1e6, 0, 0, 0] }]
      #expect(throws: FrameCacheError.self) {
        try cache.frames(of: loud, from: CountingSource(), threads: 1)
      }
      #expect(cachedFiles(folder).isEmpty)
    }
  }

  @Test(arguments: FramePrecision.allCases, [Float.nan, .infinity])
  func `refuses frames that are not finite, and says whose`(
    precision: FramePrecision, value: Float
  ) throws {
    try withTemporaryFolder { folder in
      let cache = try FrameCache(folder: folder, precision: precision)
      let source = CountingSource()
      let bad = FrameCache.Item(key: "bad", name: "utterance 7") { [1, 2, 3, 4, 5, value, 7, 8] }
      for areMixtures in [false, true] {
        let error = #expect(throws: FrameCacheError.self) {
          try cache.frames(
            of: items(0..<1) + [bad], from: source, areMixtures: areMixtures, threads: 1)
        }
        #expect(
          error
            == .notFinite(
              name: "utterance 7",
              flaw: "1 of 8 numbers are not finite, the first in frame 1, column 1"))
      }
      #expect(cachedFiles(folder).count <= 1)
    }
  }

  @Test func `computes again what an earlier program kept although it was not finite`() throws {
    try withTemporaryFolder { folder in
      // A recording's frames with a NaN and a matching hash.
      let good = try FrameCache(folder: folder, precision: .float32)
      let source = CountingSource()
      _ = try good.frames(of: items(0..<1), from: source, threads: 1)
      let path = try #require(cachedFiles(folder).first)
      try poison(path)
      #expect(FrameCache.problem(at: path) == nil, "its hash must be right")
      let cache = try FrameCache(folder: folder, precision: .float32)
      let frames = try cache.frames(of: items(0..<1), from: source, threads: 1)
      #expect(source.count == 2 && frames[0].array.allSatisfy(\.isFinite))
      #expect(cache.savings.warnings.first?.contains("not finite, the first in frame 0") ?? false)
    }
  }

  /// Makes the first number of a file of frames NaN and updates its hash.
  private func poison(_ path: String) throws {
    var data = try Data(contentsOf: URL(filePath: path))
    withUnsafeBytes(of: Float.nan) { data.replaceSubrange(128..<132, with: $0) }
    var digest = StreamedDigest()
    data.prefix(64).withUnsafeBytes { digest.add($0) }
    digest.add(String((path as NSString).lastPathComponent.dropLast(".frames".count)))
    data.dropFirst(128).withUnsafeBytes { digest.add($0) }
    data.replaceSubrange(64..<128, with: Data(digest.hexadecimal.utf8))
    try data.write(to: URL(filePath: path))
  }

  @Test(arguments: FramePrecision.allCases)
  func `keeps mixtures within their budget, and gives the others the same bits`(
    precision: FramePrecision
  ) throws {
    try withTemporaryFolder { folder in
      let source = CountingSource()
      let wide = try FrameCache(folder: folder + "/wide", precision: precision)
      let whole = try wide.frames(of: items(0..<9), from: source, areMixtures: true, threads: 1)
      let half = wide.savings.mixtureBytes / 2
      let narrow = try FrameCache(
        folder: folder + "/narrow", precision: precision, mixtureBudget: half)
      let some = try narrow.frames(of: items(0..<9), from: source, areMixtures: true, threads: 1)
      #expect(some == whole && narrow.savings.computed == 9)
      let kept = cachedFiles(folder + "/narrow").count
      #expect((1...8).contains(kept) && narrow.savings.notKept == 9 - kept)
      #expect(narrow.savings.mixtureBytes <= half)
      // The budget does not apply to recordings.
      let none = try FrameCache(
        folder: folder + "/none", precision: precision, mixtureBudget: 0)
      #expect(try none.frames(of: items(0..<9), from: source, threads: 1) == whole)
      #expect(cachedFiles(folder + "/none").count == 9 && none.savings.notKept == 0)
    }
  }

  @Test func `says where it cannot be written`() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/file"
      try Data().write(to: URL(filePath: file))
      #expect(throws: FileError.self) {
        try FrameCache(folder: file + "/frames", precision: .float32)
      }
    }
  }

  @Test(arguments: FramePrecision.allCases, [1, 3])
  func `has the same frames from a device, which computes while others read and write`(
    precision: FramePrecision, threads: Int
  ) throws {
    try withTemporaryFolder { folder in
      let whole = try FrameCache(folder: folder + "/cpu", precision: precision)
        .frames(of: items(0..<200), from: CountingSource(), threads: threads)
      let device = CountingSource(preferredSamples: 1_500_000)
      let cache = try FrameCache(folder: folder + "/device", precision: precision)
      #expect(try cache.frames(of: items(0..<200), from: device, threads: threads) == whole)
      #expect(device.count == 200 && cache.savings.computed == 200)
      func names(_ folder: String) -> [String] {
        cachedFiles(folder).map { ($0 as NSString).lastPathComponent }
      }
      #expect(names(folder + "/device") == names(folder + "/cpu"))
      #expect(try cache.frames(of: items(0..<200), from: device, threads: threads) == whole)
      #expect(device.count == 200)
    }
  }

  /// The first call waits for a recording of the second window, which only a thread beside it can
  /// read.
  @Test func `is filled by a device while the next recordings are read`() throws {
    try withTemporaryFolder { folder in
      let begun = DispatchSemaphore(value: 0)
      // The cache starts at either window.
      let read = ReadWindows(begun)
      let watched = (0..<128).map { index in
        FrameCache.Item(key: "recording \(index)") {
          read.add(index / 64)
          return samples(index)
        }
      }
      let source = WaitingSource(begun)
      let cache = try FrameCache(folder: folder, precision: .float32)
      #expect(try cache.frames(of: watched, from: source, threads: 1).count == 128)
      #expect(source.hasWaited)
    }
  }

  @Test func `keeps what a device had computed before it failed, and computes only the rest`()
    throws
  {
    try withTemporaryFolder { folder in
      let cache = try FrameCache(folder: folder, precision: .float32)
      let bad = FrameCache.Item(key: "bad") { [.nan, 2, 3, 4] }
      let source = CountingSource(preferredSamples: 100)
      #expect(throws: FrameCacheError.self) {
        try cache.frames(of: items(0..<150) + [bad], from: source, threads: 2)
      }
      let kept = cachedFiles(folder).count
      let (again, rest) = (
        try FrameCache(folder: folder, precision: .float32), CountingSource(preferredSamples: 100)
      )
      let frames = try again.frames(of: items(0..<150), from: rest, threads: 2)
      #expect(rest.count == 150 - kept && again.savings.found == kept)
      let plain = try FrameCache(folder: folder + "/plain", precision: .float32)
      #expect(try plain.frames(of: items(0..<150), from: CountingSource(), threads: 1) == frames)
    }
  }
}

/// Signals when recordings of two windows have been read.
private final class ReadWindows: Sendable {
  private let signal: DispatchSemaphore
  private let windows = Mutex(Set<Int>())

  init(_ signal: DispatchSemaphore) { self.signal = signal }

  func add(_ window: Int) {
    let isSecond = windows.withLock { $0.insert(window).inserted && $0.count == 2 }
    if isSecond { signal.signal() }
  }
}

/// A source on a device whose first call waits for a signal.
private final class WaitingSource: FrameSource {
  private let signal: DispatchSemaphore
  private let state = Mutex((calls: 0, hasWaited: false))

  init(_ signal: DispatchSemaphore) { self.signal = signal }

  var hasWaited: Bool { state.withLock { $0.hasWaited } }
  var columns: Int { 4 }
  var fingerprint: String { "waiting" }
  var preferredSamples: Int? { 1_500_000 }
  func frameCount(samples: Int) -> Int { samples / 4 }
  func frames(of recordings: [[Float]], threads: Int) throws -> [Tensor] {
    let isFirst = state.withLock { state in
      state.calls += 1
      return state.calls == 1
    }
    if isFirst {
      // The limit only keeps a failure from lasting for ever.
      let waited = signal.wait(timeout: .now() + 60) == .success
      state.withLock { $0.hasWaited = waited }
    }
    return recordings.map {
      Tensor(shape: [$0.count / 4, 4], values: Array($0.prefix($0.count / 4 * 4)))
    }
  }
}
