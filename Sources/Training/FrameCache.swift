// Frames of recordings, computed once and kept on disk. All folds, seeds, variants and processes
// that read the same recording through the same source share them.
//
// The key of a file covers everything its frames depend on: source, recording and precision. The
// cache therefore never holds stale frames. Several processes may fill it, because each file is
// written completely or not at all. An interrupted filling continues where it stopped.
import Files
import Foundation
package import Models
package import Settings
import Synchronization
package import Tensors
import Threads

/// A folder of frames.
package final class FrameCache: Sendable {
  /// A recording, or a mixture of two.
  package struct Item: Sendable {
    let key: String
    let name: String
    let samples: @Sendable () throws -> [Float]

    /// - Parameters:
    ///   - key: changes with anything that changes the samples, for example their hash.
    ///   - name: the item's name in errors, such as `utterance 03-01-01`. The default is the key.
    ///   - samples: reads or makes the samples. Called once, and only if the frames must be
    ///     computed.
    package init(
      key: String, name: String? = nil, samples: @escaping @Sendable () throws -> [Float]
    ) {
      (self.key, self.name, self.samples) = (key, name ?? key, samples)
    }
  }

  package let folder: String
  package let precision: FramePrecision
  /// The bytes of mixtures' frames that may be written. Frames beyond this budget are computed at
  /// each use.
  private let mixtureBudget: Int
  private let tally = Mutex(Savings())

  /// What the cache has saved since it was opened.
  package var savings: Savings { tally.withLock { $0 } }

  /// Opens the cache in `folder` and creates the folder if it does not exist.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package init(
    folder: String, precision: FramePrecision, mixtureBudget: Int = Int.max
  ) throws {
    try makeFolder(folder)
    self.folder = folder
    self.precision = precision
    self.mixtureBudget = mixtureBudget
  }

  /// Returns the frames of each item, `[frames, source.columns]`. Intact frames are read from disk;
  /// all others are computed and stored. The bits are the same in both cases, and do not depend on
  /// the other items or their order.
  ///
  /// `float32` frames stay in their mapped files and take no memory of the process.
  ///
  /// - Parameters:
  ///   - areMixtures: whether storing the frames counts against the budget for mixtures.
  ///   - threads: the number of threads that compute and check.
  /// - Throws: `FileError`, `FrameCacheError`, and errors of reading samples.
  package func frames(
    of items: [Item], from source: any FrameSource, areMixtures: Bool = false, threads: Int
  ) throws -> [Tensor] {
    let place = Place(folder: folder, source: source.fingerprint, precision: precision)
    let keys = items.map { place.key(of: $0.key) }
    var found: [String: Tensor] = [:]
    var missing: [Request] = []
    var seen: Set<String> = []
    let requests = zip(keys, items).filter { seen.insert($0.0).inserted }.map(Request.init)
    for (request, frames) in zip(
      requests, try lookUp(requests, source, in: place, threads: threads))
    {
      if let frames { found[request.key] = frames } else { missing.append(request) }
    }
    if !missing.isEmpty {
      try place.make()
      try compute(missing, source, in: place, areMixtures, threads: threads) { found[$0] = $1 }
    }
    return keys.compactMap { found[$0] }
  }

  /// Returns the frames of mixtures without looking for them on disk and without storing them. The
  /// bits are those that `frames` gives.
  ///
  /// - Throws: `FrameCacheError`, errors of the source.
  func framesNotKept(
    of mixtures: [[Float]], from source: any FrameSource, threads: Int
  ) throws -> [Tensor] {
    guard !mixtures.isEmpty else { return [] }
    let start = Date()
    let frames = try source.frames(of: mixtures, threads: threads)
    let seconds = Date().timeIntervalSince(start) / Double(mixtures.count)
    let checked = try parallelMap(count: frames.count, threads: threads) { index in
      if let flaw = source.flaw(of: frames[index]) {
        throw FrameCacheError.notFinite(name: Self.mixtureName, flaw: flaw)
      }
      return try rounded(frames[index], Self.mixtureName)
    }
    tally.withLock { tally in
      for _ in mixtures { tally.add(passing: seconds) }
    }
    return checked
  }

  /// The name of a mixture in errors.
  static let mixtureName = "a mixture of two utterances"

  /// Returns frames with the rounding of a file.
  ///
  /// - Parameter name: the place of the frames, for errors.
  private func rounded(_ frames: Tensor, _ name: String) throws -> Tensor {
    guard precision == .float16 else { return frames }
    guard frames.array.allSatisfy({ abs($0) < 65_520 }) else {
      throw FrameCacheError.outOfRange(path: name)
    }
    return frames.roundedToHalf
  }

  /// An item with the key of its file.
  struct Request: Sendable {
    let key: String
    let item: Item
  }

  /// Returns the frames of the requests whose files exist and are intact. Sets damaged files aside.
  func lookUp(
    _ requests: [Request], _ source: any FrameSource, in place: Place, threads: Int
  ) throws -> [Tensor?] {
    try parallelMap(count: requests.count, threads: threads) { index in
      let key = requests[index].key
      let path = place.path(of: key)
      guard access(path, F_OK) == 0 else { return nil as Tensor? }
      do {
        let file = try FrameCacheFile(path: path, key: key, precision: precision)
        if let flaw = source.flaw(of: file.frames) { throw FrameCacheFile.Damage(problem: flaw) }
        tally.withLock { $0.add(found: file) }
        return file.frames
      } catch let damage as FrameCacheFile.Damage {
        try setAside(path, damage)
        return nil
      }
    }
  }

  /// Renames a damaged file and adds a warning.
  private func setAside(_ path: String, _ damage: FrameCacheFile.Damage) throws {
    let warning = "\(path) \(damage.problem); set aside as .damaged and computed again"
    guard rename(path, path + ".damaged") == 0 || errno == ENOENT else {
      throw FileError.damaged(
        path: path, problem: damage.problem, remedy: "remove it yourself: its folder is read-only")
    }
    tally.withLock { $0.warnings.append(warning) }
    writeMessage("reprise: warning: \(warning)\n")
  }

  /// Writes frames, unless they belong to a mixture and the budget is spent. Returns them with the
  /// rounding of the file, whether or not they were written.
  func keep(
    _ frames: Tensor, seconds: Double, _ key: String, in place: Place, _ isMixture: Bool
  ) throws -> Tensor {
    let path = place.path(of: key)
    let size = FrameCacheFile.headerSize + frames.count * precision.bytes
    let filed = try rounded(frames, path)
    let isKept = tally.withLock { tally in
      !isMixture || tally.reserve(size, of: mixtureBudget)
    }
    guard isKept else {
      tally.withLock { $0.add(passing: seconds) }
      return filed
    }
    try makeFolder(place.folder(of: key))
    try FrameCacheFile.write(frames, seconds: seconds, to: path, key: key, precision: precision)
    do {
      let file = try FrameCacheFile(path: path, key: key, precision: precision)
      tally.withLock { $0.add(computed: file) }
      return file.frames
    } catch let damage as FrameCacheFile.Damage {
      throw FileError.damaged(
        path: path, problem: "just written, " + damage.problem, remedy: "check the disk")
    }
  }
}
