// Where in a cache the frames of one source lie, what can go wrong there, and what it saved.
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

    /// Returns the name of a recording's file, which settles all that is in it.
    func key(of recording: String) -> String {
      // Lengths first, so that no two different triples make the same text.
      let parts = [source, recording, precision.rawValue]
      return sha256(parts.map { "\($0.utf8.count):\($0)" }.joined())
    }

    func folder(of key: String) -> String { "\(folder)/\(key.prefix(2))" }
    func path(of key: String) -> String { "\(folder(of: key))/\(key).frames" }

    /// Makes the folder, with the source's fingerprint in it for people to read.
    func make() throws {
      try makeFolder(folder)
      let name = folder + "/source.txt"
      if access(name, F_OK) != 0 { try Data((source + "\n").utf8).writeAtomically(to: name) }
    }
  }

  /// What a cache did.
  package struct Savings: Sendable, Equatable {
    /// Recordings whose frames were on disk, and those whose frames had to be computed.
    package private(set) var found = 0, computed = 0
    /// How long the computing took.
    package private(set) var seconds = 0.0
    /// Bytes in the files that were found and written.
    package private(set) var bytes = 0
    /// How long the frames that were found took when they were computed.
    package private(set) var secondsSaved = 0.0
    /// Bytes of mixtures' frames that were written, and mixtures that were not kept.
    package private(set) var mixtureBytes = 0, notKept = 0
    /// What was wrong with files that were set aside.
    package internal(set) var warnings: [String] = []

    package init() {}

    mutating func add(found file: FrameCacheFile) {
      (found, bytes) = (found + 1, bytes + file.bytes)
      secondsSaved += file.seconds
    }

    /// Takes `size` bytes out of the budget for mixtures, if they are there.
    mutating func reserve(_ size: Int, of budget: Int) -> Bool {
      guard size <= budget - mixtureBytes else { return false }
      mixtureBytes += size
      return true
    }

    /// Counts frames that are computed and not kept.
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

/// What cannot be kept.
package enum FrameCacheError: Error, Equatable, CustomStringConvertible {
  /// A number is too great for half precision.
  case outOfRange(path: String)
  /// The network gave numbers that are infinite or none.
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
