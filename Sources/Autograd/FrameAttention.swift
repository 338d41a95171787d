// Frame-level attention pooling (FLAM) as one operation. A step-by-step computation would find the
// values and outputs of self-attention for every frame and then only sum them. This one sums first.
// Each frame then needs only queries, keys and one number per head.
// N frames in all, S sequences, H heads of E features, D = H · E.
import CKernels
package import Tensors

/// The weights of FLAM as variables of a tape.
package struct FrameAttentionWeights {
  /// Queries, keys and values side by side, `[D, 3D]`.
  let projection: Variable
  /// `[3D]`.
  let projectionBias: Variable
  /// `[D, D]`.
  let output: Variable
  /// `[D]`.
  let outputBias: Variable
  /// w, `[D, 1]`.
  let query: Variable
  /// H.
  let heads: Int

  package init(
    projection: Variable, projectionBias: Variable, output: Variable, outputBias: Variable,
    query: Variable, heads: Int
  ) {
    (self.projection, self.projectionBias) = (projection, projectionBias)
    (self.output, self.outputBias) = (output, outputBias)
    (self.query, self.heads) = (query, heads)
  }

  var inputs: [Variable] { [projection, projectionBias, output, outputBias, query] }
}

extension Tape {
  /// Pools the frames of each sequence by FLAM:
  ///
  ///     H = F + MSA(F),  α = softmax_t(H w),  z = Σ_t α_t H_t,  μ = mean_t H_t
  ///
  /// P_h are the attention weights of head h. MSA has values V_h = F W_h + b_h and outputs Σ_h P_h
  /// V_h O_h + o. It follows that
  ///
  ///     H w = F w + Σ_h P_h (F W_h O_h w + b_h O_h w) + o w     one number per frame and head
  ///     z = Fᵀα + Σ_h ((Fᵀ P_hᵀ α)ᵀ W_h + b_h) O_h + o          one vector per sequence and head
  ///
  /// and μ has the form of z with 1/T instead of α. No frame needs its own value or output. (o w
  /// shifts all scores equally and cancels.) Only the order of summation differs from the
  /// step-by-step computation, so the results differ by rounding alone.
  ///
  /// - Parameters:
  ///   - frames: F, `[N, D]`.
  ///   - sequences: the lengths of the S sequences.
  /// - Returns: z and μ stacked, `[2S, D]`, and α, `[N, 1]`.
  /// - Complexity: products per sequence of T frames, forward 2TD² + T²D instead of 4TD² + 2T²D; in
  ///   the gradient 2TD² + 2T²D instead of 5TD² + 4T²D, not counting the gradient of the frames.
  package func frameAttention(
    _ frames: Variable, _ sequences: Ragged, _ weights: FrameAttentionWeights
  ) -> (stacked: Variable, weights: Tensor) {
    let (n, d) = (frames.value.rows, frames.value.columns)
    precondition(n == sequences.rows, "\(frames.shape), \(sequences.rows) rows")
    precondition(
      weights.projection.shape == [d, 3 * d] && weights.output.shape == [d, d]
        && weights.query.shape == [d, 1] && d % weights.heads == 0,
      "\(weights.heads) heads on frames of \(d), projection \(weights.projection.shape)")
    let pass = FrameAttentionPass(frames.value, sequences, weights)
    let stacked = record(pass.stacked, from: [frames] + weights.inputs) { dOutput, gradients in
      pass.addGradients(of: dOutput, to: &gradients, frames, weights)
    }
    return (stacked, pass.alpha)
  }
}

/// The values of one forward pass that the gradient needs.
struct FrameAttentionPass {
  let frames: Tensor
  let sequences: Ragged
  let heads: Int
  /// Queries and keys in the first 2D columns, `[N, stride]`.
  private(set) var projected: Tensor
  /// O w, `[D, 1]`.
  let direction: Tensor
  /// W_h O_h w in column h and w in the last column, `[D, H + 1]`.
  private(set) var readout: Tensor
  /// What each frame contributes to scores, `[N, H + 1]`: through head h in column h, directly in
  /// the last column.
  private(set) var values: Tensor
  /// P_h of every sequence, in the layout of `frameattention.h`.
  private(set) var attention: Tensor
  /// Where the weights of each sequence begin.
  let starts: [Int]
  /// α, `[N, 1]`.
  private(set) var alpha: Tensor
  /// For each sequence P_hᵀ α and P_hᵀ 1/T of every head, then α and 1/T: `[2H + 2, T]`.
  private(set) var shares: Tensor
  /// Fᵀ P_hᵀ α of every sequence, then Fᵀ P_hᵀ 1/T, `[H, 2S, D]`.
  private(set) var gathered: Tensor
  /// What the heads gather for z, then for μ, `[2S, D]`.
  private(set) var pooledValues: Tensor
  /// z, then μ, `[2S, D]`.
  private(set) var stacked: Tensor

