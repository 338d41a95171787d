// Held-out accuracy epoch by epoch, as the run recorded it. It is shown and never used: no test
// fold chooses an epoch.

/// The accuracy (WA) of one scored part after each epoch, over all cells that recorded it.
package struct EpochCourse: Codable, Hashable, Sendable {
  /// Which utterances were scored, and by which trainings.
  package enum Part: String, Codable, Sendable, CaseIterable {
    /// The scored utterances of each fold, by the trainings of the results.
    case scored = "test"
    /// Training speakers that were held out of the training.
    case heldOut = "held-out speakers"
    /// The scored utterances of each fold, by the trainings that hold speakers out.
    case scoredBeside = "test, trained without the held-out speakers"
  }

  package let part: Part
  /// The number of cells, and their seeds and folds.
  package let cells: Int
  package let seeds: [Int]
  package let folds: [Int]
  /// One entry per epoch, from 1.
  package let epochs: [Epoch]

  package struct Epoch: Codable, Hashable, Sendable {
    /// Cells that reached this epoch.
    package let cells: Int
    /// Mean, least and greatest accuracy of these cells, as shares.
    package let mean: Double
    package let least: Double
    package let greatest: Double
  }

  /// Nil unless some cell has an epoch.
  package init?(_ part: Part, _ lines: [(seed: Int, fold: Int, values: [Double])]) {
    let lines = lines.filter { !$0.values.isEmpty && $0.values.allSatisfy(\.isFinite) }
    guard !lines.isEmpty else { return nil }
    self.part = part
    cells = lines.count
    seeds = Set(lines.map(\.seed)).sorted()
    folds = Set(lines.map(\.fold)).sorted()
    epochs = (0..<(lines.map(\.values.count).max() ?? 0)).map { epoch in
      let values = lines.compactMap {
        $0.values.indices.contains(epoch) ? $0.values[epoch] : nil
      }
      return Epoch(
        cells: values.count, mean: values.reduce(0, +) / Double(values.count),
        least: values.min() ?? 0, greatest: values.max() ?? 0)
    }
  }

  /// The courses of one system that were recorded.
  ///
  /// - Parameters:
  ///   - trainings: the trainings of the results.
  ///   - beside: those that hold out speakers, for comparison.
  ///   - logs: the epochs of the results' trainings.
  package static func all(
    trainings: [Trajectory], beside: [Trajectory],
    logs: [(seed: Int, fold: Int, epochs: [EpochRecord])]
  ) -> [EpochCourse] {
    typealias Line = (seed: Int, fold: Int, values: [Double])
    func scores(_ trainings: [Trajectory]) -> [Line] {
      trainings.map { training in
        let values = training.matrices.filter { $0.total > 0 }.map {
          Double($0.correct) / Double($0.total)
        }
        return (training.seed, training.fold, values)
      }
    }
    let held: [Line] = beside.map { ($0.seed, $0.fold, $0.validation ?? []) }
    // A run that chooses its epoch by held-out speakers needs no trainings beside.
    let own: [Line] = logs.map { log in
      let values = log.epochs.compactMap(\.validationAccuracy)
      return (log.seed, log.fold, values.count == log.epochs.count ? values : [])
    }
    return [
      EpochCourse(.scored, scores(trainings)),
      EpochCourse(.heldOut, held) ?? EpochCourse(.heldOut, own),
      EpochCourse(.scoredBeside, scores(beside)),
    ].compactMap(\.self)
  }
}
