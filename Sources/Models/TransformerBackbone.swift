// The trained part of a pretrained backbone: the upper layers and the weights of a sum of states.
package import Autograd
import Checkpoints
package import Layers
import Settings
package import Tensors

/// Layers k … L - 1 of a transformer on top of frozen frames. There may be none.
package struct TransformerBackbone: Backbone {
  package let width: Int
  private let transformer: Transformer
  /// The first trained layer, or L if no layer is trained.
  private let first: Int
  private let recomputes: Bool
  private let dropout: Double
  /// Trained tensors by their names in the checkpoint.
  private let trained: [String: Parameters.ID]
  /// Tensors of the checkpoint that trained layers read but that belong to lower, frozen layers.
  private let fixed: [String: Tensor]
  /// a of `Σ softmax(a)ᵢ hᵢ`, `[L + 1, 1]`.
  private let mixture: Parameters.ID?

  /// Adds the trained tensors to `parameters`, with the checkpoint's values. The mixture starts at
  /// zero.
  init(_ backbone: PretrainedBackbone, dropout: Double, in parameters: inout Parameters) {
    let checkpoint = backbone.checkpoint
    let configuration = checkpoint.configuration
    transformer = Transformer(configuration: configuration)
    width = configuration.width
    first = backbone.firstTrainedLayer ?? configuration.layers
    recomputes = backbone.recomputes
    self.dropout = dropout
    mixture =
      backbone.layers == .weighted
      ? parameters.add(
        "backbone.layer_weights", .zeros([configuration.layers + 1, 1]), decays: false) : nil
    var names: [(name: String, depth: Int)] = []
    let below = configuration.layers + 1
    if first == 0 { names += transformer.embeddingNames.map { ($0, below) } }
    for layer in first..<configuration.layers {
      names += transformer.layerNames(layer).map { ($0, configuration.layers - layer) }
    }
    if first == 0 && !configuration.normalizesFirst {
      names += transformer.normNames.map { ($0, below) }
    } else if first < configuration.layers && configuration.normalizesFirst {
      names += transformer.normNames.map { ($0, 1) }
    }
    var trained: [String: Parameters.ID] = [:]
    for (name, depth) in names {
      let value = checkpoint.tensor(name)
      trained[name] = parameters.add(
        "backbone." + name, Tensor(shape: value.shape, values: value.array),
        decays: value.shape.count > 1 && !name.hasSuffix("gru_rel_pos_const"), depth: depth)
    }
    self.trained = trained
    let table = Transformer.positionTable
    fixed =
      first > 0 && first < configuration.layers && configuration.family == .wavlm
      ? [table: checkpoint.tensor(table)] : [:]
  }

  package var passesInputOn: Bool {
    first == transformer.configuration.layers && mixture == nil
  }

  package func frames(
    of input: Variable, _ sequences: Ragged, _ pass: Pass
  ) -> (frames: Variable, sequences: Ragged) {
    let tape = pass.tape
    let weights = VariableWeights(
      variables: trained.mapValues { pass[$0] }.merging(
        fixed.mapValues(Variable.init(constant:)), uniquingKeysWith: { a, _ in a }))
    let layers = transformer.configuration.layers
    var kept: [Variable] = []
    var frozen = input.value
    if first < layers {
      var h: Variable
      if first == 0 {
        h = transformer.embedding(input, sequences, weights, tape)
        kept.append(h)
        frozen = Tensor(uninitialized: [input.value.rows, 0])
      } else {
        h = Variable(constant: input.value.lastColumns(width))
      }
      let positions = transformer.positionBias(sequences, weights, tape)
      for index in first..<layers {
        h = layer(index, h, sequences, positions, weights, pass)
        if index + 1 == layers { h = transformer.last(h, weights, tape) }
        kept.append(h)
      }
    }
    guard let mixture else { return (kept.last ?? input, sequences) }
    let shares = tape.softmax(pass[mixture], within: Ragged([layers + 1]))
    return (tape.mixture(frozen: frozen, kept, width: width, weights: shares), sequences)
  }

  /// Returns the output of a layer. Its activations are stored or recomputed.
  private func layer(
    _ index: Int, _ h: Variable, _ sequences: Ragged, _ positions: Variable?,
    _ weights: VariableWeights, _ pass: Pass
  ) -> Variable {
    let seeds = [pass.dropoutSeed(), pass.dropoutSeed()].compactMap { $0 }
    let drops = seeds.isEmpty ? nil : (rate: dropout, seeds: seeds)
    guard recomputes else {
      return transformer.layer(
        index, h, sequences, positions: positions, weights, dropout: drops, pass.tape)
    }
    let names = transformer.layerNames(index)
    let inputs = [h] + names.map(weights.vector) + (positions.map { [$0] } ?? [])
    return pass.tape.recomputing(inputs) { [transformer] tape, inputs in
      let weights = VariableWeights(
        variables: Dictionary(uniqueKeysWithValues: zip(names, inputs[1...])))
      return transformer.layer(
        index, inputs[0], sequences,
        positions: inputs.count > names.count + 1 ? inputs[names.count + 1] : nil, weights,
        dropout: drops, tape)
    }
  }
}
