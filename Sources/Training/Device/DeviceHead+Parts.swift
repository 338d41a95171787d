// Single parts of a head on a device, for verification against the fixtures of the same operations
// on the CPU.
import Devices
import Layers
import Settings
package import Tensors

extension DeviceHead {
  /// Pools frames, `[N, D]`, and takes the gradient when the given gradients flow into the pooled
  /// frames and their context-broadcast counterpart, both `[S, D]`.
  ///
  /// - Returns: z, its counterpart, and the gradient of the frames. Those of the parameters are in
  ///   `gradients(like:)`.
  package func pooling(
    _ frames: Tensor, _ sequences: Ragged, dPooled: Tensor, dBroadcast: Tensor
  ) throws -> (pooled: Tensor, broadcast: Tensor, dFrames: Tensor) {
    let (d, count) = (shape.width, sequences.count)
    let place = try memory.place("frames", frames.count)
    try device.upload(frames, to: place.buffer)
    let tables = HeadTables(sequences, shape, sources: Array(0..<sequences.rows))
    let words = try memory.place("words", 2 * tables.words.words.count)
    try device.upload(tables.words.words, to: words.buffer)
    let pooled = try pool(place, tables, words)
    let none = Dropout(nil, rate: 0)
    let inputs = try memory.place("inputs", 2 * count * d)
    try memory.launch(
      "head_inputs", count * d, by: 256,
      [
        pooled.stacked.argument, .int(count), .int(d), .int(none.low), .int(none.high),
        .float(none.rate), inputs.argument,
      ])
    let dInputs = try memory.place("dInputs", 2 * count * d)
    try device.upload(.stacked([dPooled, dBroadcast]), to: dInputs.buffer)
    try memory.launch(
      "head_inputs_backward", d, by: 128,
      [
        dInputs.argument, .int(count), .int(d), .int(none.low), .int(none.high),
        .float(none.rate), try slopesOfPooled(pooled).argument,
        shape.heads > 0 ? gradient("flam.attention.output.bias").argument : .none,
      ])
    let dFrames = try poolBackward(pooled, wantsFrames: true)
    let outputs = try device.tensor(inputs.buffer, [2 * count, d])
    return (
      outputs.rows(0..<count), outputs.rows(count..<2 * count),
      try dFrames.map { try device.tensor($0.buffer, frames.shape) } ?? .zeros(frames.shape)
    )
  }

  /// The losses of given embeddings and logits, with the weights of the settings.
  ///
  /// - Parameters:
  ///   - embeddings: those that are classified, `[B, E]`.
  ///   - contrasted: those that the contrastive loss compares, `[B, E]`, of any length.
  ///   - targets: `[B, K]`, used as they are.
  /// - Returns: the terms, and the gradients of the weighted sum for the three inputs. That of the
  ///   centers is in `gradients(like:)`.
  package func losses(
    embeddings: Tensor, contrasted: Tensor, logits: Tensor, targets: Tensor, labels: [Int]
  ) throws -> (
    result: HeadResult, dEmbeddings: Tensor, dContrasted: Tensor, dLogits: Tensor
  ) {
    let (batch, e, k) = (embeddings.rows, shape.embedding, shape.classes)
    var words = HeadWords()
    let places = (words.add(integers: labels), words.add(floats: targets.array))
    let packed = try memory.place("words", 2 * words.words.count)
    try device.upload(words.words, to: packed.buffer)
    let both = try memory.place("embeddings", 2 * batch * e)
    try device.upload(.stacked([embeddings, contrasted]), to: both.buffer)
    try device.upload(logits, to: try memory.place("logits", batch * k).buffer)
    _ = try memory.place("inputs", 2 * batch * shape.width)
    let ready = Labels(greatest: packed + places.0, smoothed: packed + places.1)
    try lose(ready, batch, results: results)
    let dStacked = try memory.place("dGathered", 2 * batch * shape.width)
    try classifyBackward(ready, batch, Dropout(nil, rate: 0), into: dStacked)
    let result = HeadResult(try numbers(ofSteps: 1), settings.loss, size(ofBatch: batch))
    let slopes = try device.tensor(try memory.place("dEmbeddings", 0).buffer, [2 * batch, e])
    return (
      result, slopes.rows(0..<batch), slopes.rows(batch..<2 * batch),
      try device.tensor(try memory.place("dLogits", 0).buffer, [batch, k])
    )
  }

  /// Takes a step of Adam, and of the running mean, on given gradients.
  package func update(_ gradients: [Tensor], factor: Double) throws {
    try upload(gradients, to: self.gradients)
    try update(factor: factor, results: nil)
  }

  /// The norm of given gradients, and the factor that clips them to `limit`.
  package func norm(of gradients: [Tensor], limit: Double) throws -> (norm: Double, factor: Double)
  {
    try upload(gradients, to: self.gradients)
    try device.fill(results.buffer, bytes: 64)
    try norm(limit: limit, results: results)
    let values = try numbers(ofSteps: 1)
    return (values[5], values[7])
  }
}
