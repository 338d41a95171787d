// Where and how a cell was made: what a replay on another machine, or by another program, needs to
// know.
import Evaluation
import Foundation

/// What made one cell. No number of the results depends on it but through the processor's last
/// bits.
package struct CellOrigin: Codable, Hashable, Sendable {
  package let made: Provenance
  package let host: String
  /// What its epochs took, s.
  package let seconds: Double
  /// The most memory that the process which finished it had held, bytes.
  package let peakMemory: Int

  package init(made: Provenance, host: String, seconds: Double, peakMemory: Int) {
    (self.made, self.host) = (made, host)
    (self.seconds, self.peakMemory) = (seconds, peakMemory)
  }
}
