// The savings of a frame cache, in the form of the run record.
package import Runs
package import Training

extension FrameSavings {
  /// The savings of one cache.
  package init(_ savings: FrameCache.Savings) {
    self.init()
    (found, computed, seconds, bytes) = (
      savings.found, savings.computed, savings.seconds, savings.bytes
    )
    (secondsSaved, mixtureBytes) = (savings.secondsSaved, savings.mixtureBytes)
    (notKept, warnings) = (savings.notKept, savings.warnings)
  }
}
