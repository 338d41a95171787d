// The origin of a cell, for a replay on another machine or with another version.
import Evaluation
import Foundation

/// What made one cell. The results depend on it only through the processor's last bits.
package struct CellOrigin: Codable, Hashable, Sendable {
  package let made: Provenance
  package let host: String
  /// The time of its epochs, in seconds.
  package let seconds: Double
  /// The peak memory of the process that finished it, in bytes.
  package let peakMemory: Int

  package init(made: Provenance, host: String, seconds: Double, peakMemory: Int) {
    (self.made, self.host) = (made, host)
    (self.seconds, self.peakMemory) = (seconds, peakMemory)
  }
}
