// The frozen part of a pretrained backbone on a device.
import Checkpoints
import Devices
import Settings
import Tensors

/// A transformer without gradients whose states a device computes, up to the requested states.
struct DeviceTransformer: FrameSource {
  let network: DeviceNetwork
  let states: FrozenStates
  let arithmetic: FrozenArithmetic
  let fingerprint: String

  /// Increased whenever the kernels give other bits.
  static let revision = 1

  private var shape: FrozenShape {
    FrozenShape(configuration: network.checkpoint.configuration, states: states)
  }

  var columns: Int { shape.columns }
  func frameCount(samples: Int) -> Int {
    network.checkpoint.configuration.frameCount(samples: samples)
  }
  func origin(ofColumn column: Int) -> String { shape.origin(ofColumn: column) }

  /// A GPU is busy with many recordings at once. The CPU in its place gains nothing.
  var preferredSamples: Int? {
    let facts = network.device.facts
    return facts.isStandIn
      ? nil : DeviceNetwork.samples(forMultiprocessors: facts.multiprocessors)
  }
  var deviceMemory: Int? { network.device.allocated }

  func frames(of recordings: [[Float]], threads: Int) throws -> [Tensor] {
    try network.frames(of: recordings, states, arithmetic)
  }
}
