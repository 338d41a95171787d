// The frozen part of a pretrained backbone: recordings in, frames out.
import Autograd
import Checkpoints
import Tensors

/// The hidden states that a frozen transformer returns. `h₀` is the input of the first layer and
/// `hᵢ` the output of layer i - 1. In pre-norm networks the last state, `h_L`, is normalised.
enum FrozenStates: CustomStringConvertible {
  /// `h_L`.
  case last
  /// `h₀ … h_L` side by side.
  case all
  /// `h_k`.
  case input(of: Int)
  /// `h₀ … h_k` side by side.
  case inputs(through: Int)
  /// The output of the feature encoder.
  case features

  var description: String {
    switch self {
    case .last: "last state"
    case .all: "all states"
    case .input(let layer): "state \(layer)"
    case .inputs(let layer): "states 0 to \(layer)"
    case .features: "encoder features"
    }
  }
}

/// A transformer without gradients, computed up to the requested states.
struct FrozenTransformer: FrameSource {
  let weights: FrozenWeights
  let states: FrozenStates
  let arithmetic: Arithmetic
  let fingerprint: String

  private var configuration: TransformerConfiguration { weights.checkpoint.configuration }

  private var shape: FrozenShape { FrozenShape(configuration: configuration, states: states) }

  var columns: Int { shape.columns }

  func frameCount(samples: Int) -> Int { configuration.frameCount(samples: samples) }

  func origin(ofColumn column: Int) -> String { shape.origin(ofColumn: column) }

  /// Returns the frames of each recording. Each recording must be long enough for one frame.
  func frames(of recordings: [[Float]], threads: Int) -> [Tensor] {
    let encoder = FeatureEncoder(weights: weights, arithmetic: arithmetic)
    let features = recordings.map { encoder.frames(of: $0, threads: threads) }
    if case .features = states { return features }
    let sequences = Ragged(features.map(\.rows))
    let tape = Tape(recording: false, threads: threads)
    let reader = weights.reader(as: arithmetic, threads: threads)
    let transformer = Transformer(configuration: configuration)
    let positions = transformer.positionBias(sequences, reader, tape)
    var output = Tensor(uninitialized: [sequences.rows, columns])
    var h = transformer.embedding(
      Variable(constant: .stacked(features)), sequences, reader, tape)
    keep(h.value, 0, in: &output)
    for layer in 0..<shape.layersNeeded {
      h = transformer.layer(
        layer, h, sequences, positions: positions, reader, dropout: nil, tape)
      if layer + 1 == configuration.layers { h = transformer.last(h, reader, tape) }
      keep(h.value, layer + 1, in: &output)
    }
    return (0..<sequences.count).map {
      output.rows(sequences.offsets[$0]..<sequences.offsets[$0 + 1])
    }
  }

  /// Writes a state to its columns if it is one of the requested states.
  private func keep(_ state: Tensor, _ index: Int, in output: inout Tensor) {
    guard let place = shape.place(ofState: index) else { return }
    let d = configuration.width
    let start = output.ownAddress()
    for row in 0..<state.rows {
      (start + row * output.columns + place).update(
        from: state.address + row * d, count: d)
    }
    withExtendedLifetime(state) {}
  }
}
