// Property: what a device computes depends on nothing but the recording, failures lose nothing, and
// kernels agree with the CPU in every order of their items. The golden fixture "pretrained" checks
// the numbers (`reprise verify --device cpu`).
import CDevice
import Checkpoints
import Devices
import Foundation
import Models
import Randomness
import Settings
import Tensors
import TestSupport
import Testing

private let checkpoint = Result {
  let folder = FileManager.default.temporaryDirectory.path + "/device-\(UUID())"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try writeRandomCheckpoint(like: .tiny, to: folder, seed: 4)
  return try Checkpoint(folder: folder)
}

private func source(
  on device: Device, _ arithmetic: FrozenArithmetic = .gpuFloat32, _ layers: LayerChoice = .last
) throws -> any FrameSource {
  try PretrainedBackbone(
    FrozenWeights(try checkpoint.get()), layers: layers, firstTrainedLayer: nil,
    recomputes: false, arithmetic: arithmetic, device: device
  ).source
}

/// All states on the CPU, in 32-bit floats.
private func cpuFrames(_ checkpoint: Checkpoint) throws -> [Tensor] {
  try PretrainedBackbone(
    FrozenWeights(checkpoint), layers: .weighted, firstTrainedLayer: nil, recomputes: false
  ).source.frames(of: recordings, threads: 1)
}

/// The norm of the difference, as a share of the norm of the second frames.
private func distance(_ frames: [Tensor], from exact: [Tensor]) -> Double {
  let pairs = zip(Tensor.stacked(frames).array, Tensor.stacked(exact).array)
    .map { (Double($0), Double($1)) }
  let off = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (off / pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
}

private func noise(_ count: Int, _ name: String) -> [Float] {
  var random = RandomStream(seed: 6).split(name)
  return (0..<count).map { _ in Float(0.1 * random.normal()) }
}

private let recordings = [noise(8000, "a"), noise(400, "b"), noise(5013, "c"), noise(721, "d")]

@Suite struct `Frames of a device` {
  @Test func `differ from those of the CPU, by far the most in gpu-tf32`() throws {
    let device = try Device.open(.cpu)
    let exact = try cpuFrames(try checkpoint.get())
    let errors = try [FrozenArithmetic.gpuFloat32, .gpuThreeTF32, .gpuTF32].map {
      distance(
        try source(on: device, $0, .weighted).frames(of: recordings, threads: 1), from: exact)
    }
    #expect(errors[0] > 0 && errors[1] > 0, "\(errors)")
    #expect(errors[2] > 100 * max(errors[0], errors[1]), "\(errors)")
  }

  /// Checkpoints of half precision, and the type of their numbers.
  static let halves = [("hubert-group", "float16"), ("wav2vec2-layer", "bfloat16")]

  /// The tolerance is that of the fixture's states: 128 half units of the last place, of an element
  /// and of the greatest one.
  @Test(arguments: halves)
  func `of a checkpoint in half precision are those of the CPU`(
    _ folder: String, _ type: String
  ) throws {
    let checkpoint = try Checkpoint(folder: packageRoot + "/golden/pretrained/" + folder)
    #expect(checkpoint.types.map(\.description) == [type])
    let exact = try cpuFrames(checkpoint)
    let device = try Device.open(.cpu)
    func found(_ checkpoint: Checkpoint) throws -> [Tensor] {
      try PretrainedBackbone(
        FrozenWeights(checkpoint), layers: .weighted, firstTrainedLayer: nil, recomputes: false,
        arithmetic: .gpuFloat32, device: device
      ).source.frames(of: recordings, threads: 1)
    }
    let bound = 128 * 0x1p-24
    for (frames, exact) in zip(try found(checkpoint), exact) {
      let greatest = Double(exact.array.map(abs).max() ?? 0)
      let off = zip(frames.array, exact.array).filter {
        abs(Double($0) - Double($1)) > bound * (greatest + abs(Double($1)))
      }
      #expect(frames.shape == exact.shape && off.isEmpty, "\(off.count) numbers")
    }
    // Control: the weights of another family are found.
    let other = try Checkpoint(folder: packageRoot + "/golden/pretrained/wav2vec2-group")
    #expect(distance(try found(other), from: exact) > 0.01)
  }

  @Test func `in 16-bit integers come from the CPU, whatever device is given`() throws {
    func integers(_ device: Device?) throws -> any FrameSource {
      try PretrainedBackbone(
        FrozenWeights(try checkpoint.get()), layers: .weighted, firstTrainedLayer: nil,
        recomputes: false, arithmetic: .int16, device: device
      ).source
    }
    let (own, given) = (try integers(nil), try integers(try Device.open(.cpu)))
    #expect(own.fingerprint == given.fingerprint)
    #expect(
      try own.frames(of: recordings, threads: 1) == given.frames(of: recordings, threads: 1))
    // Control: a device's own arithmetic gives others.
    #expect(
      try source(on: try Device.open(.cpu), .gpuFloat32, .weighted)
        .frames(of: recordings, threads: 1) != own.frames(of: recordings, threads: 1))
  }

  @Test func `of a recording of 31 s and of one frame agree in both orders of items`() throws {
    let device = try Device.open(.cpu, mirrored: true)
    let long = [noise(31 * 16_000, "long"), noise(400, "short")]
    let frames = try source(on: device).frames(of: long, threads: 1)
    #expect(frames.map(\.rows) == [1549, 1])
    #expect(frames.allSatisfy { $0.isFinite })
    let agreements = device.agreements
    #expect(agreements.count >= 8)
    for agreement in agreements {
      #expect(agreement.other == 0, "\(agreement)")
      #expect(agreement.numbers > 0 && agreement.launches > 0)
    }
  }

  @Test func `are refused in an arithmetic that the device lacks`() throws {
    let device = try withFaults("capability=75") { try Device.open(.cpu) }
    _ = try source(on: device)
    let error = #expect(throws: PretrainedBackboneError.self) {
      _ = try source(on: device, .gpuTF32)
    }
    #expect(
      error?.description
        == "pretrained.arithmetic: --device cpu cannot compute in gpu-tf32; it offers gpu-float32")
  }

  @Test func `are refused without a device`() throws {
    let error = #expect(throws: PretrainedBackboneError.self) {
      _ = try PretrainedBackbone(
        FrozenWeights(try checkpoint.get()), layers: .last, firstTrainedLayer: nil,
        recomputes: false, arithmetic: .gpuFloat32)
    }
    #expect(error?.description.contains("gpu-float32 needs a device") == true)
  }
}

