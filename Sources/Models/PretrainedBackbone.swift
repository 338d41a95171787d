// A pretrained speech transformer as used by one variant: a frozen part, whose frames are computed
// once and stored, and a trained part on top of it.
package import Checkpoints
package import Layers
package import Settings
package import Devices
import Tensors

/// A checkpoint and the choice of trained layers.
package struct PretrainedBackbone: Sendable {
  package let weights: FrozenWeights
  package let layers: LayerChoice
  /// The first trained layer k. Layers k … L - 1 are trained. With 0, everything but the feature
  /// encoder is trained. With nil, the whole network is frozen.
  package let firstTrainedLayer: Int?
  /// Whether the gradient recomputes the activations of trained layers instead of storing them.
  package let recomputes: Bool
  /// The arithmetic of the frozen part's convolutions and linear maps.
  package let arithmetic: FrozenArithmetic
  /// The device of the frozen part; nil if the CPU computes it.
  let device: Device?

  package var checkpoint: Checkpoint { weights.checkpoint }

  /// - Parameters:
  ///   - weights: shared by all variants that use the checkpoint.
  ///   - device: computes the frozen part if `arithmetic` needs a device.
  /// - Throws: `PretrainedBackboneError` if the network has no such first trained layer, or no
  ///   device that can compute in this arithmetic.
  package init(
    _ weights: FrozenWeights, layers: LayerChoice, firstTrainedLayer: Int?, recomputes: Bool,
    arithmetic: FrozenArithmetic = .float32, device: Device? = nil
  ) throws {
    let count = weights.checkpoint.configuration.layers
    if let first = firstTrainedLayer, !(0..<count).contains(first) {
      throw PretrainedBackboneError.noSuchLayer(first, layers: count)
    }
    if arithmetic.needsDevice {
      guard let device else { throw PretrainedBackboneError.noDevice(arithmetic) }
      guard device.facts.modes.contains(arithmetic.rawValue) else {
        throw PretrainedBackboneError.unable(
          device: device.name, arithmetic, device.facts.modes)
      }
    }
    self.weights = weights
    self.device = arithmetic.needsDevice ? device : nil
    self.layers = layers
    self.firstTrainedLayer = firstTrainedLayer
    self.recomputes = recomputes
    self.arithmetic = arithmetic
  }

  /// Increased whenever the same weights give frames with other bits, so that stored frames of an
  /// older program are not reused.
  private static let revision = 2

  /// The frozen part: 16 kHz waveforms in, frames out.
  package var source: any FrameSource {
    if let device {
      return DeviceTransformer(
        network: weights.network(on: device), states: states, arithmetic: arithmetic,
        fingerprint: checkpoint.fingerprint + " " + states.description + " " + arithmetic.rawValue
          + (generation.map { " " + $0 } ?? "") + " revision \(DeviceTransformer.revision)")
    }
    return FrozenTransformer(
      weights: weights, states: states, arithmetic: arithmetic == .int16 ? .int16 : .float32,
      fingerprint: checkpoint.fingerprint + " " + states.description
        + (arithmetic == .int16 ? " int16" : "") + " revision \(Self.revision)")
  }

  /// The generation of tensor cores that the frames depend on; nil if they depend on none.
  package var generation: String? {
    guard let device, arithmetic != .gpuFloat32 else { return nil }
    return device.facts.isStandIn
      ? "tensor cores in their place" : "tensor cores of \(device.facts.capability / 10)"
  }

  /// The states of the frozen part that the trained part reads.
  var states: FrozenStates {
    switch (firstTrainedLayer, layers) {
    case (nil, .last): .last
    case (nil, .weighted): .all
    case (0, _): .features
    case (let first?, .last): .input(of: first)
    case (let first?, .weighted): .inputs(through: first)
    }
  }

  /// Makes the trained part. Its parameters are named `backbone.` plus the checkpoint's names.
  ///
  /// - Parameter dropout: the rate after attention and feed-forward blocks.
  package func trained(dropout: Double = 0, in parameters: inout Parameters) -> any Backbone {
    TransformerBackbone(self, dropout: dropout, in: &parameters)
  }
}

/// An invalid use of a pretrained network.
package enum PretrainedBackboneError: Error, Equatable, CustomStringConvertible {
  case noSuchLayer(Int, layers: Int)
  /// The arithmetic needs a device, and none was given.
  case noDevice(FrozenArithmetic)
  /// The device cannot compute in this arithmetic.
  case unable(device: String, FrozenArithmetic, [String])

  package var description: String {
    switch self {
    case .noSuchLayer(let first, let layers):
      """
      model.trainable_from_layer: this backbone has layers 0 to \(layers - 1), found \(first); \
      give one of these, or -1 to train none
      """
    case .noDevice(let arithmetic):
      "pretrained.arithmetic: \(arithmetic.rawValue) needs a device; give --device gpu or --device "
        + "cpu"
    case .unable(let device, let arithmetic, let modes):
      "pretrained.arithmetic: \(device) cannot compute in \(arithmetic.rawValue); it offers "
        + modes.joined(separator: ", ")
    }
  }
}
