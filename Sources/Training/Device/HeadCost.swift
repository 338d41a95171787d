// Times the steps of a head that a device trains.
import Devices
package import Layers
package import Models
import Randomness
package import Settings
package import Tensors

/// What a step on a device takes.
package struct HeadCost {
  /// Seconds for one utterance forward and backward, including its share of the step.
  package let step: Double
  /// The bytes of all buffers on the device.
  package let deviceMemory: Int

  /// Times two steps on the device of this process, after one that prepares kernels and memory.
  /// Returns nil if the CPU trains.
  ///
  /// - Parameter frames: the frames of each utterance, `[frames, width]`.
  package init?(
    _ network: EmotionNetwork, _ parameters: Parameters, _ settings: VariantSettings,
    frames: Tensor, clock: () -> Double
  ) throws {
    guard settings.training.arithmetic == .gpuFloat32 else { return nil }
    let device = try Device.ofThisProcess()
    // The CPU in the place of a GPU is slow.
    let count = device.facts.isStandIn ? 2 : settings.training.batchSize
    let input = HeadInput(
      [(source: HeadInput.Source, length: Int)](
        repeating: (.sent(frames), frames.rows), count: count))
    let targets = Tensor(
      shape: [count, 4], values: (0..<4 * count).map { $0 % 4 == $0 / 4 % 4 ? 1 : 0 })
    let head = try DeviceHead(device, parameters, settings)
    try head.load(TrainingState(network, parameters, settings.training))
    func take(_ steps: Int) throws {
      for _ in 0..<steps {
        try head.startStep(
          on: input, targets: targets, stored: nil, random: RandomStream(seed: 1), factor: 1)
      }
      _ = try head.finishSteps()
    }
    try take(1)
    let start = clock()
    try take(2)
    step = (clock() - start) / Double(2 * count)
    deviceMemory = device.allocated
  }
}
