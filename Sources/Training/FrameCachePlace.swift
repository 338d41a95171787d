// The folder of one source's frames in a cache, its errors and its savings.
import Files
import Foundation
import Settings

extension FrameCache {
  /// The folder of one source's frames.
  struct Place {
    let folder: String
    let source: String
    let precision: FramePrecision

    /// - Parameter source: the fingerprint of the source.
    init(folder: String, source: String, precision: FramePrecision) {
      self.folder = folder + "/" + sha256(source).prefix(32)
      self.source = source
      self.precision = precision
    }

    /// Returns the name of a recording's file. It identifies the file's content.
    func key(of recording: String) -> String {
      // The lengths come first, so that two different triples never give the same text.
      let parts = [source, recording, precision.rawValue]
      return sha256(parts.map { "\($0.utf8.count):\($0)" }.joined())
    }

    func folder(of key: String) -> String { "\(folder)/\(key.prefix(2))" }
    func path(of key: String) -> String { "\(folder(of: key))/\(key).frames" }

    /// Creates the folder and writes the source's fingerprint into it as text for people.
    func make() throws {
      try makeFolder(folder)
      let name = folder + "/source.txt"
      if access(name, F_OK) != 0 { try Data((source + "\n").utf8).writeAtomically(to: name) }
    }
  }

  /// What a cache has saved.
  package struct Savings: Sendable, Equatable {
    /// The number of recordings found on disk, and the number computed.
    package private(set) var found = 0, computed = 0
    /// The time spent computing.
    package private(set) var seconds = 0.0
    /// The bytes of the files found and written.
    package private(set) var bytes = 0
    /// The time that computing the found frames once took.
    package private(set) var secondsSaved = 0.0
    /// The bytes of mixtures' frames written, and the number of mixtures not stored.
    package private(set) var mixtureBytes = 0, notKept = 0
    /// The problems of files that were set aside.
    package internal(set) var warnings: [String] = []

    package init() {}

    mutating func add(found file: FrameCacheFile) {
      (found, bytes) = (found + 1, bytes + file.bytes)
      secondsSaved += file.seconds
    }

    /// Takes `size` bytes out of the budget for mixtures. Returns false if too few are left.
    mutating func reserve(_ size: Int, of budget: Int) -> Bool {
      guard size <= budget - mixtureBytes else { return false }
      mixtureBytes += size
      return true
    }

    /// Counts frames that are computed but not stored.
    mutating func add(passing seconds: Double) {
      computed += 1
      notKept += 1
      self.seconds += seconds
    }

    mutating func add(computed file: FrameCacheFile) {
      (computed, bytes) = (computed + 1, bytes + file.bytes)
      seconds += file.seconds
    }
  }
}

/// Frames that cannot be stored.
package enum FrameCacheError: Error, Equatable, CustomStringConvertible {
  /// A number exceeds the range of half precision.
  case outOfRange(path: String)
  /// The network returned infinite numbers or NaN.
  case notFinite(name: String, flaw: String)

  package var description: String {
    switch self {
    case .outOfRange(let path):
      "\(path): cannot be written in float16: a number is beyond 65504; keep float32"
    case .notFinite(let name, let flaw):
      "\(name): the frames of the backbone cannot be used: \(flaw); "
        + "check the recording's level and the weights (reprise backbone inspect)"
    }
  }
}
