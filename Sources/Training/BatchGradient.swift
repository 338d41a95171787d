// The loss and gradient of a batch. Shards are encoded in parallel, and the head sees all of them.
// The gradient takes the same way back.
import Autograd
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
  package mutating func clip(to limit: Double, norm: Double) {
    guard limit > 0, norm > limit else { return }
    gradients = gradients.map { $0?.scaled(by: Float(limit / norm)) }
  }
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
        shard.input, shard.sequences, statistics: shard.statistics, pass)
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
    let shardGradients = parallelMap(count: encoded.count, threads: threads) { index in
      let (pass, pooled, broadcast) = encoded[index]
      let rows = starts[index]..<starts[index + 1]
      let seeds = [(pooled, inputs[0]), (broadcast, inputs[1])].compactMap { output, gradient in
        gradient.map { (output: output, seed: $0.rows(rows)) }
      }
      return pass.gradients(of: seeds).parameters
    }
    let gradients = parallelMap(count: headGradients.count, threads: threads) { index in
      shardGradients.reduce(headGradients[index]) { sum, shard in
        guard let sum, let gradient = shard[index] else { return sum ?? shard[index] }
        return sum + gradient
      }
    }
    let labels = batch.targets.greatestOfRows
    return BatchGradient(
      terms: terms, gradients: gradients,
      correct: zip(predicted, labels).count { $0 == $1 })
  }
}
