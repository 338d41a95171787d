// The checks of computed features and frames, for the code that verifies a run's files.
import Audio
package import Runs
import Training

extension CacheFormats {
  /// The formats that training writes.
  package static let ofTraining = CacheFormats(
    storeProblem: { FeatureStore.problem(at: $0) }, framesProblem: { FrameCache.problem(at: $0) })
}
