// Frames of recordings, computed once and kept on disk for every fold, seed, variant and process
// that reads the same recording through the same source.
//
// A file is found by what its frames were computed from: source, recording and precision. So the
// cache never goes stale; it is safe to fill from several processes, which write whole files or
// none; and an interrupted filling goes on where it stopped.
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
  package struct Item {
    let key: String
    let name: String
    let samples: () throws -> [Float]

    /// - Parameters:
    ///   - key: changes with anything that changes the samples, such as their hash.
    ///   - name: what to call it in errors, such as `utterance 03-01-01`; the key by default.
    ///   - samples: reads or makes them; called once where their frames have to be computed.
    package init(key: String, name: String? = nil, samples: @escaping () throws -> [Float]) {
      (self.key, self.name, self.samples) = (key, name ?? key, samples)
    }
  }

  package let folder: String
  package let precision: FramePrecision
  /// Bytes of mixtures' frames that may be written; what is beyond is computed whenever it is
  /// drawn.
  private let mixtureBudget: Int
  private let tally = Mutex(Savings())

  /// What the cache did since it was made.
  package var savings: Savings { tally.withLock { $0 } }

  /// Opens the cache in `folder`, which is made if need be.
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

  /// Returns the frames of each item, `[frames, source.columns]`: from disk where they are there
  /// and intact, else computed and kept. The bits are the same either way, whatever else is asked
  /// for and in whatever order.
  ///
  /// In `float32` they stay in their files and take no memory of the process's own.
  ///
  /// - Parameters:
  ///   - areMixtures: whether the items' frames are kept only while the budget for mixtures lasts.
  ///   - threads: how many compute and check.
  /// - Throws: `FileError`; `FrameCacheError`; what reading samples throws.
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

  /// An item under its file's key.
  private struct Request {
    let key: String
    let item: Item
  }

  /// Returns the frames of those requests whose files are there; damaged files are set aside.
  private func lookUp(
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

  /// Keeps a damaged file under another name, and says so.
  private func setAside(_ path: String, _ damage: FrameCacheFile.Damage) throws {
    let warning = "\(path) \(damage.problem); set aside as .damaged and computed again"
    guard rename(path, path + ".damaged") == 0 || errno == ENOENT else {
      throw FileError.damaged(
        path: path, problem: damage.problem, remedy: "remove it: its folder cannot be changed")
    }
    tally.withLock { $0.warnings.append(warning) }
    writeMessage("reprise: warning: \(warning)\n")
  }

  /// Computes and keeps the frames of `requests`, and hands each over under its key.
  ///
  /// Processes that miss the same recordings begin at different places and take over what others
  /// have finished meanwhile, so that they share the work without waiting for one another.
  private func compute(
    _ requests: [Request], _ source: any FrameSource, in place: Place, _ areMixtures: Bool,
    threads: Int, _ finish: (String, Tensor) -> Void
  ) throws {
    let starts = Array(stride(from: 0, to: requests.count, by: Self.window))
    let first = Int.random(in: starts.indices)
    for start in starts[first...] + starts[..<first] {
      let window = Array(requests[start..<min(start + Self.window, requests.count)])
      var missing: [(request: Request, samples: [Float])] = []
      for (request, frames) in zip(window, try lookUp(window, source, in: place, threads: threads))
      {
        if let frames {
          finish(request.key, frames)
        } else {
          missing.append((request, try request.item.samples()))
        }
      }
      missing.sort { ($0.samples.count, $0.request.key) < ($1.samples.count, $1.request.key) }
      for group in Self.groups(missing.map(\.samples.count)) {
        let group = missing[group]
        let start = Date()
        let frames = source.frames(of: group.map(\.samples), threads: threads)
        let seconds = Date().timeIntervalSince(start)
        let samples = group.reduce(0) { $0 + $1.samples.count }
        for (entry, frames) in zip(group, frames) {
          if let flaw = source.flaw(of: frames) {
            throw FrameCacheError.notFinite(name: entry.request.item.name, flaw: flaw)
          }
          let share = seconds * Double(entry.samples.count) / Double(max(samples, 1))
          let kept = try keep(
            frames, seconds: share, entry.request.key, in: place, areMixtures)
          finish(entry.request.key, kept)
        }
      }
    }
  }

  /// Writes frames, unless they are a mixture's and its budget is spent, and returns them as the
  /// file gives them back or would.
  private func keep(
    _ frames: Tensor, seconds: Double, _ key: String, in place: Place, _ isMixture: Bool
  ) throws -> Tensor {
    let path = place.path(of: key)
    let size = FrameCacheFile.headerSize + frames.count * precision.bytes
    if precision == .float16, frames.array.contains(where: { abs($0) >= 65_520 }) {
      throw FrameCacheError.outOfRange(path: path)
    }
    let isKept = tally.withLock { tally in
      !isMixture || tally.reserve(size, of: mixtureBudget)
    }
    guard isKept else {
      tally.withLock { $0.add(passing: seconds) }
      return precision == .float32 ? frames : frames.roundedToHalf
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

  /// Recordings that are read at once.
  private static let window = 64
  /// Samples that are computed at once: 60 s at 16 kHz.
  private static let groupSize = 60 * 16_000

  /// Returns ranges of successive recordings that together are no longer than a group, or are one.
  static func groups(_ lengths: [Int]) -> [Range<Int>] {
    var (groups, start, size) = ([Range<Int>](), 0, 0)
    for (index, length) in lengths.enumerated() {
      if index > start, size + length > groupSize {
        groups.append(start..<index)
        (start, size) = (index, 0)
      }
      size += length
    }
    return start < lengths.count ? groups + [start..<lengths.count] : groups
  }
}
