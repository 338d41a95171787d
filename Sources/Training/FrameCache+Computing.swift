// Computes the frames that a cache lacks and stores them. A device computes one group of recordings
// while the next is read and the last is written. The CPU does one thing after the other.
import Foundation
import Models
import Synchronization
import Tensors
import Threads

extension FrameCache {
  /// A part of the work on its way from the disk to the source and back.
  private enum Part: Sendable {
    /// Frames that another process has stored in the meantime.
    case found([(key: String, frames: Tensor)])
    case read([(request: Request, samples: [Float])])
    /// - Parameter seconds: the time that computing took.
    case computed([(request: Request, samples: [Float])], [Tensor], seconds: Double)
  }

  /// Computes and stores the frames of `requests` and passes each to the caller under its key.
  ///
  /// Processes that miss the same recordings start at different places and use the frames that
  /// others have finished. So they share the work without waiting for one another.
  func compute(
    _ requests: [Request], _ source: any FrameSource, in place: Place, _ areMixtures: Bool,
    threads: Int, _ finish: (String, Tensor) -> Void
  ) throws {
    let isDevice = source.preferredSamples != nil
    let windows = Windows(of: requests.count)
    let reading = LookAhead<Result<Part, any Error>>(onThread: isDevice) { _ in
      windows.next().map { window in
        do {
          return try self.read(Array(requests[window]), source, in: place, threads: threads)
            .map(Result.success)
        } catch {
          return [.failure(error)]
        }
      }
    }
    let computing = LookAhead<Result<Part, any Error>>(onThread: isDevice) { _ in
      reading.next().map { part in
        [Result { try self.compute(part.get(), source, threads: threads) }]
      }
    }
    // The second thread waits for the first, so it ends first.
    defer {
      computing.stop()
      reading.stop()
    }
    while let part = computing.next() {
      switch try part.get() {
      case .found(let found): for (key, frames) in found { finish(key, frames) }
      case .read: break
      case .computed(let entries, let frames, let seconds):
        let kept = try store(
          entries, frames, seconds: seconds, source, in: place, areMixtures, threads: threads)
        for (entry, frames) in zip(entries, kept) { finish(entry.request.key, frames) }
      }
    }
  }

  /// Reads the recordings of a window, in groups to be computed together.
  private func read(
    _ window: [Request], _ source: any FrameSource, in place: Place, threads: Int
  ) throws -> [Part] {
    let stored = try lookUp(window, source, in: place, threads: threads)
    let found = zip(window, stored).compactMap { request, frames in
      frames.map { (key: request.key, frames: $0) }
    }
    let left = zip(window, stored).filter { $0.1 == nil }.map(\.0)
    var missing = try parallelMap(count: left.count, threads: threads) { index in
      (request: left[index], samples: try left[index].item.samples())
    }
    missing.sort { ($0.samples.count, $0.request.key) < ($1.samples.count, $1.request.key) }
    let limit = max(Self.groupSize, source.preferredSamples ?? 0)
    return [.found(found)]
      + Self.groups(missing.map(\.samples.count), limit: limit).map { .read(Array(missing[$0])) }
  }

  /// Computes the frames of a group that was read.
  private func compute(_ part: Part, _ source: any FrameSource, threads: Int) throws -> Part {
    guard case .read(let entries) = part else { return part }
    let start = Date()
    let frames = try source.frames(of: entries.map(\.samples), threads: threads)
    return .computed(entries, frames, seconds: Date().timeIntervalSince(start))
  }

  /// Checks and stores the frames of a group. Returns them with the rounding of their files.
  private func store(
    _ entries: [(request: Request, samples: [Float])], _ frames: [Tensor], seconds: Double,
    _ source: any FrameSource, in place: Place, _ areMixtures: Bool, threads: Int
  ) throws -> [Tensor] {
    let samples = entries.reduce(0) { $0 + $1.samples.count }
    return try parallelMap(count: min(entries.count, frames.count), threads: threads) { index in
      let entry = entries[index]
      if let flaw = source.flaw(of: frames[index]) {
        throw FrameCacheError.notFinite(name: entry.request.item.name, flaw: flaw)
      }
      let share = seconds * Double(entry.samples.count) / Double(max(samples, 1))
      return try keep(frames[index], seconds: share, entry.request.key, in: place, areMixtures)
    }
  }

  /// The number of recordings read at once.
  static let window = 64
  /// The number of samples computed at once: 60 s at 16 kHz.
  static let groupSize = 60 * 16_000

  /// Divides successive recordings into groups. A group is no longer than the limit or holds one
  /// recording.
  static func groups(_ lengths: [Int], limit: Int = groupSize) -> [Range<Int>] {
    var (groups, start, size) = ([Range<Int>](), 0, 0)
    for (index, length) in lengths.enumerated() {
      if index > start, size + length > limit {
        groups.append(start..<index)
        (start, size) = (index, 0)
      }
      size += length
    }
    return start < lengths.count ? groups + [start..<lengths.count] : groups
  }
}

/// The windows of a list of requests, from a random one on.
private final class Windows: Sendable {
  private let left: Mutex<[Range<Int>]>

  init(of count: Int) {
    let windows = stride(from: 0, to: count, by: FrameCache.window).map {
      $0..<min($0 + FrameCache.window, count)
    }
    let first = windows.isEmpty ? 0 : Int.random(in: windows.indices)
    left = Mutex((windows[first...] + windows[..<first]).reversed())
  }

  func next() -> Range<Int>? { left.withLock { $0.popLast() } }
}
