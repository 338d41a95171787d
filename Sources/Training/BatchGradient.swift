// The loss and gradient of a batch. Shards are encoded in parallel, and the head sees all of them.
// The gradient takes the same way back.
import Autograd
import CKernels
package import Evaluation
package import Layers
package import Models
package import Randomness
package import Settings
package import Tensors
import Threads

/// The loss and gradient of a batch.
package struct BatchGradient: Sendable {
  package let terms: LossTerms
  /// The gradient of each parameter, or nil if the loss does not depend on it.
  package var gradients: [Tensor?]
  /// The number of utterances whose predicted class has the greatest share in their label.
  package let correct: Int

  package init(terms: LossTerms, gradients: [Tensor?], correct: Int) {
    (self.terms, self.gradients, self.correct) = (terms, gradients, correct)
  }

  /// Returns the Euclidean norm of the whole gradient, centers included. One thread sums the
  /// squares of one parameter.
  package func norm(threads: Int) -> Double {
    var squares = [Double](repeating: 0, count: gradients.count)
    squares.withUnsafeMutableBufferPointer { squares in
      // Each index writes only to its own place.
      nonisolated(unsafe) let squares = squares
      parallel(squares.count, threads: threads) { squares[$0] = gradients[$0]?.sumOfSquares ?? 0 }
    }
    return squares.reduce(0, +).squareRoot()
  }

  /// Scales the whole gradient, whose norm is given, down to norm `limit` if it is longer. A limit
  /// of 0 means none.
  package mutating func clip(to limit: Double, norm: Double, threads: Int = 1) {
    guard limit > 0, norm > limit else { return }
    let factor = Float(limit / norm)
    var pieces: [(address: UnsafeMutablePointer<Float>, count: Int)] = []
    for index in gradients.indices {
      guard let (address, count) = gradients[index].address() else { continue }
      pieces += ranges(of: count).map { (address + $0.lowerBound, $0.count) }
    }
    withExtendedLifetime(gradients) {
      parallel(pieces.count, threads: threads) { index in
        let (address, count) = pieces[index]
        reprise_scale(factor, address, address, count)
      }
    }
  }
}

/// The length of the pieces that threads share: whole vectors on every processor.
private let pieceSize = 65_536

private func ranges(of count: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: pieceSize).map { $0..<min($0 + pieceSize, count) }
}

extension Tensor? {
  /// The address of the elements for writing, as in `Tensor.ownAddress`, and their number.
  fileprivate mutating func address() -> (UnsafeMutablePointer<Float>, Int)? {
    guard var tensor = take() else { return nil }
    let address = tensor.ownAddress()
    self = tensor
    return (address, tensor.count)
  }
}

/// Returns the sums of the parts' gradients, by parameter. Each element is added in the order of
/// the parts. The sums take the memory of the first gradients.
private func sum(_ parts: inout [[Tensor?]], threads: Int) -> [Tensor?] {
  guard var sums = parts.first else { return [] }
  parts[0] = []
  typealias Piece = (sum: UnsafeMutablePointer<Float>, part: UnsafePointer<Float>, count: Int)
  for index in parts.indices.dropFirst() {
    var pieces: [Piece] = []
    for parameter in sums.indices {
      guard let part = parts[index][parameter] else { continue }
      guard let (sum, count) = sums[parameter].address() else {
        sums[parameter] = part
        parts[index][parameter] = nil
        continue
      }
      pieces += ranges(of: count).map {
        (sum + $0.lowerBound, part.address + $0.lowerBound, $0.count)
      }
    }
    withExtendedLifetime((sums, parts)) {
      parallel(pieces.count, threads: threads) { index in
        let piece = pieces[index]
        reprise_add_scaled(1, piece.part, piece.sum, piece.count)
      }
    }
  }
  return sums
}

extension EmotionNetwork {
  /// Returns the multi-loss of `batch` and its gradient.
  ///
  /// Gradients are added in the order head, first shard, second shard …, so the bits are the same
  /// for any number of threads.
  package func gradient(
    of batch: Batch, _ parameters: Parameters, _ settings: LossSettings, random: RandomStream,
    threads: Int
  ) throws -> BatchGradient {
    let encoded = parallelMap(count: batch.shards.count, threads: threads) { index in
      let pass = Pass(parameters, dropouts: random.split("shard \(index)"))
      let shard = batch.shards[index]
      let (pooled, broadcast) = encode(
        shard.input, shard.sequences, statistics: shard.statistics, arePooled: shard.arePooled,
        pass)
      return (pass: pass, pooled: pooled, broadcast: broadcast)
    }
    let head = Pass(parameters, dropouts: random.split("head"))
    let pooled = head.tape.variable(.stacked(encoded.map(\.pooled.value)))
    let broadcast = head.tape.variable(.stacked(encoded.map(\.broadcast.value)))
    let (loss, terms, predicted) = loss(
      pooled: pooled, broadcast: broadcast, targets: batch.targets, settings, head)
    let (headGradients, inputs) = head.gradients(
      of: [(loss, .scalar(1))], inputs: [pooled, broadcast])
    let starts = encoded.reduce(into: [0]) { $0.append($0.last! + $1.pooled.value.rows) }
    var parts =
      [headGradients]
      + parallelMap(count: encoded.count, threads: threads) { index in
        let (pass, pooled, broadcast) = encoded[index]
        let rows = starts[index]..<starts[index + 1]
        let seeds = [(pooled, inputs[0]), (broadcast, inputs[1])].compactMap { output, gradient in
          gradient.map { (output: output, seed: $0.rows(rows)) }
        }
        return pass.gradients(of: seeds).parameters
      }
    let labels = batch.targets.greatestOfRows
    return BatchGradient(
      terms: terms, gradients: sum(&parts, threads: threads),
      correct: zip(predicted, labels).count { $0 == $1 })
  }
}
