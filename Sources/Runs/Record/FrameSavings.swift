// What the caches of pretrained backbones' frames did for a run, as it is recorded and shown.
import Foundation

/// Frames that were found on the disk, and those that were computed.
package struct FrameSavings: Sendable, Equatable, Codable {
  /// Recordings whose frames were on disk, and those whose frames had to be computed.
  package var found = 0, computed = 0
  /// How long the computing took, s.
  package var seconds = 0.0
  /// Bytes in the files that were found and written.
  package var bytes = 0
  /// How long the frames that were found took when they were computed, s.
  package var secondsSaved = 0.0
  /// Bytes of mixtures' frames that were written, and mixtures that were not kept.
  package var mixtureBytes = 0, notKept = 0
  /// What was wrong with files that were set aside.
  package var warnings: [String] = []

  package init() {}

  /// Whether the numbers can be those of a run; sums of them stay whole numbers.
  package var isPossible: Bool {
    [found, computed, bytes, mixtureBytes, notKept].allSatisfy { (0...(1 << 50)).contains($0) }
  }

  /// What two caches did together.
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
    return text + (notKept > 0 ? "; \(notKept) mixtures beyond the budget, not kept" : "")
      + (warnings.isEmpty ? "" : "; \(warnings.count) damaged and computed again")
  }
}
