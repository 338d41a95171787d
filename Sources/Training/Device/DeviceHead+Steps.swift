// Whole steps of a training, and predictions, on a device.
package import Devices
package import Evaluation
package import Randomness
import Settings
package import Tensors

/// The frames of a batch for a device.
package struct HeadInput {
  /// The number of frames of each utterance.
  package let sequences: Ragged
  /// The frames of each utterance, or its first row among those that stay on the device.
  package let frames: [Source]

  package enum Source {
    case stored(row: Int)
    case sent(Tensor)
  }

  package init(_ batch: Batch) { self.init(batch, HeldFrames.Held(buffer: nil, rows: [:])) }

  package init(_ frames: [(source: Source, length: Int)]) {
    sequences = Ragged(frames.map(\.length))
    self.frames = frames.map(\.source)
  }
}

extension DeviceHead {
  /// A batch on the device.
  private struct Uploaded {
    let tables: HeadTables
    let words: DevicePlace
    let frames: DevicePlace
    let stored: DevicePlace?
    let sent: DevicePlace
    let labels: Labels?
  }

  /// Starts the next step, and returns before it is done. At most `mostWaiting` steps may wait.
  ///
  /// - Parameters:
  ///   - targets: the label distributions after mixup, `[B, K]`.
  ///   - random: the source of the step's dropout masks, as in `TrainingState.takeStep`.
  ///   - factor: the schedule's factor of both learning rates.
  package func startStep(
    on input: HeadInput, targets: Tensor, stored: DeviceBuffer?, random: RandomStream,
    factor: Double
  ) throws {
    try computeGradient(of: input, targets: targets, stored: stored, random: random)
    try update(factor: factor, results: results + 16 * (waiting - 1))
  }

  /// Computes losses and gradients of a batch.
  package func computeGradient(
    of input: HeadInput, targets: Tensor, stored: DeviceBuffer?, random: RandomStream
  ) throws {
    precondition(waiting < Self.mostWaiting, "\(waiting) steps wait")
    let batch = try upload(input, targets: targets, stored: stored)
    guard let labels = batch.labels else { return }
    var stream = random.split("head")
    let dropout = Dropout(stream.next(), rate: settings.model.headDropout)
    let place = results + 16 * waiting
    let count = input.sequences.count
    let pooled = try pool(batch.frames, batch.tables, batch.words)
    try classify(pooled.stacked, count, dropout)
    try lose(labels, count, results: place)
    try classifyBackward(labels, count, dropout, into: try slopesOfPooled(pooled))
    let dFrames = try poolBackward(pooled, wantsFrames: shape.layers != nil)
    if let dFrames { try mixtureBackward(batch, dFrames) }
    try norm(limit: settings.training.gradientClip, results: place)
    waitingSizes.append(size(ofBatch: count))
  }

  /// Computes the norm of the gradients in memory and the factor that clips them.
  func norm(limit: Double, results: DevicePlace) throws {
    let parts = (layout.count + 4095) / 4096
    let squares = try memory.place("squares", 2 * parts)
    try memory.launch(
      "head_squares", layout.count, by: 4096,
      [gradients.argument, .int(layout.count), squares.argument])
    try device.launch(
      "head_norm", groups: (1, 1, 1),
      [squares.argument, .int(parts), .double(limit), results.argument])
  }

  /// Waits for the started steps and returns their results.
  package func finishSteps() throws -> [HeadResult] {
    defer { waitingSizes = [] }
    let values = try numbers(ofSteps: waiting)
    return waitingSizes.enumerated().map { index, size in
      HeadResult(Array(values[8 * index..<8 * index + 8]), settings.loss, size)
    }
  }

  /// Returns the eight numbers of each of the first steps in memory.
  func numbers(ofSteps count: Int) throws -> [Double] {
    var values = [Double](repeating: 0, count: 8 * count)
    let buffer = results.buffer
    try values.withUnsafeMutableBytes { try device.download(buffer, into: $0) }
    return values
  }

  /// Returns the output for each utterance.
  package func outputs(of input: HeadInput, stored: DeviceBuffer?) throws -> [NetworkOutput] {
    let batch = try upload(input, targets: nil, stored: stored)
    let (count, k, e) = (input.sequences.count, shape.classes, shape.embedding)
    let pooled = try pool(batch.frames, batch.tables, batch.words)
    try classify(pooled.stacked, count, Dropout(nil, rate: 0))
    let shares = try memory.place("probabilities", count * k)
    try memory.launch(
      "head_probabilities", count, by: 128,
      [try memory.place("logits", 0).argument, .int(count), .int(k), shares.argument])
    let probabilities = try device.tensor(shares.buffer, [count, k])
    let embeddings = try device.tensor(try memory.place("embeddings", 0).buffer, [count, e])
    return (0..<count).map { row in
      NetworkOutput(
        probabilities: probabilities.rows(row..<row + 1).array,
        embedding: embeddings.rows(row..<row + 1).array)
    }
  }

