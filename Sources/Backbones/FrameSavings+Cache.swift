// What a cache of frames did, in the form in which it is recorded.
package import Runs
package import Training

extension FrameSavings {
  /// What one cache did.
  package init(_ savings: FrameCache.Savings) {
    self.init()
    (found, computed, seconds, bytes) = (
      savings.found, savings.computed, savings.seconds, savings.bytes
    )
    (secondsSaved, mixtureBytes) = (savings.secondsSaved, savings.mixtureBytes)
    (notKept, warnings) = (savings.notKept, savings.warnings)
  }
}
