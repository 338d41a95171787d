// What is known of the files of computed features and frames, for those who check a run's files.
import Audio
package import Runs
import Training

extension CacheFormats {
  /// The forms that training writes.
  package static let ofTraining = CacheFormats(
    storeProblem: { FeatureStore.problem(at: $0) }, framesProblem: { FrameCache.problem(at: $0) })
}