  // MARK: Frames

  private func upload(
    _ input: HeadInput, targets: Tensor?, stored: DeviceBuffer?
  ) throws -> Uploaded {
    var (sources, rows, tensors): ([Int], Int, [Tensor]) = ([], 0, [])
    for (source, length) in zip(input.frames, input.sequences.lengths) {
      switch source {
      case .stored(let row): sources += row..<row + length
      case .sent(let tensor):
        sources += (rows..<rows + length).map { -1 - $0 }
        rows += length
        tensors.append(tensor)
      }
    }
    let sent = try memory.place("sent", max(rows, 1) * shape.columns)
    var place = 0
    for tensor in tensors {
      try device.upload(tensor, to: sent.buffer, at: place)
      place += tensor.count
    }
    var tables = HeadTables(input.sequences, shape, sources: sources)
    let labels = targets.map { targets in
      (
        tables.words.add(integers: targets.greatestOfRows),
        tables.words.add(floats: smoothed(targets))
      )
    }
    let words = try memory.place("words", 2 * tables.words.words.count)
    try device.upload(tables.words.words, to: words.buffer)
    let frames = try memory.place("frames", input.sequences.rows * shape.width)
    var shares: DevicePlace?
    if let layers = shape.layers {
      let place = try memory.place("layer shares", layers)
      try device.launch(
        "head_layer_shares", groups: (1, 1, 1),
        [weight(HeadShape.layerWeights).argument, .int(layers), place.argument])
      shares = place
    }
    try device.launch(
      "head_frames", groups: (input.sequences.rows, (shape.width + 511) / 512, 1),
      [
        stored.map { .buffer($0) } ?? .none, sent.argument, (words + tables.sources).argument,
        shares?.argument ?? .none, .int(shape.layers ?? 1), .int(shape.width), frames.argument,
      ])
    return Uploaded(
      tables: tables, words: words, frames: frames,
      stored: stored.map { DevicePlace(buffer: $0) }, sent: sent,
      labels: labels.map { Labels(greatest: words + $0, smoothed: words + $1) })
  }

  /// The targets with label smoothing, as in `EmotionNetwork.loss`.
  private func smoothed(_ targets: Tensor) -> [Float] {
    let (share, classes) = (Float(settings.loss.labelSmoothing), Float(targets.columns))
    return targets.array.map { $0 * (1 - share) + share / classes }
  }

  /// Computes the gradient of the layers' weights.
  private func mixtureBackward(_ batch: Uploaded, _ dFrames: DevicePlace) throws {
    guard let layers = shape.layers else { return }
    let n = batch.tables.sequences.rows
    let blocks = (n + 31) / 32
    let parts = try memory.place("layer parts", 2 * blocks * layers)
    try device.launch(
      "head_layer_products", groups: (blocks, layers, 1),
      [
        batch.stored?.argument ?? .none, batch.sent.argument,
        (batch.words + batch.tables.sources).argument, dFrames.argument, .int(layers),
        .int(shape.width), .int(n), parts.argument,
      ])
    try device.launch(
      "head_layer_gradients", groups: (1, 1, 1),
      [
        parts.argument, .int(blocks), .int(layers),
        try memory.place("layer shares", 0).argument, gradient(HeadShape.layerWeights).argument,
      ])
  }
}

/// The results of a step on a device.
package struct HeadResult: Sendable, Equatable {
  package let terms: LossTerms
  /// The number of utterances whose predicted class has the greatest share in their label.
  package let correct: Int
  package let gradientNorm: Double

  /// - Parameter values: the numbers of a step in the order of the kernels.
  init(_ values: [Double], _ settings: LossSettings, _ size: LossSize) {
    var terms = LossTerms()
    var weighted: [Float] = []
    for (term, value) in zip([LossTerm.kl, .focal, .center, .supcon], values) {
      guard settings[term] > 0 else { continue }
      terms[term] = value
      weighted.append(Float(value) * Float(settings.factor(of: term, size)))
    }
    terms.total = Double(weighted.dropFirst().reduce(weighted.first ?? 0, +))
    self.terms = terms
    correct = Int(exactly: values[4]) ?? 0
    gradientNorm = values[5]
  }
}
