// Writes a store. Several threads read a few recordings at a time. They are written in their given
// order, so the bytes do not depend on the number of threads.
import Files
import Foundation
package import Settings
import Tensors
import Threads

extension FeatureStore {
  /// A recording to store.
  package struct Source: Sendable, Equatable {
    package let id: String
    package let path: String
    package init(id: String, path: String) {
      self.id = id
      self.path = path
    }
  }

  /// Returns the path of the store called `key` in `folder`.
  package static func path(folder: String, key: String) -> String { "\(folder)/\(key).store" }

  /// Opens the store called `key`. Builds it first if it is missing or damaged.
  ///
  /// - Parameters:
  ///   - sources: the recordings, in the order of the store; ids must differ.
  ///   - folder: an existing folder.
  ///   - key: a name that changes with anything that changes the contents.
  ///   - signal: rate, crop and gain of the recordings.
  ///   - jobs: threads that read recordings or check the store, at least 1.
  ///   - progress: called with the number of recordings written so far, in order.
  /// - Throws: `AudioError`: the error of the first recording, in order, that cannot be read, or
  ///   `.cannotWrite`. No partial store is left behind.
  package static func openOrBuild(
    _ sources: [Source], folder: String, key: String, signal: SignalSettings,
    features: FeatureSettings, jobs: Int, progress: (Int) -> Void = { _ in }
  ) throws -> FeatureStore {
    let path = path(folder: folder, key: key)
    do {
      return try FeatureStore(path: path, threads: jobs)
    } catch AudioError.missing, AudioError.badStore {
      try build(
        sources, path: path, signal: signal, features: features, jobs: jobs, progress: progress)
      return try FeatureStore(path: path, threads: jobs)
    }
  }

  /// Writes a store to `path`, completely or not at all. The arguments are those of `openOrBuild`.
  package static func build(
    _ sources: [Source], path: String, signal: SignalSettings, features: FeatureSettings, jobs: Int,
    progress: (Int) -> Void = { _ in }
  ) throws {
    _ = try build(
      sources, path: path, signal: signal, features: features, jobs: jobs, listens: false,
      progress: progress)
  }

  /// The same, and also returns the digest of each recording's sound.
  package static func buildListening(
    _ sources: [Source], path: String, signal: SignalSettings, features: FeatureSettings, jobs: Int,
    progress: (Int) -> Void = { _ in }
  ) throws -> [SoundDigest] {
    try build(
      sources, path: path, signal: signal, features: features, jobs: jobs, listens: true,
      progress: progress)
  }

  private static func build(
    _ sources: [Source], path: String, signal: SignalSettings, features: FeatureSettings, jobs: Int,
    listens: Bool, progress: (Int) -> Void
  ) throws -> [SoundDigest] {
    precondition(jobs >= 1, "\(jobs) jobs, needs at least 1")
    precondition(Set(sources.map(\.id)).count == sources.count, "ids of a store must differ")
    do {
      return try write(
        sources, path: path, signal, features, jobs: jobs, listens: listens, progress)
    } catch FileError.cannotWrite(let path, let reason) {
      throw AudioError.cannotWrite(path: path, reason: reason)
    }
  }

  private static func write(
    _ sources: [Source], path: String, _ signal: SignalSettings, _ features: FeatureSettings,
    jobs: Int, listens: Bool, _ progress: (Int) -> Void
  ) throws -> [SoundDigest] {
    let extractor = FeatureExtractor(settings: features, sampleRate: signal.sampleRate)
    var file = try StoreFile(path: path)
    try file.skip(to: headerSize)
    _ = file.takeDigest()  // The header has its own digest.
    var entries = [Entry]()
    var sounds = [SoundDigest]()
    let chunk = 4 * jobs
    for start in stride(from: 0, to: sources.count, by: chunk) {
      let group = Array(sources[start..<min(start + chunk, sources.count)])
      for (source, result) in zip(
        group, read(group, signal, extractor, jobs: jobs, listens: listens))
      {
        let item = try result.get()
        if let sound = item.sound { sounds.append(sound) }
        let samplesOffset = try file.append(item.samples)
        let featuresOffset = try item.features.withUnsafeBuffer { try file.append($0) }
        entries.append(
          Entry(
            id: source.id, samples: item.samples.count, samplesOffset: samplesOffset,
            frames: item.features.rows, featuresOffset: featuresOffset, digest: file.takeDigest()))
      }
      progress(entries.count)
    }
    let index = Index(
      columns: extractor.columns, sampleRate: signal.sampleRate, entries: entries)
    try file.finish(index: index)
    return sounds
  }

  /// Reads some recordings in parallel. Returns each recording or its error, in order.
  private static func read(
    _ sources: [Source], _ signal: SignalSettings, _ extractor: FeatureExtractor, jobs: Int,
    listens: Bool
  ) -> [Result<Item, AudioError>] {
    parallelMap(count: sources.count, threads: jobs) { index in
      Result { () throws(AudioError) in
        try Item(
          path: sources[index].path, signal: signal, extractor: extractor, listens: listens)
      }
    }
  }

  /// A recording to be written into the store.
  private struct Item: Sendable {
    let samples: [Float]
    let features: Tensor
    let sound: SoundDigest?

    init(
      path: String, signal: SignalSettings, extractor: FeatureExtractor, listens: Bool
    ) throws(AudioError) {
      var (samples, sound) = try Recording.read(path: path, signal: signal, listens: listens)
      Recording.prepare(&samples, signal)
      self.sound = sound
      self.samples = samples
      features = extractor.features(of: samples)
    }
  }
}

/// A store being written.
private struct StoreFile: ~Copyable {
  private var file: AtomicFile
  private var digest = StreamedDigest()

  init(path: String) throws { file = try AtomicFile(path) }

  /// Writes zeros up to `offset`.
  mutating func skip(to offset: Int) throws {
    let zeros = [UInt8](repeating: 0, count: offset - file.size)
    try zeros.withUnsafeBytes { try write($0) }
  }

  /// Writes values at the next multiple of 64 bytes and returns their offset.
  mutating func append(_ values: UnsafeBufferPointer<Float>) throws -> Int {
    try skip(to: (file.size + 63) / 64 * 64)
    let start = file.size
    try write(UnsafeRawBufferPointer(values))
    return start
  }

  mutating func append(_ values: [Float]) throws -> Int {
    try values.withUnsafeBufferPointer { try append($0) }
  }

  /// Returns the digest of everything written since the last call.
  mutating func takeDigest() -> String {
    defer { digest = StreamedDigest() }
    return digest.hexadecimal
  }

  /// Writes the index and the header, waits for the disk, and renames the file.
  mutating func finish(index: FeatureStore.Index) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let json = try? encoder.encode(index) else {
      throw AudioError.cannotWrite(path: file.path, reason: "its index cannot be encoded as JSON")
    }
    let text = [UInt8](json)
    let start = file.size
    try text.withUnsafeBytes { try write($0) }
    var header = FeatureStore.magic
    func append(_ word: UInt64) {
      header += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
    append(FeatureStore.version)
    append(UInt64(start))
    append(UInt64(text.count))
    header += header.withUnsafeBytes { header in
      text.withUnsafeBytes { FeatureStore.digest(ofHeader: header, index: $0) }
    }
    try header.withUnsafeBytes { try file.overwrite($0, at: 0) }
    try file.finish()
  }

  private mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    try file.write(bytes)
    digest.add(bytes)
  }
}
