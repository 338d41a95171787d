// By hand: the counts of a plan, and what later rows share with earlier ones.
import Corpora
import Execution
import Planning
import Experiments
import Runs
import Foundation
import Settings
import Testing
import Training

@Suite struct `A plan's counts` {
  /// Twelve utterances in three folds.
  let utterances = (0..<12).map { index in
    Utterance(
      id: "u\(index)", label: "", classIndex: index % 4, speaker: "s\(index % 3)", session: nil,
      fold: index % 3 + 1, path: "")
  }

  func partitions(
    _ selection: TrainingSettings.Selection = .last
  ) -> [(seed: Int, fold: Int, partition: Partition)] {
    [1, 2].flatMap { seed in
      [1, 2].map { fold in
        (
          seed, fold,
          Partition(utterances, fold: fold, folds: 3, evaluateOn: .test, selection: selection)
        )
      }
    }
  }

  func settings(_ change: (inout VariantSettings) -> Void = { _ in }) -> VariantSettings {
    var settings = Profile.paper.settings
    settings.model.backbone = .pretrained
    settings.training.epochs = 5
    change(&settings)
    return settings
  }

  let durations = [Double](repeating: 2, count: 11) + [8]
  let cost = VariantCost(forward: 0.5, step: 0.01, columns: 32)

  @Test func `are those of every cell, seed and epoch`() {
    var count = PlanCount(cores: 2)
    let row = count.row(
      "a", settings(), corpus: "x", partitions: partitions(), durations: durations, cost)
    // Four cells of 8 utterances and 5 epochs; half of the utterances mixed; 4 scored in each.
    #expect(row.cells == 4 && row.trainedPasses == 160 && row.evaluatedPasses == 16)
    #expect(row.cleanPasses == 12 && row.mixturePasses == 80)
    #expect(row.sparedPasses == 160 + 16 - 12 - 80)
    // The long recording is cropped to 6.25 s; 50 frames per second, 4 bytes per number.
    let mean = (11 * 2 + 6.25) / 12
    #expect(row.frameBytes == Int(12 * (mean * 50 * 128)))
    #expect(row.mixtureBytes == Int(80 * (mean * 50 * 128)))
    let seconds = 92 * mean * 0.5 + (160 + 16 / 3.0) * 0.01 / 2
    #expect(abs(row.hours - seconds / 3600) < 1e-9)
  }

  @Test func `leave out what an earlier variant has computed`() {
    var count = PlanCount(cores: 2)
    func row(_ change: (inout VariantSettings) -> Void) -> RunPlan.Row {
      count.row(
        "a", settings(change), corpus: "x", partitions: partitions(), durations: durations, cost)
    }
    _ = row { _ in }
    let same = row { $0.loss.supcon = 0 }
    #expect(same.cleanPasses == 0 && same.mixturePasses == 0 && same.sparedPasses == 176)
    let longer = row { $0.training.epochs = 8 }
    #expect(longer.cleanPasses == 0 && longer.mixturePasses == 4 * 8 * 3 / 2)
    let otherDraws = row { $0.augmentation.mixProbability = 1 }
    #expect(otherDraws.cleanPasses == 0 && otherDraws.mixturePasses == 160)
    let otherFrames = row { $0.pretrained.layers = .weighted }
    #expect(otherFrames.cleanPasses == 12 && otherFrames.mixturePasses == 80)
    let plain = row { $0.augmentation.mixup = .none }
    #expect(plain.cleanPasses == 0 && plain.mixturePasses == 0)
  }

  @Test func `know held-out speakers, and variants without a backbone`() {
    var count = PlanCount(cores: 1)
    let held = count.row(
      "a", settings { $0.training.selection = .bestValidation }, corpus: "x",
      partitions: partitions(.bestValidation), durations: durations, cost)
    #expect(held.trainedPasses == 4 * 4 * 5 && held.evaluatedPasses == 4 * (4 + 4 * 5))
    let compact = count.row(
      "b", VariantSettings(), corpus: "x", partitions: partitions(), durations: durations,
      VariantCost(forward: 0, step: 0.01, columns: 0))
    #expect(compact.cleanPasses == 0 && compact.sparedPasses == 0 && compact.frameBytes == 0)
    #expect(compact.trainedPasses == 4 * 8 * 30 && compact.hours > 0)
  }
}
