// Recorded results for the systems of a sample, and the gate's verdicts on them.
import Evaluation
import Randomness
import Reporting

/// Returns the gate's rows of a sample's systems. The first system is compared with its own
/// predictions, each other one with those of the system before it.
func makeGate(_ systems: [SystemPredictions], _ sample: Sample) -> [JudgementReport.GateRow] {
  guard !sample.isSynthetic else { return [] }
  let signature = ProtocolSignature(
    corpus: "sample", foldList: "emobox", folds: sample.folds, classes: sample.classes,
    utterances: systems.first?.utterances.count ?? 0,
    fingerprint: ProtocolFingerprint(
      items: (systems.first?.utterances ?? []).map {
        .init(id: $0.id, label: sample.classes[$0.truth], fold: $0.fold, speaker: $0.speaker)
      }, classes: sample.classes, exclusions: [], evaluateOn: "test"))
  let provenance = Baseline.Provenance(
    programVersion: "0.1", commit: "0123456789ab", dirty: false, corpusFingerprint: "f",
    settingsHash: "s", machine: "Example CPU", date: "2026-01-01T00:00:00Z")
  return systems.enumerated().compactMap { index, system in
    let earlier = systems[max(0, index - 1)]
    guard
      let recorded = try? Baseline.record(
        name: "sample-recorded \(system.system)", system: system.system, signature: signature,
        summary: summary(earlier), provenance: provenance, settings: [])
    else { return nil }
    let result = Gate(metric: .unweightedAverageRecall, margin: 0.01).judge(
      .init(
        system: system.system, signature: signature, summary: summary(system),
        predictions: system), against: recorded, recorded: earlier,
      random: RandomStream(seed: 1))
    return JudgementReport.GateRow(result: result, isUnchanged: index == 0)
  }
}

private func summary(_ system: SystemPredictions) -> ScoreSummary {
  let folds = Set(system.utterances.map(\.fold)).sorted()
  return ScoreSummary(
    cells: system.seeds.flatMap { seed in
      folds.map { fold in
        ScoredCell(
          seed: seed.seed, fold: fold,
          matrix: ConfusionMatrix(
            classes: system.classes, predictions: seed.predictions.filter { $0.fold == fold }))
      }
    }, seeds: system.seeds.map(\.seed), folds: folds)
}
