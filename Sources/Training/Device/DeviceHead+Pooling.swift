// Frame-level attention pooling on a device, in the order of `Tape.frameAttention`: it sums over
// queries first, so no frame needs its own value or output.
// N frames in all, S sequences, H heads of E features, D = H · E.
import Devices
import Settings
import Tensors

extension DeviceHead {
  /// What the backward pass of a pooling reads.
  struct Pooled {
    let frames: DevicePlace
    let tables: HeadTables
    /// The place of the tables on the device.
    let words: DevicePlace
    /// z, then μ, `[2S, D]`.
    let stacked: DevicePlace
  }

  private typealias Matrix = HeadMemory.Matrix

  /// Pools frames, `[N, D]`, to z and μ.
  func pool(
    _ frames: DevicePlace, _ tables: HeadTables, _ words: DevicePlace
  ) throws -> Pooled {
    guard shape.heads > 0 else { return try poolPlainly(frames, tables, words) }
    let (d, h, e) = (shape.width, shape.heads, shape.features)
    let (n, count) = (tables.sequences.rows, tables.sequences.count)
    let offsets = (words + tables.offsets).argument, starts = (words + tables.starts).argument
    let w = weight("flam.attention.projection.weight")
    let b = weight("flam.attention.projection.bias")
    let output = weight("flam.attention.output.weight")
    let query = weight("flam.query")

    let projected = try memory.place("projected", n * 2 * d)
    try memory.product(
      .nn, Matrix(frames, d), Matrix(w, 3 * d), bias: b, into: Matrix(projected, 2 * d), m: n,
      n: 2 * d, k: d)
    let direction = try memory.place("direction", d)
    try rowDots(output, d, query, columns: d, parts: 1, rows: d, into: direction, stride: 1)
    let readout = try memory.place("readout", d * (h + 1))
    try rowDots(
      w + 2 * d, 3 * d, direction, columns: e, parts: h, last: query, rows: d, into: readout,
      stride: h + 1)
    let constants = try memory.place("constants", h + 1)
    try rowDots(
      b + 2 * d, d, direction, columns: e, parts: h, rows: 1, into: constants, stride: h + 1)
    let values = try memory.place("values", n * (h + 1))
    try memory.product(
      .nn, Matrix(frames, d), Matrix(readout, h + 1), bias: constants,
      into: Matrix(values, h + 1), m: n, n: h + 1, k: d)

    let p = try memory.place("attention", tables.weights)
    try memory.product(
      .nt, Matrix(projected, 2 * d), Matrix(projected, 2 * d), into: Matrix(p, 0), scale: factor,
      table: words + tables.scores, count: count * h, m: tables.longest, n: tables.longest, k: e)
    let read = try memory.place("read", n * h)
    try device.launch(
      "head_softmax", groups: ((n + 3) / 4, h, 1),
      [
        p.argument, values.argument, (words + tables.sequence).argument, offsets, starts, .int(h),
        .int(n), read.argument,
      ])
    let alpha = try memory.place("alpha", n)
    try device.launch(
      "head_alpha", groups: (count, 1, 1),
      [values.argument, read.argument, offsets, .int(h), alpha.argument])
    let shares = try memory.place("shares", (2 * h + 2) * n)
    try device.launch(
      "head_gather", groups: (count * h, (tables.longest + 127) / 128, 1),
      [p.argument, alpha.argument, offsets, starts, .int(h), shares.argument])

    let gathered = try memory.place("gathered", (2 * h + 2) * count * d)
    try memory.product(
      .nn, Matrix(shares, 0), Matrix(frames, d), into: Matrix(gathered, count * d),
      table: words + tables.gathering, count: count, m: 2 * h + 2, n: d, k: tables.longest)
    let pooled = try memory.place("pooled", 2 * count * d)
    try memory.product(
      .nn, Matrix(gathered, d), Matrix(w, 3 * d), bias: b + 2 * d, into: Matrix(pooled, d),
      table: words + tables.pooling, count: h, m: 2 * count, n: e, k: d)
    // The sums of the frames themselves lie behind those of the heads.
    let stacked = gathered + 2 * h * count * d
    try memory.product(
      .nn, Matrix(pooled, d), Matrix(output, d), bias: weight("flam.attention.output.bias"),
      into: Matrix(stacked, d), accumulating: true, m: 2 * count, n: d, k: d)
    return Pooled(frames: frames, tables: tables, words: words, stacked: stacked)
  }

  /// The scale of attention scores.
  private var factor: Float { 1 / Float(shape.features).squareRoot() }

  private func rowDots(
    _ x: DevicePlace, _ xStride: Int, _ y: DevicePlace, columns: Int, parts: Int,
    last: DevicePlace? = nil, rows: Int, into out: DevicePlace, stride: Int
  ) throws {
    try device.launch(
      "head_row_dots", groups: (rows, parts, 1),
      [
        x.argument, .int(xStride), y.argument, .int(columns), .int(parts),
        last?.argument ?? .none, out.argument, .int(stride),
      ])
  }

