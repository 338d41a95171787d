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
      highPower: high.isEmpty ? nil : range(high), frames: summary.frames.map(Speakers.init),
      statistics: summary.statistics.map(Speakers.init))
  }
}

extension TrainingSound.Speakers {
  init(_ usual: UsualSpeaker) {
    self.init(
      mean: usual.normalization.mean, deviation: usual.normalization.deviation, trust: usual.trust)
  }
}
