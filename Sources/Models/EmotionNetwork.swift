// The whole network: backbone, frame pooling, head, and the class centers of the center loss.
package import Autograd
package import Layers
package import Randomness
package import Settings
package import Tensors

/// A speech emotion classifier. Its structure only: the numbers are in `Parameters`.
///
/// The work falls into two parts, so that a batch can be encoded by several threads: `encode`
/// treats each utterance alone, `classify` sees the whole batch.
package struct EmotionNetwork: Sendable {
  private let backbone: any Backbone
  private let pooling: FramePooling
  private let statistics: StatisticsEmbedding?
  private let projection: Affine
  private let classifier: Affine
  private let headDropout: Double
  /// The centers of the center loss, `[K, E]`: trained by their own learning rate.
  package let centers: Parameters.ID

  /// Makes a network and its first parameters.
  ///
  /// - Parameters:
  ///   - pretrained: what reads the frames of its own source, or nil for a network on features.
  ///   - features: numbers in an input frame, F.
  ///   - statistics: numbers that describe a whole utterance, G; 0 for none.
  ///   - classes: K.
  ///   - random: every parameter's first value depends on this and its own name alone.
  package static func make(
    _ settings: ModelSettings, pretrained: PretrainedBackbone? = nil, features: Int,
    statistics: Int, classes: Int, using random: RandomStream
  ) -> (network: EmotionNetwork, parameters: Parameters) {
    var parameters = Parameters()
    let backbone: any Backbone =
      pretrained?.trained(dropout: settings.dropout, in: &parameters)
      ?? CompactBackbone(settings, features: features, in: &parameters, using: random)
    let network = EmotionNetwork(
      settings, backbone, statistics: statistics, classes: classes, in: &parameters,
      using: random)
    return (network, parameters)
  }

  /// Makes a network on frames of `width` numbers that come from elsewhere and need no gradient.
  package static func make(
    _ settings: ModelSettings, onFramesOf width: Int, classes: Int, using random: RandomStream
  ) -> (network: EmotionNetwork, parameters: Parameters) {
    var parameters = Parameters()
    let network = EmotionNetwork(
      settings, GivenFrames(width: width), statistics: 0, classes: classes, in: &parameters,
      using: random)
    return (network, parameters)
  }

  private init(
    _ settings: ModelSettings, _ backbone: any Backbone, statistics: Int, classes: Int,
    in parameters: inout Parameters, using random: RandomStream
  ) {
    self.backbone = backbone
    pooling = FramePooling(settings, width: backbone.width, in: &parameters, using: random)
    self.statistics =
      statistics > 0
      ? StatisticsEmbedding(
        settings, inputs: statistics, width: backbone.width, in: &parameters, using: random) : nil
    projection = Affine(
      "head.projection", inputs: backbone.width, outputs: settings.embedding, in: &parameters,
      using: random)
    classifier = Affine(
      "head.classifier", inputs: settings.embedding, outputs: classes, in: &parameters,
      using: random)
    headDropout = settings.headDropout
    centers = parameters.add(
      "centers",
      .normal([classes, settings.embedding], deviation: 1, random.split("centers")), decays: false)
  }

  /// Returns, for each of S utterances, its pooled frames z and their context-broadcast
  /// counterpart, both `[S, D]`.
  ///
  /// - Parameters:
  ///   - input: the frames of all utterances, `[N, F]`.
  ///   - statistics: what describes each utterance as a whole, `[S, G]`; its embedding is added to
  ///     both results.
  package func encode(
    _ input: Tensor, _ sequences: Ragged, statistics values: Tensor, _ pass: Pass
  ) -> (pooled: Variable, broadcast: Variable) {
    let (frames, shorter) = backbone.frames(of: Variable(constant: input), sequences, pass)
    let (pooled, broadcast) = pooling.pooled(frames, shorter, pass)
    guard let statistics else { return (pooled, broadcast) }
    let embedded = statistics(Variable(constant: values), pass)
    return (pass.tape.sum(pooled, embedded), pass.tape.sum(broadcast, embedded))
  }

  /// Returns how FLAM weighs the frames of each utterance, as they leave the backbone, and the
  /// lengths of the utterances in these frames; nil for another pooling.
  package func frameWeights(_ input: Tensor, _ sequences: Ragged, _ pass: Pass) -> (
    weights: Tensor, sequences: Ragged
  )? {
    let (frames, shorter) = backbone.frames(of: Variable(constant: input), sequences, pass)
    return pooling.weights(frames, shorter, pass).map { ($0, shorter) }
  }

  /// Returns what the head says of pooled frames z, `[B, D]`:
  ///
  ///     f = W₁ z + b₁ ∈ R^E,  logits = W₂ f + b₂
  package func classify(_ pooled: Variable, _ pass: Pass) -> Classification {
    let embeddings = projection(pass.dropout(pooled, rate: headDropout), pass)
    return Classification(embeddings: embeddings, logits: classifier(embeddings, pass))
  }

  /// Returns the unit vectors that the contrastive loss compares, `[B, E]`: `unit(W₁ z' + b₁)` of
  /// the context-broadcast counterpart z', `[B, D]`.
  package func contrast(_ broadcast: Variable, _ pass: Pass) -> Variable {
    pass.tape.unitRows(projection(broadcast, pass))
  }
}

/// What the head says of a batch.
package struct Classification {
  /// f, `[B, E]`.
  package let embeddings: Variable
  /// `[B, K]`.
  package let logits: Variable
}
