// The answer for one recording, and what is unusual about it.
import Audio
import Foundation
import Runs
import Training

/// The class probabilities of a recording.
package struct RecordingAnswer: Equatable, Sendable {
  package let recording: NewRecording
  /// The most probable class. The first one wins a tie.
  package let predicted: Int
  /// The mean over the networks, one for each class.
  package let probabilities: [Float]
  /// What is unusual about the recording, one remark each.
  package let notes: [String]
}

/// The ranges of the training recordings, over all networks that answer.
struct TrainingRanges {
  private let seconds, level, highPower: TrainingSound.Range?
  private let maximumDuration: Double

  /// More samples than this share at full scale are worth a note. Our choice.
  private static let clippedShare = 0.001

  init(_ sounds: [TrainingSound], maximumDuration: Double) {
    func widest(_ range: (TrainingSound) -> TrainingSound.Range?) -> TrainingSound.Range? {
      let ranges = sounds.compactMap(range)
      guard let least = ranges.map(\.least).min(), let greatest = ranges.map(\.greatest).max()
      else { return nil }
      return TrainingSound.Range(least: least, greatest: greatest)
    }
    seconds = widest(\.seconds)
    level = widest(\.level)
    highPower = widest(\.highPower)
    self.maximumDuration = maximumDuration
  }

  /// What is unusual about a recording.
  func notes(_ recording: ReadRecording) -> [String] {
    let measures = recording.measures
    var notes: [String] = []
    if recording.digest.duration > maximumDuration {
      notes.append(
        String(
          format: "only the first %g s of %.1f s are used", maximumDuration,
          recording.digest.duration))
    }
    func compare(
      _ value: Double?, _ range: TrainingSound.Range?, _ digits: Int, _ what: String,
      _ unit: String
    ) {
      guard let value, let range, value < range.least || value > range.greatest else { return }
      func text(_ number: Double) -> String { String(format: "%.\(digits)f", number) }
      notes.append(
        "\(what) \(text(value)) \(unit), in training \(text(range.least)) to "
          + "\(text(range.greatest)) \(unit)")
    }
    compare(measures.seconds, seconds, 2, "length without silence", "s")
    compare(measures.level, level, 1, "level", "dBFS")
    compare(measures.highPower, highPower, 1, "power above 4 kHz", "dB of all")
    if recording.clipped > Self.clippedShare {
      notes.append(
        String(format: "clipped: %.1f %% of the samples at full scale", 100 * recording.clipped))
    }
    return notes
  }
}
