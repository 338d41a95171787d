// What this process takes, measured.
import Foundation
import Queueing
package import Runs

extension RunCost {
  /// The greatest resident set of this process up to now.
  package static var current: RunCost {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    // Kilobytes on Linux.
    return RunCost(peakMemory: usage.ru_maxrss * 1024)
  }

  /// Keeps what this process took.
  package func write(to run: String) throws {
    try Inventory(run: run).write(self, to: "costs/\(Claimant.current().token).json")
  }
}