  /// Where the gradient of z and μ, `[2S, D]`, is expected.
  func slopesOfPooled(_ pooled: Pooled) throws -> DevicePlace {
    let count = pooled.tables.sequences.count
    return try memory.place("dGathered", (2 * shape.heads + 2) * count * shape.width)
      + 2 * shape.heads * count * shape.width
  }

  /// Computes the gradients of the pooling's parameters, but for the bias of its output, from that
  /// of z and μ. Returns that of the frames if it is wanted.
  func poolBackward(_ pooled: Pooled, wantsFrames: Bool) throws -> DevicePlace? {
    guard shape.heads > 0 else {
      return wantsFrames ? try poolPlainlyBackward(pooled) : nil
    }
    let (d, h, e) = (shape.width, shape.heads, shape.features)
    let (tables, words, frames) = (pooled.tables, pooled.words, pooled.frames)
    let (n, count) = (tables.sequences.rows, tables.sequences.count)
    let offsets = (words + tables.offsets).argument, starts = (words + tables.starts).argument
    let w = weight("flam.attention.projection.weight")
    let dW = gradient("flam.attention.projection.weight")
    func held(_ name: String) throws -> DevicePlace { try memory.place(name, 0) }
    let (p, alpha, read) = (try held("attention"), try held("alpha"), try held("read"))
    let (values, projected) = (try held("values"), try held("projected"))

    let dStacked = try slopesOfPooled(pooled)
    let dGathered = try held("dGathered")
    let dPooled = try memory.place("dPooled", 2 * count * d)
    try memory.product(
      .nt, Matrix(dStacked, d), Matrix(weight("flam.attention.output.weight"), d),
      into: Matrix(dPooled, d), m: 2 * count, n: d, k: d)
    try memory.product(
      .nt, Matrix(dPooled, d), Matrix(w, 3 * d), into: Matrix(dGathered, d),
      table: words + tables.unpooling, count: h, m: 2 * count, n: d, k: e)
    let dShares = try memory.place("dShares", (2 * h + 2) * n)
    try memory.product(
      .nt, Matrix(dGathered, count * d), Matrix(frames, d), into: Matrix(dShares, 0),
      table: words + tables.scattering, count: count, m: 2 * h + 1, n: tables.longest, k: d)

    let (x, y) = (try memory.place("mean x", n * h), try memory.place("mean y", n * h))
    try device.launch(
      "head_means", groups: ((n + 3) / 4, h, 1),
      [
        p.argument, dShares.argument, (words + tables.sequence).argument, offsets, starts,
        .int(h), .int(n), x.argument, y.argument,
      ])
    let dValues = try memory.place("dValues", n * (h + 1))
    try device.launch(
      "head_scores_backward", groups: (count, 1, 1),
      [
        alpha.argument, dShares.argument, x.argument, y.argument, read.argument, offsets,
        .int(h), dValues.argument, y.argument,
      ])
    try device.launch(
      "head_slopes", groups: (count * h, (tables.longest + 127) / 128, 1),
      [
        p.argument, alpha.argument, dShares.argument, values.argument, y.argument, offsets,
        starts, .int(h), .float(factor), dValues.argument,
      ])
    let dProjected = try memory.place("dProjected", n * 2 * d)
    let (own, into) = (Matrix(projected, 2 * d), Matrix(dProjected, 2 * d))
    try memory.product(
      .nn, Matrix(p, 0), own, into: into, table: words + tables.queries, count: count * h,
      m: tables.longest, n: e, k: tables.longest)
    try memory.product(
      .tn, Matrix(p, 0), own, into: into, table: words + tables.keys, count: count * h,
      m: tables.longest, n: e, k: tables.longest)

    try memory.product(
      .tn, Matrix(frames, d), Matrix(dProjected, 2 * d), into: Matrix(dW, 3 * d), m: d, n: 2 * d,
      k: n)
    try readoutBackward(pooled, dPooled, dStacked)
    return wantsFrames ? try framesBackward(pooled, dProjected, dValues, dGathered) : nil
  }

