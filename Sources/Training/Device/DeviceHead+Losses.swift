// What follows the pooling on a device: projection, classifier, losses, and the way back.
// B utterances, D features, E features of an embedding, K classes.
import Devices
import Settings
import Tensors

extension DeviceHead {
  /// The dropout of the pooled vectors: the halves of its seed, and its rate.
  struct Dropout {
    let low, high: Int
    let rate: Float

    /// Without a seed nothing is dropped.
    init(_ seed: UInt64?, rate: Double) {
      low = Int(Int32(bitPattern: UInt32(truncatingIfNeeded: seed ?? 0)))
      high = Int(Int32(bitPattern: UInt32(truncatingIfNeeded: (seed ?? 0) >> 32)))
      self.rate = seed == nil ? 0 : Float(rate)
    }
  }

  /// The labels of a batch on the device.
  struct Labels {
    /// The class with the greatest share.
    let greatest: DevicePlace
    /// The smoothed distributions, `[B, K]`.
    let smoothed: DevicePlace
  }

  private typealias Matrix = HeadMemory.Matrix

  /// The size of a batch for the factors of the losses.
  func size(ofBatch utterances: Int) -> LossSize {
    LossSize(utterances: utterances, classes: shape.classes, embedding: shape.embedding)
  }

  /// Computes embeddings, `[2B, E]`, and logits, `[B, K]`, of z and μ, `[2B, D]`.
  func classify(_ stacked: DevicePlace, _ batch: Int, _ dropout: Dropout) throws {
    let (d, e, k) = (shape.width, shape.embedding, shape.classes)
    let inputs = try memory.place("inputs", 2 * batch * d)
    try memory.launch(
      "head_inputs", batch * d, by: 256,
      [
        stacked.argument, .int(batch), .int(d), .int(dropout.low), .int(dropout.high),
        .float(dropout.rate), inputs.argument,
      ])
    let embeddings = try memory.place("embeddings", 2 * batch * e)
    try memory.product(
      .nn, Matrix(inputs, d), Matrix(weight("head.projection.weight"), e),
      bias: weight("head.projection.bias"), into: Matrix(embeddings, e), m: 2 * batch, n: e, k: d)
    let logits = try memory.place("logits", batch * k)
    try memory.product(
      .nn, Matrix(embeddings, e), Matrix(weight("head.classifier.weight"), k),
      bias: weight("head.classifier.bias"), into: Matrix(logits, k), m: batch, n: k, k: e)
  }

  /// Computes the losses of the embeddings and logits in memory, and the gradients of both.
  ///
  /// - Parameter results: receives the four losses and the number of correct predictions.
  func lose(_ labels: Labels, _ batch: Int, results: DevicePlace) throws {
    let (e, k, loss) = (shape.embedding, shape.classes, settings.loss)
    let size = size(ofBatch: batch)
    let embeddings = try memory.place("embeddings", 0)
    let logits = try memory.place("logits", 0)
    let centers = weight("centers")
    let norms = try memory.place("norms", 4 * batch)
    let unit = try memory.place("unit", batch * e)
    try device.launch(
      "head_norms", groups: (batch, 1, 1),
      [
        embeddings.argument, centers.argument, labels.greatest.argument, .int(batch), .int(e),
        norms.argument, unit.argument,
      ])
    let similarities = try memory.place("similarities", batch * batch)
    if loss.supcon > 0 {
      try memory.product(
        .nt, Matrix(unit, e), Matrix(unit, e), into: Matrix(similarities, batch), m: batch,
        n: batch, k: e)
    }
    let work = try memory.place("work", 2 * batch * (2 * k + 4))
    let dLogits = try memory.place("dLogits", batch * k)
    let slopes = try memory.place("slopes", batch * batch)
    func factor(_ term: LossTerm) -> DeviceArgument {
      .double(Double(Float(loss.factor(of: term, size))))
    }
    try device.launch(
      "head_losses", groups: (1, 1, 1),
      [
        logits.argument, labels.smoothed.argument, labels.greatest.argument, norms.argument,
        similarities.argument, .int(batch), .int(k), factor(.kl), factor(.focal),
        factor(.center), factor(.supcon), .double(loss.focalGamma), .double(loss.temperature),
        work.argument, dLogits.argument, slopes.argument, results.argument,
      ])
    let dEmbeddings = try memory.place("dEmbeddings", 2 * batch * e)
    try device.launch(
      "head_embeddings_backward", groups: (2 * batch, 1, 1),
      [
        dLogits.argument, weight("head.classifier.weight").argument, embeddings.argument,
        centers.argument, labels.greatest.argument, norms.argument, unit.argument,
        slopes.argument, .int(batch), .int(k), .int(e), factor(.center),
        .int(loss.supcon > 0 ? 1 : 0), dEmbeddings.argument,
      ])
  }

  /// Computes the gradients of projection, classifier and centers, and that of z and μ.
  func classifyBackward(
    _ labels: Labels, _ batch: Int, _ dropout: Dropout, into dStacked: DevicePlace
  ) throws {
    let (d, e, k) = (shape.width, shape.embedding, shape.classes)
    let dEmbeddings = try memory.place("dEmbeddings", 0)
    try memory.launch(
      "head_small_gradients", 2 * e * k + k + e, by: 128,
      [
        try memory.place("embeddings", 0).argument, try memory.place("dLogits", 0).argument,
        dEmbeddings.argument, weight("centers").argument, labels.greatest.argument,
        try memory.place("norms", 0).argument, .int(batch), .int(k), .int(e),
        .double(Double(Float(settings.loss.factor(of: .center, size(ofBatch: batch))))),
        gradient("head.classifier.weight").argument, gradient("head.classifier.bias").argument,
        gradient("centers").argument, gradient("head.projection.bias").argument,
      ])
    try memory.product(
      .tn, Matrix(try memory.place("inputs", 0), d), Matrix(dEmbeddings, e),
      into: Matrix(gradient("head.projection.weight"), e), m: d, n: e, k: 2 * batch)
    let dInputs = try memory.place("dInputs", 2 * batch * d)
    try memory.product(
      .nt, Matrix(dEmbeddings, e), Matrix(weight("head.projection.weight"), e),
      into: Matrix(dInputs, d), m: 2 * batch, n: d, k: e)
    try memory.launch(
      "head_inputs_backward", d, by: 128,
      [
        dInputs.argument, .int(batch), .int(d), .int(dropout.low), .int(dropout.high),
        .float(dropout.rate), dStacked.argument,
        shape.heads > 0 ? gradient("flam.attention.output.bias").argument : .none,
      ])
  }
}
