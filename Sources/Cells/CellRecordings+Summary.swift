// The summary of a training's recordings in the form of the run record.
import Audio
import Runs
import Training

extension TrainingSound {
  init(_ summary: SoundSummary) {
    func range(_ values: [Double]) -> Range {
      Range(least: values.min() ?? 0, greatest: values.max() ?? 0)
    }
    let high = summary.measures.compactMap(\.highPower)
    self.init(
      recordings: summary.measures.count, speakers: summary.speakers,
      seconds: range(summary.measures.map(\.seconds)),
      level: range(summary.measures.map(\.level)),
      highPower: high.isEmpty ? nil : range(high), frames: summary.frames.map(Moments.init),
      statistics: summary.statistics.map(Moments.init))
  }
}

extension TrainingSound.Moments {
  init(_ normalization: Normalization) {
    self.init(mean: normalization.mean, deviation: normalization.deviation)
  }
}
