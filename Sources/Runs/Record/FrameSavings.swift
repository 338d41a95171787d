// How the cache of backbone frames served a run, for the record and for display.
import Foundation

/// The frames found on disk and those computed.
package struct FrameSavings: Sendable, Equatable, Codable {
  /// Recordings whose frames were on disk, and recordings whose frames were computed.
  package var found = 0, computed = 0
  /// Computing time in seconds.
  package var seconds = 0.0
  /// Bytes of the files that were found or written.
  package var bytes = 0
  /// The original computing time of the frames that were found, in seconds.
  package var secondsSaved = 0.0
  /// Bytes of mixtures' frames that were written, and the number of mixtures not stored.
  package var mixtureBytes = 0, notKept = 0
  /// What was wrong with files that were set aside.
  package var warnings: [String] = []

  package init() {}

  /// Whether the numbers are possible for a run. Their sums stay exact.
  package var isPossible: Bool {
    [found, computed, bytes, mixtureBytes, notKept].allSatisfy { (0...(1 << 50)).contains($0) }
  }

  /// The sums of two caches.
  package static func + (one: FrameSavings, other: FrameSavings) -> FrameSavings {
    var sum = one
    sum.found += other.found
    sum.computed += other.computed
    sum.seconds += other.seconds
    sum.bytes += other.bytes
    sum.secondsSaved += other.secondsSaved
    sum.mixtureBytes += other.mixtureBytes
    sum.notKept += other.notKept
    sum.warnings += other.warnings
    return sum
  }
}

extension FrameSavings: CustomStringConvertible {
  package var description: String {
    let text = String(
      format: "%d found, %d computed in %.1f s, %.1f MB; about %.1f s saved", found, computed,
      seconds, Double(bytes) / 1e6, secondsSaved)
    return text + (notKept > 0 ? "; \(notKept) mixtures not kept" : "")
      + (warnings.isEmpty ? "" : "; \(warnings.count) damaged and computed again")
  }
}
