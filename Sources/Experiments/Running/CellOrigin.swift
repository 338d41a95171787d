// Where and how a cell was made: what a replay on another machine, or by another program, needs to know.
import Evaluation
import Foundation
import Training

/// What made one cell. No number of the results depends on it but through the processor's last bits.
package struct CellOrigin: Codable, Hashable, Sendable {
  package let made: Provenance
  package let host: String
  /// What its epochs took, s.
  package let seconds: Double
  /// The most memory that the process which finished it had held, bytes.
  package let peakMemory: Int

  /// The origin of a cell that this process finishes now.
  init(epochs: [EpochRecord]) {
    made = .ofThisProcess
    host = ProcessInfo.processInfo.hostName
    seconds = epochs.reduce(0) { $0 + $1.seconds }
    peakMemory = RunCost.current.peakMemory
  }
}
