// By hand: the counts of a plan, and what later rows share with earlier ones.
import Corpora
import Execution
import Models
import Planning
import Experiments
import Runs
import Foundation
import Settings
import Synchronization
import Tensors
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

  /// While a batch trains, a device computes the mixtures of the next: the slower one counts.
  @Test(arguments: [0.0001, 0.5])
  func `take the greater of computing mixtures and training, if they overlap`(
    forward: Double
  ) throws {
    func row(overlaps: Bool) -> RunPlan.Row {
      var count = PlanCount(cores: 2)
      return count.row(
        "a", settings(), corpus: "x", partitions: partitions(), durations: durations,
        VariantCost(
          forward: forward, step: 0.01, columns: 32, overlaps: overlaps,
          deviceMemory: overlaps ? 3_000_000_000 : nil))
    }
    let mean = (11 * 2 + 6.25) / 12
    let (first, mixing) = (12 * mean * forward, 80 * mean * forward)
    let (training, scoring) = (160 * 0.01 / 2, 16 / 3.0 * 0.01 / 2)
    #expect((mixing > training) == (forward == 0.5))
    let (apart, together) = (row(overlaps: false), row(overlaps: true))
    #expect(abs(apart.hours - (first + mixing + training + scoring) / 3600) < 1e-12)
    #expect(abs(together.hours - (first + max(mixing, training) + scoring) / 3600) < 1e-12)
    #expect(together.mixturePasses == apart.mixturePasses)
    // A device that also trains does one after the other, and more cores do not help.
    var count = PlanCount(cores: 2)
    let device = count.row(
      "a", settings(), corpus: "x", partitions: partitions(), durations: durations,
      VariantCost(forward: forward, step: 0.01, columns: 32, overlaps: true, trainsOnDevice: true))
    let alone = first + mixing + 2 * (training + scoring)
    #expect(abs(device.hours - alone / 3600) < 1e-12)
    func text(_ row: RunPlan.Row) -> String {
      RunPlan(rows: [row], storeBytes: 0, cores: 2).text
    }
    #expect(text(together).contains("on the device: 3.0 GB") && !text(apart).contains("device:"))
  }
}

/// Takes a known time on a clock of its own: a second for each call, and a rate for each sample.
private final class TimedSource: FrameSource {
  let preferredSamples: Int?
  private let rate: Double
  private let state = Mutex((time: 0.0, calls: [Int]()))

  init(rate: Double, preferredSamples: Int?) {
    (self.rate, self.preferredSamples) = (rate, preferredSamples)
  }

  var time: Double { state.withLock { $0.time } }
  /// The samples of each call.
  var calls: [Int] { state.withLock { $0.calls } }

  var columns: Int { 4 }
  var fingerprint: String { "timed" }
  var deviceMemory: Int? { preferredSamples.map { _ in calls.reduce(0, max) } }
  func frameCount(samples: Int) -> Int { 1 }
  func frames(of recordings: [[Float]], threads: Int) throws -> [Tensor] {
    let samples = recordings.reduce(0) { $0 + $1.count }
    state.withLock { state in
      state.calls.append(samples)
      state.time += 1 + rate * Double(samples)
    }
    return recordings.map { _ in Tensor.zeros([1, 4]) }
  }
}

@Suite struct `The cost of a source of frames` {
  @Test func `on the CPU is that of two recordings, after one to begin with`() throws {
    let source = TimedSource(rate: 0.001, preferredSamples: nil)
    let cost = try SourceCost(of: source, threads: 2) { source.time }
    #expect(source.calls == [32_000, 160_000])
    #expect(abs(cost.forward - (1 + 160) / 10) < 1e-9)
    #expect(!cost.overlaps && cost.deviceMemory == nil)
  }

  @Test func `on a device is that of a call of the size that it prefers`() throws {
    let source = TimedSource(rate: 0.000_01, preferredSamples: 1_000_000)
    let cost = try SourceCost(of: source, threads: 2) { source.time }
    #expect(source.calls == [960_000, 960_000])
    #expect(abs(cost.forward - (1 + 9.6) / 60) < 1e-9)
    #expect(cost.overlaps && cost.deviceMemory == 960_000)
    // Small calls would have hidden what a call of many recordings saves.
    let small = TimedSource(rate: 0.000_01, preferredSamples: 1)
    #expect(try SourceCost(of: small, threads: 2) { small.time }.forward > 2 * cost.forward)
  }
}
