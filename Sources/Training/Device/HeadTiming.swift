// How long a step of a head on a device takes.
package import Devices
import Layers
import Models
import Randomness
import Settings
import Tensors

/// Returns the seconds of a training step on frames that stay on the device: FLAM, the four losses
/// and the optimiser of the paper's system.
///
/// - Parameters:
///   - utterances: B.
///   - frames: T, the same for all utterances.
///   - width: D, a multiple of `heads`.
///   - steps: how many are timed, after a few that are not.
package func secondsOfHeadStep(
  on device: Device, utterances: Int, frames: Int, width: Int, heads: Int, steps: Int
) throws -> Double {
  var settings = VariantSettings()
  settings.model.backbone = .frames
  settings.model.heads = heads
  settings.training.arithmetic = .gpuFloat32
  let classes = 8
  let (network, parameters) = EmotionNetwork.make(
    settings.model, onFramesOf: width, classes: classes, using: RandomStream(seed: 1))
  let head = try DeviceHead(device, parameters, settings)
  try head.load(TrainingState(network, parameters, settings.training))
  var random = RandomStream(seed: 2)
  let rows = utterances * frames
  let values = (0..<rows * width).map { _ in Float(random.uniform(-1, 1)) }
  let stored = try device.buffer(Tensor(shape: [rows, width], values: values))
  let targets = Tensor(
    shape: [utterances, classes],
    values: (0..<utterances * classes).map { $0 % classes == $0 / classes % classes ? 1 : 0 })
  let input = HeadInput((0..<utterances).map { (.stored(row: $0 * frames), frames) })
  func run(_ steps: Int) throws {
    for step in 0..<steps {
      try head.startStep(
        on: input, targets: targets, stored: stored, random: random.split("\(step)"), factor: 1)
      if head.waiting == DeviceHead.mostWaiting { _ = try head.finishSteps() }
    }
    _ = try head.finishSteps()
    try device.synchronize()
  }
  try run(3)
  let clock = ContinuousClock()
  let start = clock.now
  try run(steps)
  return (clock.now - start) / .seconds(1) / Double(max(1, steps))
}