  var width: Int { frames.columns }
  var features: Int { width / heads }
  /// The columns of queries, keys and their gradients. The gradient needs H + 1 more than 2D. An
  /// odd number of cache lines keeps the rows of a head from evicting one another from the cache:
  /// rows that are 2D apart would share a few of its places.
  var stride: Int { Self.stride(width: width, heads: heads) }

  private static func stride(width: Int, heads: Int) -> Int {
    let lines = (2 * width + heads + 1 + 15) / 16
    return 16 * (lines + 1 - lines % 2)
  }
  /// The scale of attention scores.
  var factor: Float { 1 / Float(features).squareRoot() }
  /// Whether the heads are so narrow that our own kernel multiplies them.
  var isNarrow: Bool { features <= 16 }

  init(_ frames: Tensor, _ sequences: Ragged, _ weights: FrameAttentionWeights) {
    self.frames = frames
    self.sequences = sequences
    heads = weights.heads
    let (n, d, count) = (frames.rows, frames.columns, sequences.count)
    let (h, e) = (weights.heads, frames.columns / weights.heads)
    let (w, b) = (weights.projection.value, weights.projectionBias.value)
    let output = weights.output.value
    let wide = Self.stride(width: d, heads: h)
    projected = Tensor(uninitialized: [n, wide])
    let queries = projected.ownAddress()
    for row in 0..<n { (queries + row * wide).update(from: b.address, count: 2 * d) }
    multiply(
      frames.address, rowStride: d, w.address, rowStride: 3 * d, into: queries, rowStride: wide,
      m: n, n: 2 * d, k: d, accumulating: 1)

    direction = product(output, weights.query.value)
    readout = Tensor(uninitialized: [d, h + 1])
    var constants = Tensor(uninitialized: [h + 1])
    let constantTerms = constants.ownAddress()
    for head in 0..<h {
      multiply(
        w.address + 2 * d + head * e, rowStride: 3 * d, direction.address + head * e, rowStride: 1,
        into: readout.ownAddress() + head, rowStride: h + 1, m: d, n: 1, k: e)
      constantTerms[head] = reprise_dot(
        b.address + 2 * d + head * e, direction.address + head * e, e)
    }
    constantTerms[h] = 0
    let ownColumn = readout.ownAddress() + h
    for row in 0..<d { ownColumn[row * (h + 1)] = weights.query.value.address[row] }
    values = Tensor(uninitialized: [n, h + 1])
    reprise_fill_rows(constants.address, n, h + 1, values.ownAddress())
    multiply(
      frames.address, rowStride: d, readout.address, rowStride: h + 1, into: values.ownAddress(),
      rowStride: h + 1, m: n, n: h + 1, k: d, accumulating: 1)

    starts = sequences.lengths.reduce(into: [0]) {
      $0.append($0.last! + h * $1 * reprise_padded_frames($1))
    }
    attention = Tensor(uninitialized: [starts[count]])
    alpha = Tensor(uninitialized: [n, 1])
    shares = Tensor(uninitialized: [(2 * h + 2) * n])
    gathered = Tensor(uninitialized: [h, 2 * count, d])
    stacked = Tensor(uninitialized: [2 * count, d])
    pooledValues = Tensor(uninitialized: [2 * count, d])
    for sequence in 0..<count {
      attend(sequence)
      gather(sequence)
    }
    reprise_fill_rows(b.address + 2 * d, 2 * count, d, pooledValues.ownAddress())
    for head in 0..<h {
      multiply(
        gathered.address + head * 2 * count * d, rowStride: d, w.address + 2 * d + head * e,
        rowStride: 3 * d, into: pooledValues.ownAddress() + head * e, rowStride: d, m: 2 * count,
        n: e, k: d, accumulating: 1)
    }
    multiply(
      pooledValues.address, rowStride: d, output.address, rowStride: d, into: stacked.ownAddress(),
      rowStride: d, m: 2 * count, n: d, k: d, accumulating: 1)
    for row in 0..<2 * count {
      reprise_add_scaled(
        1, weights.outputBias.value.address, stacked.ownAddress() + row * d, d)
    }
    withExtendedLifetime((frames, weights, constants)) {}
  }

