// The recordings of a cell in a few numbers. `reprise predict` compares new recordings with those
// of the training, and takes the normalisation of an unknown speaker from them.
import Files
import Foundation

/// A summary of the recordings that trained a cell.
package struct TrainingSound: Codable, Equatable, Sendable {
  /// The least and the greatest value of the recordings.
  package struct Range: Codable, Equatable, Sendable {
    package let least: Double
    package let greatest: Double

    package init(least: Double, greatest: Double) {
      (self.least, self.greatest) = (least, greatest)
    }
  }

  /// What is known about each value of a speaker before any recording.
  package struct Speakers: Codable, Equatable, Sendable {
    /// The average over the speakers of their means.
    package let mean: [Float]
    /// The average of their deviations.
    package let deviation: [Float]
    /// How much the mean of a single recording says about the mean of its speaker, 0 to 1: the
    /// variance between speakers as a share of that between recordings.
    package let trust: [Float]

    package init(mean: [Float], deviation: [Float], trust: [Float]) {
      (self.mean, self.deviation, self.trust) = (mean, deviation, trust)
    }

    /// Whether there is a mean, a deviation and a trust of each value, all possible.
    var isPossible: Bool {
      !mean.isEmpty && mean.count == deviation.count && mean.count == trust.count
        && mean.allSatisfy(\.isFinite) && deviation.allSatisfy { $0.isFinite && $0 >= 0 }
        && trust.allSatisfy { (0...1).contains($0) }
    }
  }

  package let recordings: Int
  package let speakers: Int
  /// Seconds of sound after cropping and trimming.
  package let seconds: Range
  /// Root mean square of that sound, in dB relative to full scale.
  package let level: Range
  /// Its power above 4 kHz in dB relative to all its power; nil if no mel band lies there.
  package let highPower: Range?
  /// The features of frames; nil for a network on other frames.
  package let frames: Speakers?
  /// The statistics of utterances; nil without statistics.
  package let statistics: Speakers?

  package init(
    recordings: Int, speakers: Int, seconds: Range, level: Range, highPower: Range?,
    frames: Speakers?, statistics: Speakers?
  ) {
    (self.recordings, self.speakers) = (recordings, speakers)
    (self.seconds, self.level, self.highPower) = (seconds, level, highPower)
    (self.frames, self.statistics) = (frames, statistics)
  }

  /// The first impossible number; nil if there is none.
  var problem: String? {
    for (name, range) in [("seconds", seconds), ("level", level), ("high_power", highPower)] {
      guard let range else { continue }
      guard abs(range.least) <= 1e9, abs(range.greatest) <= 1e9, range.least <= range.greatest
      else { return "\(name): expected a range, found \(range.least) to \(range.greatest)" }
    }
    for (name, values) in [("frames", frames), ("statistics", statistics)] {
      guard values?.isPossible ?? true else {
        return "\(name): expected a mean, a deviation and a trust of each value"
      }
    }
    return nil
  }
}

/// What a cell keeps about its recordings.
package struct CellRecordings: Codable, Equatable, Sendable {
  /// The recordings that trained it.
  package let training: TrainingSound
  /// The number of frames of each scored utterance, in the order of the predictions. A prediction's
  /// last bit depends on the place of its frames among those of its neighbours.
  package let scoredFrames: [Int]

  package init(training: TrainingSound, scoredFrames: [Int]) {
    (self.training, self.scoredFrames) = (training, scoredFrames)
  }

  /// The most frames of an utterance: 60 s with a hop of 1 ms, and some more.
  private static let mostFrames = 100_000

  /// The first impossible number; nil if there is none.
  var problem: String? {
    guard scoredFrames.allSatisfy({ (1...Self.mostFrames).contains($0) }) else {
      return "scored_frames: expected 1 to \(Self.mostFrames) frames of each utterance"
    }
    return training.problem.map { "training." + $0 }
  }
}

extension CellFolder {
  /// What the cell keeps about its recordings; nil for a cell of an older version.
  ///
  /// - Throws: `FileError`.
  package func recordings() throws -> CellRecordings? {
    let path = file(Self.recordingsFile)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let remedy = "start the run again to train this cell again"
    let found = try readJSON(CellRecordings.self, from: path, remedy: remedy)
    if let problem = found.problem {
      throw FileError.damaged(path: path, problem: problem, remedy: remedy)
    }
    return found
  }
}
