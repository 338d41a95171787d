// One forward pass of a frozen network over a batch, on a device.
// N frames of D features in all, L layers, H heads of E features, C channels of the encoder.
import Checkpoints
import Devices
import Tensors

/// The computation of `FeatureEncoder` and `Transformer` by kernels.
struct DevicePass {
  let operations: DeviceOperations
  let configuration: TransformerConfiguration
  let weights: DeviceWeights
  let batch: DeviceBatch
  /// WavLM's position bias, `[H, 2 · longest - 1]`.
  let positions: (longest: Int, bias: DeviceBuffer)?
  let tables: DeviceTables
  var workspace: DeviceWorkspace

  private var rows: Int { batch.sequences.rows }
  private var width: Int { configuration.width }

  /// Returns the requested states of each recording, `[frames, columns]`.
  mutating func frames(
    of recordings: [[Float]], _ states: FrozenStates, normalizes: Bool
  ) throws(DeviceError) -> [Tensor] {
    let shape = FrozenShape(configuration: configuration, states: states)
    let features = try encode(recordings, normalizes: normalizes)
    if case .features = states {
      return try download(try compact(features), shape.columns)
    }
    let output = try workspace.floats("output", rows * shape.columns)
    var h = try embed(features)
    try keep(h, 0, shape, in: output)
    for layer in 0..<shape.layersNeeded {
      h = try self.layer(layer, h)
      if layer + 1 == configuration.layers, configuration.normalizesFirst {
        let last = try workspace.floats("last", rows * width)
        try operations.norm(
          h, rows: rows, width, weights.norm, epsilon: configuration.epsilon, into: last)
        h = last
      }
      try keep(h, layer + 1, shape, in: output)
    }
    return try download(output, shape.columns)
  }

  // MARK: Encoder

  /// Returns the rows of the last convolution. `tables.encoded` tells which of them are frames.
  private mutating func encode(
    _ recordings: [[Float]], normalizes: Bool
  ) throws(DeviceError) -> DeviceBuffer {
    let device = operations.device
    // A row that spans two recordings may read beyond the last one.
    let spare = configuration.convolutionKernels.first ?? 0
    var samples = [Float](repeating: 0, count: batch.total + spare)
    for (recording, start) in zip(recordings, batch.starts) {
      samples.replaceSubrange(start..<start + recording.count, with: recording)
    }
    var x = try workspace.floats("samples", samples.count)
    try device.upload(samples, to: x)
    if normalizes {
      try operations.standardise(x, tables, count: recordings.count)
    }
    for (index, convolution) in weights.convolutions.enumerated() {
      let layer = batch.layers[index]
      let channels = convolution.product.weight.rows
      let next =
        index + 1 < weights.convolutions.count
        ? configuration.convolutionKernels[index + 1] : 0
      let y = try workspace.floats(
        index.isMultiple(of: 2) ? "even convolutions" : "odd convolutions",
        (layer.rows + next) * channels)
      let isNormed = configuration.encoderNorm == .layer
      if index == 0 {
        try operations.firstConvolution(
          x, rows: layer.rows, convolution, normalized: isNormed, epsilon: Self.encoderEpsilon,
          into: y)
      } else {
        try operations.linear(
          x, rowStride: convolution.stride * convolution.inputs, count: layer.rows,
          convolution.product, activation: convolution.norm == nil ? .gelu : .none, into: y)
        if let norm = convolution.norm {
          try operations.norm(
            y, rows: layer.rows, channels, norm, epsilon: Self.encoderEpsilon, gelu: true, into: y)
        }
      }
      if !isNormed, let norm = convolution.norm {
        try operations.normalizeColumns(
          y, channels, norm, tables, lengths: layer.lengths, epsilon: Self.encoderEpsilon,
          &workspace)
      }
      x = y
    }
    return x
  }

  /// PyTorch's default. `layer_norm_eps` does not affect the encoder.
  private static let encoderEpsilon: Float = 1e-5

  /// Copies the frames of the recordings behind each other.
  private mutating func compact(_ x: DeviceBuffer) throws(DeviceError) -> DeviceBuffer {
    guard let layer = batch.layers.last else { return x }
    let channels = configuration.convolutionChannels.last ?? 1
    let target = try workspace.floats("features", rows * channels)
    for (index, length) in layer.lengths.enumerated() {
      try operations.device.copy(
        x, offset: 4 * layer.starts[index] * channels, to: target,
        offset: 4 * batch.sequences.offsets[index] * channels, bytes: 4 * length * channels)
    }
    return target
  }

  // MARK: Transformer