@Suite struct `A failing device` {
  /// Computes with a fault, and again without it.
  private func fails(_ faults: String, _ expected: [Tensor]) throws -> DeviceError? {
    let device = try Device.open(.cpu)
    let source = try source(on: device)
    var error: DeviceError?
    do {
      let frames = try withFaults(faults) { try source.frames(of: recordings, threads: 1) }
      #expect(frames == expected)
    } catch let failure as DeviceError {
      error = failure
    }
    #expect(try source.frames(of: recordings, threads: 1) == expected)
    return error
  }

  @Test func `says so in one line at each allocation, and computes the same afterwards`() throws {
    let expected = try source(on: Device.open(.cpu)).frames(of: recordings, threads: 1)
    var failures = 0
    for index in 1...200 {
      guard let error = try fails("allocate@\(index)=2", expected) else { break }
      guard case .outOfMemory = error else {
        Issue.record("\(error)")
        return
      }
      #expect(!error.description.contains("\n"))
      failures += 1
    }
    // Weights of three layers and the working memory.
    #expect(failures > 60 && failures < 200)
  }

  @Test(arguments: ["launch@7=719", "upload@3=719", "download@1=719", "module@1=218"])
  func `says so in one line at any call`(faults: String) throws {
    let expected = try source(on: Device.open(.cpu)).frames(of: recordings, threads: 1)
    let error = try #require(try fails(faults, expected))
    #expect(!error.description.contains("\n"))
    if faults.hasSuffix("719") {
      #expect(error.description.contains("start the command again"))
    } else {
      #expect(error.description.contains("CUDA_ERROR_INVALID_PTX"))
    }
  }
}

private func withFaults<Result>(_ faults: String, _ body: () throws -> Result) rethrows -> Result {
  #expect(reprise_standin_faults(faults) == 1)
  defer { _ = reprise_standin_faults("") }
  return try body()
}