  /// The address of the weights of one head for one sequence.
  func weights(_ sequence: Int, _ head: Int) -> UnsafePointer<Float> {
    attention.address + placeOfWeights(sequence, head)
  }

  private func placeOfWeights(_ sequence: Int, _ head: Int) -> Int {
    let length = sequences.lengths[sequence]
    return starts[sequence] + head * length * reprise_padded_frames(length)
  }

  /// The address of the shares of a sequence.
  func sharesOf(_ sequence: Int) -> UnsafePointer<Float> {
    shares.address + placeOfShares(sequence)
  }

  private func placeOfShares(_ sequence: Int) -> Int {
    (2 * heads + 2) * sequences.offsets[sequence]
  }

  /// α or 1/T of a sequence as a padded vector over queries.
  func padded(_ row: UnsafePointer<Float>, length: Int) -> Tensor {
    Tensor(shape: [reprise_padded_frames(length)]) { result in
      for t in result.indices { result[t] = t < length ? row[t] : 0 }
    }
  }

  /// Computes P, α and the shares of a sequence.
  private mutating func attend(_ sequence: Int) {
    let (d, e, h) = (width, features, heads)
    let (first, length) = (sequences.offsets[sequence], sequences.lengths[sequence])
    let columns = reprise_padded_frames(length)
    var sums = Tensor.zeros([columns])
    let scores = sums.ownAddress()
    for head in 0..<h {
      let queries = projected.address + first * stride + head * e
      let w = attention.ownAddress() + placeOfWeights(sequence, head)
      if isNarrow {
        reprise_frame_scores(queries, queries + d, stride, factor, w, length, e)
      } else {
        for row in 0..<length {
          (w + row * columns + length).update(repeating: 0, count: columns - length)
        }
        multiply(
          queries + d, transposed: false, rowStride: stride, queries, transposed: true,
          rowStride: stride, into: w,
          rowStride: columns, m: length, n: length, k: e, scale: factor)
      }
      reprise_frame_softmax(
        w, values.address + first * (h + 1) + head, h + 1, scores, length)
    }
    for t in 0..<length {
      scores[t] += values.address[(first + t) * (h + 1) + h]
    }
    reprise_softmax(scores, alpha.ownAddress() + first, length)
    let rows = shares.ownAddress() + placeOfShares(sequence)
    (rows + 2 * h * length).update(from: alpha.address + first, count: length)
    (rows + (2 * h + 1) * length).update(repeating: 1 / Float(length), count: length)
    let own = padded(rows + 2 * h * length, length: length)
    let even = padded(rows + (2 * h + 1) * length, length: length)
    for head in 0..<h {
      reprise_frame_gather(
        weights(sequence, head), own.address, even.address, rows + 2 * head * length,
        rows + (2 * head + 1) * length, length)
    }
    withExtendedLifetime((sums, own, even)) {}
  }

  /// Sums the frames of a sequence, weighted by its shares.
  private mutating func gather(_ sequence: Int) {
    let (d, h, count) = (width, heads, sequences.count)
    let (first, length) = (sequences.offsets[sequence], sequences.lengths[sequence])
    var sums = Tensor(uninitialized: [2 * h + 2, d])
    multiply(
      sharesOf(sequence), rowStride: length, frames.address + first * d, rowStride: d,
      into: sums.ownAddress(), rowStride: d, m: 2 * h + 2, n: d, k: length)
    for part in 0..<2 {
      for head in 0..<h {
        (gathered.ownAddress() + ((head * 2 + part) * count + sequence) * d)
          .update(from: sums.address + (2 * head + part) * d, count: d)
      }
      (stacked.ownAddress() + (part * count + sequence) * d)
        .update(from: sums.address + (2 * h + part) * d, count: d)
    }
    withExtendedLifetime(sums) {}
  }
}
