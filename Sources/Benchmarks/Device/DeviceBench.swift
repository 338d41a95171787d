// The speed of a device: the frozen forward pass in each arithmetic, beside the ceilings that the
// device reaches with products and copies alone.
import Checkpoints
package import Devices
import Foundation
import Models
import Settings
import Tensors
import Training

/// The figures of one device.
package struct DeviceBench: Codable, Sendable {
  /// A rate of the forward pass.
  package struct Forward: Codable, Sendable {
    package let arithmetic: String
    /// The number of recordings of a call.
    package let batch: Int
    /// The median time of a call, with both transfers.
    package let secondsPerCall: Double
    package let clipsPerSecond: Double
    /// The products of the pass in its time, as a share of `teraflops` of the same arithmetic.
    package let shareOfProducts: Double
  }

  package var device: String
  package var capability: Int
  package var driver: String
  package var isStandIn: Bool
  package var network: String
  /// The length of a recording in seconds.
  package var clip: Double
  /// 10¹² operations a second of large products, by arithmetic.
  package var teraflops: [String: Double] = [:]
  /// 10⁹ bytes a second of a copy within the device, read and written bytes counted.
  package var copyGigabytes: Double
  /// 10⁹ bytes a second to the device and back, from and to ordinary memory.
  package var uploadGigabytes: Double
  package var downloadGigabytes: Double
  package var forward: [Forward] = []
  /// The time from opening the device to the end of the first call, in seconds.
  package var firstCallSeconds: Double
  /// The time of a training step of FLAM and the four losses on frames of 200 x 1024, B = 16, in
  /// seconds; 2 x 16 x 64 for the stand-in.
  package var headStepSeconds: Double
  /// ‖frames - float32 frames of the CPU‖ / ‖frames‖, by arithmetic, for one recording.
  package var errors: [String: Double] = [:]

  /// Measures a device.
  ///
  /// - Parameters:
  ///   - checkpoint: the folder of a network; its weights may be random.
  ///   - batches: the numbers of recordings of a call.
  ///   - size: the rows and columns of the product that is the ceiling.
  package init(
    _ choice: DeviceChoice, checkpoint folder: String, clip: Double, batches: [Int], repeats: Int,
    size: Int, watch: (String) -> Void
  ) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let device = try Device.open(choice)
    let weights = FrozenWeights(try Checkpoint(folder: folder))
    func source(_ arithmetic: FrozenArithmetic) throws -> any FrameSource {
      try PretrainedBackbone(
        weights, layers: .last, firstTrainedLayer: nil, recomputes: false, arithmetic: arithmetic,
        device: arithmetic.needsDevice ? device : nil
      ).source
    }
    let samples = Int(clip * 16_000)
    let clips = (0..<(batches.max() ?? 1)).map {
      voice(samples: samples, sampleRate: 16_000, "recording \($0)")
    }
    watch("the first call")
    _ = try source(.gpuFloat32).frames(of: [clips[0]], threads: 1)
    firstCallSeconds = (clock.now - start) / .seconds(1)
    self.device = device.facts.name
    capability = device.facts.capability
    driver = DeviceFacts.version(device.facts.driver)
    isStandIn = device.facts.isStandIn
    let shape = weights.checkpoint.configuration
    network = "\(shape.family.rawValue), \(shape.layers) layers of \(shape.width)"
    self.clip = clip
    watch("copies")
    let rates = try DeviceCopies(device, bytes: size * size * 16, repeats: repeats)
    copyGigabytes = rates.within
    (uploadGigabytes, downloadGigabytes) = (rates.upload, rates.download)
    let threads = ProcessInfo.processInfo.activeProcessorCount
    watch("steps of the head")
    let isSmall = device.facts.isStandIn || size < 1024
    headStepSeconds = try secondsOfHeadStep(
      on: device, utterances: isSmall ? 2 : 16, frames: isSmall ? 16 : 200,
      width: isSmall ? 64 : 1024, heads: 8, steps: isSmall ? 2 : 50)
    watch("the frames of the CPU")
    let exact = try source(.float32).frames(of: [clips[0]], threads: threads)[0]
    for arithmetic in FrozenArithmetic.allCases
    where device.facts.modes.contains(arithmetic.rawValue) {
      let name = arithmetic.rawValue
      watch("products in \(name)")
      let ceiling = try largeProduct(on: device, arithmetic, size: size, repeats: repeats)
      teraflops[name] = ceiling
      let source = try source(arithmetic)
      errors[name] = try difference(source.frames(of: [clips[0]], threads: 1)[0], exact)
      let operations = operations(of: shape, samples: samples, arithmetic: .gpuFloat32)
      for batch in batches {
        watch("\(batch) recordings in \(name)")
        let recordings = Array(clips.prefix(batch))
        let seconds = try median(of: repeats) { _ = try source.frames(of: recordings, threads: 1) }
        forward.append(
          Forward(
            arithmetic: name, batch: batch, secondsPerCall: seconds,
            clipsPerSecond: Double(batch) / seconds,
            shareOfProducts: operations * Double(batch) / seconds / (ceiling * 1e12)))
      }
    }
  }
}

/// The median time of `work` in seconds, after one call to warm up.
func median(of repeats: Int, _ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  try work()
  var times: [Double] = []
  for _ in 0..<max(1, repeats) {
    let start = clock.now
    try work()
    times.append((clock.now - start) / .seconds(1))
  }
  return times.sorted()[times.count / 2]
}

/// The rates of copies, in 10⁹ bytes a second.
private struct DeviceCopies {
  let within: Double
  let upload: Double
  let download: Double

  init(_ device: Device, bytes: Int, repeats: Int) throws {
    let (a, b) = (try device.buffer(bytes: bytes), try device.buffer(bytes: bytes))
    try device.fill(a, bytes: bytes)
    var host = Tensor.full([bytes / 4], 1)
    let size = Double(bytes) / 1e9
    within =
      2 * size
      / (try median(of: repeats) {
        try device.copy(a, offset: 0, to: b, offset: 0, bytes: bytes)
        try device.synchronize()
      })
    upload =
      size
      / (try median(of: repeats) {
        try device.upload(host, to: a)
        try device.synchronize()
      })
    download =
      size
      / (try median(of: repeats) {
        try device.download(
          a, into: UnsafeMutableRawBufferPointer(start: host.ownAddress(), count: bytes))
      })
  }
}

/// ‖x - y‖ / ‖y‖.
private func difference(_ x: Tensor, _ y: Tensor) -> Double {
  let pairs = zip(x.array, y.array).map { (Double($0), Double($1)) }
  let squares = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (squares / pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
}