  /// Computes the gradients of what reads and writes the values, and of all biases.
  private func readoutBackward(
    _ pooled: Pooled, _ dPooled: DevicePlace, _ dStacked: DevicePlace
  ) throws {
    let (d, h, e) = (shape.width, shape.heads, shape.features)
    let (tables, words) = (pooled.tables, pooled.words)
    let (n, count) = (tables.sequences.rows, tables.sequences.count)
    let w = weight("flam.attention.projection.weight")
    let b = weight("flam.attention.projection.bias")
    let output = weight("flam.attention.output.weight")
    let dW = gradient("flam.attention.projection.weight")
    let dB = gradient("flam.attention.projection.bias")
    let dOutput = gradient("flam.attention.output.weight")
    func held(_ name: String) throws -> DevicePlace { try memory.place(name, 0) }
    let (direction, dValues) = (try held("direction"), try held("dValues"))
    let dProjected = try held("dProjected")

    // One part of the sum for each sequence: there are few columns and many terms.
    let parts = try memory.place("parts", count * d * (h + 1))
    try memory.product(
      .tn, Matrix(pooled.frames, d), Matrix(dValues, h + 1), into: Matrix(parts, h + 1),
      table: words + tables.readout, count: count, m: d, n: h + 1, k: tables.longest)
    let dReadout = try memory.place("dReadout", d * (h + 1))
    try memory.launch(
      "head_sum_of_parts", d * (h + 1), by: 128,
      [parts.argument, .int(count), .int(d * (h + 1)), dReadout.argument])
    let dConstants = try memory.place("dConstants", h + 1)
    try memory.columnSums(Matrix(dValues, h + 1), into: dConstants, rows: n, columns: h + 1)
    try memory.columnSums(Matrix(dProjected, 2 * d), into: dB, rows: n, columns: 2 * d)
    try memory.columnSums(
      Matrix(dPooled, d), part: e, outer: (dConstants, direction), into: dB + 2 * d,
      rows: 2 * count, columns: d)
    let dDirection = try memory.place("dDirection", d)
    try memory.columnSums(
      Matrix(w + 2 * d, 3 * d), weights: Matrix(dReadout, h + 1), part: e,
      outer: (dConstants, b + 2 * d), into: dDirection, rows: d, columns: d)
    try memory.columnSums(
      Matrix(output, d), weights: Matrix(dDirection, 1), addend: Matrix(dReadout + h, h + 1),
      into: gradient("flam.query"), rows: d, columns: d)

    try memory.product(
      .tn, Matrix(try held("gathered"), d), Matrix(dPooled, d), into: Matrix(dW, 3 * d),
      table: words + tables.valueWeights, count: h, m: d, n: e, k: 2 * count)
    try memory.product(
      .nn, Matrix(dReadout, h + 1), Matrix(direction, e), into: Matrix(dW, 3 * d),
      accumulating: true, table: words + tables.valueReadout, count: h, m: d, n: e, k: 1)
    try memory.product(
      .tn, Matrix(try held("pooled"), d), Matrix(dStacked, d), into: Matrix(dOutput, d), m: d,
      n: d, k: 2 * count)
    try memory.product(
      .nn, Matrix(dDirection, 1), Matrix(weight("flam.query"), d), into: Matrix(dOutput, d),
      accumulating: true, m: d, n: d, k: 1)
  }

  /// The gradient of the frames: through queries and keys, through values, and through each sum of
  /// frames.
  private func framesBackward(
    _ pooled: Pooled, _ dProjected: DevicePlace, _ dValues: DevicePlace, _ dGathered: DevicePlace
  ) throws -> DevicePlace {
    let (d, h, tables) = (shape.width, shape.heads, pooled.tables)
    let (n, count) = (tables.sequences.rows, tables.sequences.count)
    let dFrames = try memory.place("dFrames", n * d)
    let into = Matrix(dFrames, d)
    try memory.product(
      .nt, Matrix(dProjected, 2 * d),
      Matrix(weight("flam.attention.projection.weight"), 3 * d), into: into, m: n, n: d, k: 2 * d)
    try memory.product(
      .nt, Matrix(dValues, h + 1), Matrix(try memory.place("readout", 0), h + 1), into: into,
      accumulating: true, m: n, n: d, k: h + 1)
    try memory.product(
      .tn, Matrix(try memory.place("shares", 0), 0), Matrix(dGathered, count * d), into: into,
      accumulating: true, table: pooled.words + tables.spreading, count: count,
      m: tables.longest, n: d, k: 2 * h + 2)
    return dFrames
  }

  // MARK: Poolings without attention

  private func poolPlainly(
    _ frames: DevicePlace, _ tables: HeadTables, _ words: DevicePlace
  ) throws -> Pooled {
    let (d, count) = (shape.width, tables.sequences.count)
    let stacked = try memory.place("gathered", 2 * count * d)
    let winners = try memory.place("winners", count * d)
    try device.launch(
      "head_pool", groups: (count, (d + 127) / 128, 1),
      [
        frames.argument, (words + tables.offsets).argument, .int(d),
        .int(shape.pooling == .max ? 1 : 0), .int(count), stacked.argument, winners.argument,
      ])
    return Pooled(frames: frames, tables: tables, words: words, stacked: stacked)
  }

  private func poolPlainlyBackward(_ pooled: Pooled) throws -> DevicePlace {
    let (d, tables) = (shape.width, pooled.tables)
    let dFrames = try memory.place("dFrames", tables.sequences.rows * d)
    try device.launch(
      "head_unpool", groups: (tables.sequences.count, (d + 127) / 128, 1),
      [
        try slopesOfPooled(pooled).argument, (pooled.words + tables.offsets).argument, .int(d),
        .int(shape.pooling == .max ? 1 : 0), .int(tables.sequences.count),
        try memory.place("winners", 0).argument, dFrames.argument,
      ])
    return dFrames
  }
}
