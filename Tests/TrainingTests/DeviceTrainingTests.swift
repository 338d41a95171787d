// Property: a training on a device, run by the CPU in its place, follows the CPU's own. It resumes
// after any step with the same bits, and gives the same bits wherever its frames lie.
import CDevice
import Corpora
import Devices
import Evaluation
import Files
import Foundation
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing
import Training

/// Settings for frames of the tiny corpus from files.
private func settings(
  _ arithmetic: TrainingSettings.Arithmetic, _ pooling: ModelSettings.Pooling = .flam,
  _ scaling: LossSettings.Scaling = .none
) -> VariantSettings {
  var settings = tinySettings
  settings.augmentation = plainAugmentation
  settings.features.statistics = false
  settings.model.backbone = .frames
  settings.model.width = 16
  settings.model.pooling = pooling
  settings.model.heads = 2
  settings.model.headDropout = 0.3
  settings.training.epochs = 2
  settings.training.batchSize = 3
  settings.training.weightAveraging = 0.9
  settings.training.selection = .bestValidation
  settings.training.arithmetic = arithmetic
  settings.loss.scaling = scaling
  return settings
}

/// Frames of 12 features, in two layers if asked, that tell the classes apart.
private func frames(_ utterance: Utterance, layers: Int) -> Tensor {
  var random = RandomStream(seed: 29).split(utterance.id)
  let length = 3 + random.integer(below: 20)
  return Tensor(
    shape: layers > 1 ? [layers, length, 12] : [length, 12],
    values: (0..<layers * length * 12).map { index in
      Float(random.normal()) + (index % 12 == utterance.classIndex ? 1.5 : 0)
    })
}

private func training(
  _ settings: VariantSettings, layers: Int = 1, device: Device? = nil, held: Int = .max
) throws -> FoldTraining {
  let tiny = try TinyCorpus.shared
  let utterances = tiny.corpus.utterances
  // The frames are read while the training runs, so the folder outlives this function.
  let folder = FileManager.default.temporaryDirectory.path + "/reprise-frames-\(layers)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let path = folder + "/frames.safetensors"
  if !FileManager.default.fileExists(atPath: path) {
    let data = try Safetensors.data(
      utterances.map { ($0.id, frames($0, layers: layers)) })
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }
  let files = try FrameFolder(path, of: utterances.map(\.id), corpus: "TINY", threads: 1)
  let prepared = PreparedCorpus(
    utterances, classes: tiny.corpus.classes, frames: files, settings)
  let partition = Partition(
    utterances, fold: 1, folds: 3, evaluateOn: .test, selection: settings.training.selection)
  return FoldTraining(
    prepared, partition, settings, random: RandomStream(seed: 5), device: device,
    mostHeldFrames: held)
}

private func run(
  _ settings: VariantSettings, layers: Int = 1, threads: Int = 1, faults: String = ""
) throws -> TrainingState {
  #expect(reprise_standin_faults(faults) == 1)
  defer { _ = reprise_standin_faults("") }
  let training = try training(settings, layers: layers, device: try Device.open(.cpu))
  return try training.run(from: training.initialState, threads: threads, ahead: .none) { _ in }
}

