// The whole network: backbone, frame pooling, head, and the class centers of the center loss.
package import Autograd
package import Layers
package import Randomness
package import Settings
package import Tensors

/// The structure of a speech emotion classifier. Its numbers are in `Parameters`.
///
/// The work has two parts, so that several threads can encode a batch: `encode` treats each
/// utterance alone, and `classify` sees the whole batch.
package struct EmotionNetwork: Sendable {
  private let backbone: any Backbone
  private let pooling: FramePooling
  private let statistics: StatisticsEmbedding?
  private let projection: Affine
  private let classifier: Affine
  private let headDropout: Double
  /// The centers of the center loss, `[K, E]`. They have their own learning rate.
  package let centers: Parameters.ID

  /// Makes a network and its initial parameters.
  ///
  /// - Parameters:
  ///   - pretrained: the backbone, which reads frames of its own source, or nil for a network on
  ///     features.
  ///   - features: the number of features in an input frame, F.
  ///   - statistics: the number of statistics of an utterance, G; 0 for none.
  ///   - classes: K.
  ///   - random: the source of initial values. Each depends only on this stream and the parameter's
  ///     name.
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

  /// Makes a network on external frames of `width` features, which get no gradient.
  ///
  /// - Parameter layers: the number of layers that lie side by side in each input frame. The
  ///   network learns their weighted sum. Nil if an input frame is one layer.
  package static func make(
    _ settings: ModelSettings, onFramesOf width: Int, layers: Int? = nil, classes: Int,
    using random: RandomStream
  ) -> (network: EmotionNetwork, parameters: Parameters) {
    var parameters = Parameters()
    let backbone = GivenFrames(width: width, layers: layers, in: &parameters)
    let network = EmotionNetwork(
      settings, backbone, statistics: 0, classes: classes, in: &parameters, using: random)
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

  /// The pooling of frozen frames, if nothing before or in it is trained; nil otherwise. Its result
  /// for an utterance is then the same in every epoch.
  package var frameSummary: FrameSummary? {
    guard backbone.passesInputOn, case .untrained(let summary) = pooling else { return nil }
    return summary
  }

  /// Returns the pooled frames z of each of S utterances and their context-broadcast counterpart,
  /// both `[S, D]`.
  ///
  /// - Parameters:
  ///   - input: the frames of all utterances, `[N, F]`.
  ///   - statistics: the statistics of each utterance, `[S, G]`. Their embedding is added to both
  ///     results.
  ///   - arePooled: whether the input consists of rows of `frameSummary`, one for each utterance.
  package func encode(
    _ input: Tensor, _ sequences: Ragged, statistics values: Tensor, arePooled: Bool = false,
    _ pass: Pass
  ) -> (pooled: Variable, broadcast: Variable) {
    let (pooled, broadcast) =
      arePooled ? FrameSummary.parts(of: input) : pooledFrames(of: input, sequences, pass)
    guard let statistics else { return (pooled, broadcast) }
    let embedded = statistics(Variable(constant: values), pass)
    return (pass.tape.sum(pooled, embedded), pass.tape.sum(broadcast, embedded))
  }

  private func pooledFrames(
    of input: Tensor, _ sequences: Ragged, _ pass: Pass
  ) -> (pooled: Variable, broadcast: Variable) {
    let (frames, shorter) = backbone.frames(of: Variable(constant: input), sequences, pass)
    return pooling.pooled(frames, shorter, pass)
  }

  /// Returns FLAM's weights of each utterance's frames, after the backbone, and the lengths of the
  /// utterances in these frames. Returns nil for other poolings.
  package func frameWeights(_ input: Tensor, _ sequences: Ragged, _ pass: Pass) -> (
    weights: Tensor, sequences: Ragged
  )? {
    let (frames, shorter) = backbone.frames(of: Variable(constant: input), sequences, pass)
    return pooling.weights(frames, shorter, pass).map { ($0, shorter) }
  }

  /// Returns the head's output for pooled frames z, `[B, D]`:
  ///
  ///     f = W₁ z + b₁ ∈ R^E,  logits = W₂ f + b₂
  package func classify(_ pooled: Variable, _ pass: Pass) -> Classification {
    let embeddings = projection(pass.dropout(pooled, rate: headDropout), pass)
    return Classification(embeddings: embeddings, logits: classifier(embeddings, pass))
  }

  /// Returns the unit vectors that the contrastive loss compares, `[B, E]`: `unit(W₁ z' + b₁)` for
  /// the context-broadcast counterpart z', `[B, D]`.
  package func contrast(_ broadcast: Variable, _ pass: Pass) -> Variable {
    pass.tape.unitRows(projection(broadcast, pass))
  }
}

/// The head's output for a batch.
package struct Classification {
  /// f, `[B, E]`.
  package let embeddings: Variable
  /// `[B, K]`.
  package let logits: Variable
}