  /// Returns the input of the first layer.
  private mutating func embed(_ features: DeviceBuffer) throws(DeviceError) -> DeviceBuffer {
    let channels = configuration.convolutionChannels.last ?? 1
    if let norm = weights.projectionNorm {
      try operations.norm(
        features, rows: batch.layers.last?.rows ?? 0, channels, norm,
        epsilon: configuration.epsilon, into: features)
    }
    let projected = try workspace.floats("projected", rows * width)
    try operations.linear(
      features, rows: tables.encoded, rowStride: channels, count: rows, weights.projection,
      into: projected)
    let h = try workspace.floats("state", rows * width)
    try embedPositions(projected, into: h)
    if !configuration.normalizesFirst {
      try operations.norm(
        h, rows: rows, width, weights.norm, epsilon: configuration.epsilon, into: h)
    }
    return h
  }

  /// Adds the position embedding, `h = x + GELU(convolution(x))`.
  private mutating func embedPositions(
    _ x: DeviceBuffer, into h: DeviceBuffer
  ) throws(DeviceError) {
    let (groups, taps) = (configuration.positionGroups, configuration.positionKernel)
    let channels = weights.positionChannels
    let padded = rows + batch.sequences.count * (taps - 1)
    let gathered = try workspace.floats("gathered", groups * padded * channels)
    try operations.gatherGroups(
      x, width: width, groups: groups, channels: channels, rows: padded, tables,
      into: gathered)
    try operations.linear(
      gathered, rows: tables.paddedTargets, rowStride: channels, count: rows, batches: groups,
      batchStride: padded * channels, weights.positions, addend: x, activation: .geluAdded,
      into: h, targetStride: width)
  }

  /// Returns the output of a layer: see `Transformer.layer`.
  private mutating func layer(
    _ index: Int, _ x: DeviceBuffer
  ) throws(DeviceError) -> DeviceBuffer {
    let layer = weights.layers[index]
    let (first, epsilon) = (configuration.normalizesFirst, configuration.epsilon)
    let normal = try workspace.floats("normal", rows * width)
    if first {
      try operations.norm(x, rows: rows, width, layer.norm, epsilon: epsilon, into: normal)
    }
    let input = first ? normal : x
    let projected = try workspace.floats("queries, keys and values", rows * 3 * width)
    try operations.linear(
      input, rowStride: width, count: rows, layer.projection, into: projected)
    var position: DeviceOperations.Position?
    if let gate = layer.gate, let positions {
      let gates = try workspace.floats("gates", rows * configuration.heads)
      try operations.positionGate(
        input, rows: rows, heads: configuration.heads,
        features: width / configuration.heads, gate, into: gates)
      position = DeviceOperations.Position(
        gate: gates, bias: positions.bias, span: 2 * positions.longest - 1)
    }
    let gathered = try workspace.floats("gathered values", rows * width)
    try operations.attention(
      projected, heads: configuration.heads, features: width / configuration.heads, tables,
      position, into: gathered)
    let h = try workspace.floats("middle", rows * width)
    try operations.linear(
      gathered, rowStride: width, count: rows, layer.output, addend: x, into: h)
    if first {
      try operations.norm(h, rows: rows, width, layer.finalNorm, epsilon: epsilon, into: normal)
    } else {
      try operations.norm(h, rows: rows, width, layer.norm, epsilon: epsilon, into: h)
    }
    let hidden = try workspace.floats("hidden", rows * configuration.feedForward)
    try operations.linear(
      first ? normal : h, rowStride: width, count: rows, layer.intermediate, activation: .gelu,
      into: hidden)
    let y = try workspace.floats("state", rows * width)
    try operations.linear(
      hidden, rowStride: configuration.feedForward, count: rows, layer.dense, addend: h, into: y)
    if !first {
      try operations.norm(y, rows: rows, width, layer.finalNorm, epsilon: epsilon, into: y)
    }
    return y
  }

  // MARK: States

  /// Writes a state to its columns of the output if it is one of the requested states.
  private func keep(
    _ state: DeviceBuffer, _ index: Int, _ shape: FrozenShape, in output: DeviceBuffer
  ) throws(DeviceError) {
    guard let place = shape.place(ofState: index) else { return }
    try operations.copyColumns(
      state, rows: rows, columns: width, into: output, column: place, of: shape.columns)
  }

  private func download(
    _ output: DeviceBuffer, _ columns: Int
  ) throws(DeviceError) -> [Tensor] {
    var frames: [Tensor] = []
    for (offset, length) in zip(batch.sequences.offsets, batch.sequences.lengths) {
      frames.append(
        try operations.device.tensor(output, at: offset * columns, [length, columns]))
    }
    return frames
  }
}