@Suite(.timeLimit(.minutes(30))) struct `A training on a device` {
  @Test(arguments: [
    (ModelSettings.Pooling.flam, 1, LossSettings.Scaling.none), (.flam, 2, .none), (.max, 1, .none),
    (.flam, 1, .unit),
  ])
  func `follows that of the CPU`(
    pooling: ModelSettings.Pooling, layers: Int, scaling: LossSettings.Scaling
  ) throws {
    let expected = try run(settings(.float32, pooling, scaling), layers: layers)
    let found = try run(settings(.gpuFloat32, pooling, scaling), layers: layers)
    #expect(found.epochs.count == 2 && expected.epochs.count == 2)
    for (a, b) in zip(found.epochs, expected.epochs) {
      for (own, other) in zip(a.losses.named, b.losses.named) {
        expectClose(own.value, other.value, relative: 1e-5, absolute: 1e-9)
      }
      expectClose(a.gradientNorm, b.gradientNorm, relative: 1e-4)
      #expect(a.trainingAccuracy == b.trainingAccuracy)
      #expect(a.validationAccuracy == b.validationAccuracy)
      #expect(a.learningRate == b.learningRate)
    }
    #expect(found.best?.epoch == expected.best?.epoch)
    #expect(StateBits(found).tensors != StateBits(expected).tensors)
  }

  @Test func `has the same bits for any threads and either order of items`() throws {
    let one = StateBits(try run(settings(.gpuFloat32)))
    #expect(StateBits(try run(settings(.gpuFloat32), threads: 3)) == one)
    #expect(StateBits(try run(settings(.gpuFloat32), faults: "reversed")) == one)
    var other = settings(.gpuFloat32)
    other.model.headDropout = 0.4
    #expect(StateBits(try run(other)) != one)
  }

  @Test func `has the same bits whether its frames stay on the device or not`() throws {
    let one = StateBits(try run(settings(.gpuFloat32)))
    for held in [0, 60] {
      let some = try training(settings(.gpuFloat32), device: try Device.open(.cpu), held: held)
      let state = try some.run(from: some.initialState, threads: 1, ahead: .none) { _ in }
      #expect(StateBits(state) == one)
    }
  }

  @Test func `goes on after any step to the same bits, and keeps when asked`() throws {
    let whole = try run(settings(.gpuFloat32))
    let training = try training(settings(.gpuFloat32), device: try Device.open(.cpu))
    var asked = 0
    _ = try training.run(
      from: training.initialState, threads: 1,
      pause: {
        asked += 1
        return .none
      }
    ) { _ in }
    #expect(asked > 3)
    for stop in 1...asked {
      var (steps, kept) = (0, [Data]())
      #expect(throws: TrainingStopped.self) {
        try training.run(
          from: training.initialState, threads: 1,
          pause: {
            steps += 1
            return steps == stop ? .stop : steps == stop - 1 ? .keep : .none
          }, keep: { kept.append(try $0.data()) }
        ) { _ in }
      }
      #expect(kept.count == min(stop, 2))
      for saved in kept {
        var state = training.initialState
        try state.restore(saved)
        #expect(state.partial != nil)
        let resumed = try training.run(from: state, threads: 1) { _ in }
        #expect(StateBits(resumed) == StateBits(whole))
      }
    }
  }

  @Test func `that diverges says where`() throws {
    var wild = settings(.gpuFloat32)
    wild.training.learningRate = 1e30
    wild.training.gradientClip = 0
    wild.training.schedule = .constant
    let error = #expect(throws: TrainingError.self) { try run(wild) }
    guard case .diverged(let epoch, let step, _, let value)? = error else { return }
    #expect(epoch == 1 && step > 1 && !value.isFinite)
  }

  @Test func `without memory gives the error of the device`() throws {
    #expect(throws: DeviceError.self) {
      try run(settings(.gpuFloat32), faults: "allocate@5=2")
    }
  }
}

@Suite struct `The arithmetic of a training` {
  @Test func `on a device needs frozen frames`() throws {
    var compact = VariantSettings()
    compact.training.arithmetic = .gpuFloat32
    #expect(throws: SettingsError.self) { try compact.validate() }
    compact.training.arithmetic = .float32
    try compact.validate()
    var tuned = try #require(pretrained)
    try tuned.validate()
    tuned.pretrained.trainableFromLayer = 3
    let error = #expect(throws: SettingsError.self) { try tuned.validate() }
    #expect(error?.description.contains("-1 trains none") == true)
    tuned.training.arithmetic = .float32
    try tuned.validate()
  }

  /// Settings of a pretrained backbone without trained layers.
  private var pretrained: VariantSettings? {
    var settings = VariantSettings()
    settings.model.backbone = .pretrained
    settings.features.statistics = false
    settings.augmentation = plainAugmentation
    settings.training.arithmetic = .gpuFloat32
    return settings
  }

  @Test func `is not written where it is the usual one`() throws {
    let usual = String(decoding: try canonicalJSON(TrainingSettings()), as: UTF8.self)
    #expect(!usual.contains("arithmetic"))
    let chosen = try canonicalJSON(settings(.gpuFloat32).training)
    #expect(String(decoding: chosen, as: UTF8.self).contains(#""arithmetic":"gpu-float32""#))
    #expect(try decodeJSON(TrainingSettings.self, from: chosen).arithmetic == .gpuFloat32)
    #expect(
      try decodeJSON(TrainingSettings.self, from: Data(usual.utf8)).arithmetic == .float32)
  }
}
