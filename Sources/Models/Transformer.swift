// The transformer of WavLM, HuBERT and wav2vec 2.0, on frozen or trained weights.
// N frames of D features in all, L layers, H heads.
import Autograd
import Checkpoints
import Tensors

/// The computation of a checkpoint's transformer. `NamedWeights` provides its numbers.
struct Transformer {
  let configuration: TransformerConfiguration

  /// Returns the input of the first layer, `[N, D]`: the projected frames plus their position
  /// embedding, normalised in post-norm networks.
  ///
  /// - Parameter features: the feature encoder's frames, `[N, C]`.
  func embedding(
    _ features: Variable, _ sequences: Ragged, _ weights: some NamedWeights, _ tape: Tape
  ) -> Variable {
    let epsilon = configuration.epsilon
    let normal =
      configuration.normalizesProjection
      ? weights.norm("feature_projection.layer_norm", features, epsilon: epsilon, tape) : features
    let projected = weights.linear("feature_projection.projection", normal, tape)
    let groups = configuration.positionGroups
    let positions = tape.groupedConvolution(
      projected, sequences, weights.positionWeight(groups: groups, tape),
      bias: weights.vector("encoder.pos_conv_embed.conv.bias"), groups: groups)
    let sum = tape.sum(projected, tape.gelu(positions))
    return configuration.normalizesFirst
      ? sum : weights.norm("encoder.layer_norm", sum, epsilon: epsilon, tape)
  }

  /// Returns WavLM's position bias, `[H, 2C - 1]` for sequences of up to C frames. All layers share
  /// it. Returns nil for the other families.
  func positionBias(
    _ sequences: Ragged, _ weights: some NamedWeights, _ tape: Tape
  ) -> Variable? {
    guard configuration.family == .wavlm, let longest = sequences.lengths.max() else { return nil }
    return tape.relativePositions(
      weights.vector(Self.positionTable),
      PositionBuckets(
        count: configuration.positionBuckets,
        greatestDistance: configuration.greatestPositionDistance),
      longest: longest)
  }

  /// The name of the table of relative positions.
  static let positionTable = "encoder.layers.0.attention.rel_attn_embed.weight"

  /// Returns the output of a layer, `[N, D]`. With pre-norm:
  ///
  ///     h = x + drop(Attention(LN₁(x))),   y = h + drop(FFN(LN₂(h)))
  ///
  /// and with post-norm:
  ///
  ///     h = LN₁(x + drop(Attention(x))),   y = LN₂(h + drop(FFN(h)))
  ///
  /// where FFN(h) = GELU(h W₁ᵀ + b₁) W₂ᵀ + b₂.
  ///
  /// - Parameters:
  ///   - positions: the result of `positionBias`.
  ///   - dropout: the rate, and the seeds of the two dropouts; nil outside training.
  func layer(
    _ index: Int, _ x: Variable, _ sequences: Ragged, positions: Variable?,
    _ weights: some NamedWeights, dropout: (rate: Double, seeds: [UInt64])?, _ tape: Tape
  ) -> Variable {
    let name = "encoder.layers.\(index)."
    let epsilon = configuration.epsilon
    let first = configuration.normalizesFirst
    func drop(_ x: Variable, _ place: Int) -> Variable {
      dropout.map { tape.dropout(x, rate: $0.rate, seed: $0.seeds[place]) } ?? x
    }
    func branch(_ layer: String, _ x: Variable, onto residual: Variable, _ place: Int) -> Variable {
      guard let rate = dropout?.rate, rate > 0 else {
        return weights.linear(name + layer, x, addend: residual, tape)
      }
      return tape.sum(residual, drop(weights.linear(name + layer, x, tape), place))
    }
    let input = first ? weights.norm(name + "layer_norm", x, epsilon: epsilon, tape) : x
    let gathered = attention(name + "attention.", input, sequences, positions, weights, tape)
    var h = branch("attention.out_proj", gathered, onto: x, 0)
    if !first { h = weights.norm(name + "layer_norm", h, epsilon: epsilon, tape) }
    let middle =
      first ? weights.norm(name + "final_layer_norm", h, epsilon: epsilon, tape) : h
    let hidden = weights.linear(
      name + "feed_forward.intermediate_dense", middle, gelu: true, tape)
    let y = branch("feed_forward.output_dense", hidden, onto: h, 1)
    return first ? y : weights.norm(name + "final_layer_norm", y, epsilon: epsilon, tape)
  }

  /// Returns the last hidden state, given the output of the last layer.
  func last(_ x: Variable, _ weights: some NamedWeights, _ tape: Tape) -> Variable {
    configuration.normalizesFirst
      ? weights.norm("encoder.layer_norm", x, epsilon: configuration.epsilon, tape) : x
  }

  private func attention(
    _ name: String, _ x: Variable, _ sequences: Ragged, _ positions: Variable?,
    _ weights: some NamedWeights, _ tape: Tape
  ) -> Variable {
    let bias = positions.map { positions in
      PositionBias(
        gate: tape.positionGate(
          x, weight: weights.vector(name + "gru_rel_pos_linear.weight"),
          bias: weights.vector(name + "gru_rel_pos_linear.bias"),
          constant: weights.vector(name + "gru_rel_pos_const")),
        bias: positions)
    }
    let read = weights.linear(["q_proj", "k_proj", "v_proj"].map { name + $0 }, x, tape)
    return tape.attention(
      query: read[0], key: read[1], value: read[2], sequences, heads: configuration.heads,
      position: bias)
  }

  /// The names of a layer's weights, in the order of the computation.
  func layerNames(_ index: Int) -> [String] {
    let linear = [
      "attention.q_proj", "attention.k_proj", "attention.v_proj", "attention.out_proj",
      "layer_norm", "feed_forward.intermediate_dense", "feed_forward.output_dense",
      "final_layer_norm",
    ].flatMap { [$0 + ".weight", $0 + ".bias"] }
    let gate = [
      "attention.gru_rel_pos_linear.weight", "attention.gru_rel_pos_linear.bias",
      "attention.gru_rel_pos_const",
    ]
    return (linear + (configuration.family == .wavlm ? gate : [])).map {
      "encoder.layers.\(index)." + $0
    }
  }

  /// The names of the weights of `embedding` and `positionBias`.
  var embeddingNames: [String] {
    let norm = ["weight", "bias"].map { "feature_projection.layer_norm." + $0 }
    let rest = ["weight", "bias"].map { "feature_projection.projection." + $0 }
    let position = ["weight_g", "weight_v", "bias"].map { "encoder.pos_conv_embed.conv." + $0 }
    return (configuration.normalizesProjection ? norm : []) + rest + position
      + (configuration.family == .wavlm ? [Self.positionTable] : [])
  }

  /// The names of the norm before the first layer or after the last.
  var normNames: [String] { ["encoder.layer_norm.weight", "encoder.layer_norm.bias"] }
}
