// Property: every allowed number of every setting, up to both ends of its range, gives a training
// with finite numbers, or a training that diverges and reports the setting. Nothing traps.
import Audio
import Corpora
import Evaluation
import Files
import Foundation
import Randomness
import Settings
import TestSupport
import Testing
import Training

extension SettingsTree {
  /// The tree with another value at `path`, or nil if there is no such leaf.
  fileprivate func replacing(_ path: Substring, by value: SettingsTree) -> SettingsTree? {
    guard !path.isEmpty else { return value }
    guard case .section(var parts) = self else { return nil }
    let names = path.split(separator: ".", maxSplits: 1)
    guard let index = parts.firstIndex(where: { $0.key == names[0] }),
      let part = parts[index].value.replacing(names.count > 1 ? names[1] : "", by: value)
    else { return nil }
    parts[index].value = part
    return .section(parts)
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A setting at the ends of its range` {
  /// A setting and a value, on otherwise small and lively settings.
  struct Case: Sendable, CustomTestStringConvertible {
    let path: String
    let value: Double
    var testDescription: String { "\(path) \(value)" }
  }

  /// Upper limits for settings whose greatest values would take hours or gigabytes.
  static let bearable = [
    "training.epochs": 3.0, "model.width": 64, "model.blocks": 6, "model.heads": 8,
    "model.embedding": 300, "model.statistics_hidden": 300,
  ]

  static let cases: [Case] = SettingsReference.entries.flatMap { entry -> [Case] in
    guard let allowed = entry.allowed, !entry.path.hasPrefix("protocol."),
      !entry.path.hasPrefix("pretrained.")
    else { return [] }
    let high = bearable[entry.path] ?? allowed.high
    // The last one is next to an open end.
    let values = [
      allowed.low, min(high, max(allowed.low, 1)), high, 0, Double(Float(high).nextDown),
    ]
    return Set(values).sorted().filter(allowed.contains).map { Case(path: entry.path, value: $0) }
  }

  private func settings(_ wanted: Case) throws -> VariantSettings {
    var base = livelySettings
    base.training.epochs = 1
    (base.features.bands, base.model.width) = (16, 16)
    let tree = SettingsTree(of: base)
    let old = try #require(tree.leaves.first { $0.path == wanted.path }).value
    let value: SettingsTree =
      if case .integer = old { .integer(Int(wanted.value)) } else { .number(wanted.value) }
    let changed = try #require(tree.replacing(Substring(wanted.path), by: value))
    return try decodeJSON(VariantSettings.self, from: canonicalJSON(changed))
  }

  /// The recordings of the tiny corpus with other features, and the training of fold 1.
  private func training(_ settings: VariantSettings, in folder: String) throws -> (
    FoldTraining, Partition
  ) {
    let (training, partition) = try TinyCorpus.shared.training(settings)
    guard settings.signal != tinySettings.signal || settings.features != tinySettings.features
    else { return (training, partition) }
    return (
      try TinyCorpus.training(settings, features: settings.features, in: folder), partition
    )
  }

  @Test(arguments: cases) func `trains to finite numbers, or names the setting`(
    wanted: Case
  ) throws {
    let settings = try settings(wanted)
    do {
      try settings.validate()
    } catch let error as SettingsError {
      // The value contradicts another setting: the error reports both.
      let (name, text) = (wanted.path.split(separator: ".")[1], error.description)
      #expect(text.contains(name), "\(text)")
      return
    }
    try withTemporaryFolder { folder in
      let (training, partition) = try training(settings, in: folder)
      do {
        let state = try training.run(from: training.initialState, threads: 1) { _ in }
        let numbers = state.epochs.flatMap { $0.losses.named.map(\.value) + [$0.gradientNorm] }
        #expect(numbers.allSatisfy { $0.isFinite })
        let outputs = try training.outputs(
          for: partition.evaluation, training.evaluatedParameters(state), threads: 1)
        #expect(!outputs.isEmpty)
        #expect(outputs.allSatisfy { $0.probabilities.allSatisfy { $0.isFinite } })
        #expect(outputs.allSatisfy { $0.embedding.allSatisfy { $0.isFinite } })
      } catch let error as TrainingError {
        #expect(error.description(under: settings).contains(wanted.path + " "))
      }
    }
  }

  @Test func `is tried for every setting that is a number`() {
    let tried = Set(Self.cases.map(\.path))
    for entry in SettingsReference.entries where entry.allowed != nil {
      let isElsewhere = entry.path.hasPrefix("protocol.") || entry.path.hasPrefix("pretrained.")
      #expect(tried.contains(entry.path) != isElsewhere, "\(entry.path)")
    }
  }

  @Test func `that overflows single precision would not have passed (negative control)`() throws {
    var settings = livelySettings
    (settings.model.width, settings.training.epochs) = (16, 1)
    settings.training.epsilon = 1e-300
    let error = #expect(throws: SettingsError.self) { try settings.validate() }
    #expect(
      error?.description == "training.epsilon: expected 1.2e-38 to 3.4e+38, found 1e-300")
    settings.training.epsilon = 1e-9
    settings.training.weightDecay = 3e38
    let (training, _) = try TinyCorpus.shared.training(settings)
    let diverged = #expect(throws: TrainingError.self) {
      try training.run(from: training.initialState, threads: 1) { _ in }
    }
    let text = diverged?.description(under: settings) ?? ""
    #expect(text.contains("training.weight_decay 3e+38 (default 0.01)"))
    #expect(!text.contains("learning_rate"))
  }
}
