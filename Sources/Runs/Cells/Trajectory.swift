// The scores after every epoch. They are recorded but never used: no weights, epoch or setting is
// selected by them. They show what such a selection would have gained.
package import Evaluation
import Files
import Foundation

/// The confusion matrix of the scored utterances after one epoch.
package struct EpochScore: Codable, Equatable, Sendable {
  /// Counted from 1.
  package let epoch: Int
  package let matrix: ConfusionMatrix

  package init(epoch: Int, matrix: ConfusionMatrix) {
    (self.epoch, self.matrix) = (epoch, matrix)
  }
}

extension CellFolder {
  package static let trajectoryFile = "trajectory.jsonl"

  /// The scores after each epoch, starting with the first; empty if they were not recorded.
  package func trajectory() throws -> [EpochScore] {
    let path = file(Self.trajectoryFile)
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try lines(of: Self.trajectoryFile, as: EpochScore.self)
  }

  /// The scores of a finished cell with the accuracies on its held-out speakers; nil if they were
  /// not recorded.
  func watchedTrajectory(_ epochs: [EpochRecord]) throws -> Trajectory? {
    let scores = try trajectory()
    guard !scores.isEmpty, scores.count == epochs.count else { return nil }
    let validation = epochs.compactMap(\.validationAccuracy)
    return Trajectory(
      seed: cell.identity.seed, fold: cell.identity.fold, matrices: scores.map(\.matrix),
      validation: validation.count == scores.count ? validation : nil)
  }
}
