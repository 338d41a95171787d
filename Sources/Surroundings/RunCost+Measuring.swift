// Measures the resources of this process.
import Foundation
import Queueing
package import Runs

extension RunCost {
  /// The peak resident set of this process so far.
  package static var current: RunCost {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    // Linux reports kilobytes.
    return RunCost(peakMemory: usage.ru_maxrss * 1024)
  }

  /// Keeps what this process took.
  package func write(to run: String) throws {
    try Inventory(run: run).write(self, to: "costs/\(Claimant.current().token).json")
  }
}
