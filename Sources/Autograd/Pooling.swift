// Pools the frames of each packed sequence into one vector.
// N frames in all, S sequences, D features.
import CKernels
package import Tensors

extension Tape {
  /// Returns the softmax of `scores` within each sequence.
  ///
  /// - Parameter scores: `[N, 1]`.
  /// - Returns: `[N, 1]`. The weights of each sequence sum to 1.
  package func softmax(_ scores: Variable, within sequences: Ragged) -> Variable {
    precondition(scores.shape == [sequences.rows, 1], "scores \(scores.shape)")
    var output = Tensor(uninitialized: scores.shape)
    for s in 0..<sequences.count {
      let start = sequences.offsets[s]
      reprise_softmax(
        scores.value.address + start, output.ownAddress() + start, sequences.lengths[s])
    }
    return record(output, from: [scores]) { dOutput, gradients in
      var dScores = Tensor(uninitialized: scores.shape)
      let (p, d, out) = (output.address, dOutput.address, dScores.ownAddress())
      for s in 0..<sequences.count {
        let rows = sequences.offsets[s]..<sequences.offsets[s + 1]
        let mean = rows.reduce(Float(0)) { $0 + p[$1] * d[$1] }
        for t in rows { out[t] = p[t] * (d[t] - mean) }
      }
      gradients.add(dScores, to: scores)
    }
  }

  /// Returns `z[s] = Σₜ weights[t] · x[t]` over the frames of each sequence.
  ///
  /// - Parameters:
  ///   - x: `[N, D]`.
  ///   - weights: `[N, 1]`.
  /// - Returns: `[S, D]`.
  package func weightedSum(
    _ x: Variable, weights: Variable, within sequences: Ragged
  ) -> Variable {
    let d = x.value.columns
    precondition(weights.shape == [x.value.rows, 1], "weights \(weights.shape) for \(x.shape)")
    var output = Tensor.zeros([sequences.count, d])
    let sums = output.ownAddress()
    for s in 0..<sequences.count {
      for t in sequences.offsets[s]..<sequences.offsets[s + 1] {
        reprise_add_scaled(
          weights.value.address[t], x.value.address + t * d, sums + s * d, d)
      }
    }
    return record(output, from: [x, weights]) { dOutput, gradients in
      var dX = Tensor(uninitialized: x.shape)
      var dWeights = Tensor(uninitialized: weights.shape)
      let (slopes, weightSlopes) = (dX.ownAddress(), dWeights.ownAddress())
      for s in 0..<sequences.count {
        let dZ = dOutput.address + s * d
        for t in sequences.offsets[s]..<sequences.offsets[s + 1] {
          reprise_scale(weights.value.address[t], dZ, slopes + t * d, d)
          weightSlopes[t] = reprise_dot(dZ, x.value.address + t * d, d)
        }
      }
      gradients.add(dX, to: x)
      gradients.add(dWeights, to: weights)
    }
  }

  /// Returns the mean over the frames of each sequence, `[S, D]`.
  package func mean(_ x: Variable, within sequences: Ragged) -> Variable {
    let weights = Tensor(shape: [sequences.rows, 1]) { weights in
      for s in 0..<sequences.count {
        for t in sequences.offsets[s]..<sequences.offsets[s + 1] {
          weights[t] = 1 / Float(sequences.lengths[s])
        }
      }
    }
    return weightedSum(x, weights: Variable(constant: weights), within: sequences)
  }

  /// Returns the greatest value of each feature over the frames of each sequence, `[S, D]`. The
  /// gradient goes to the first frame that has this value.
  package func maximum(_ x: Variable, within sequences: Ragged) -> Variable {
    let d = x.value.columns
    var winners = [Int](repeating: 0, count: sequences.count * d)
    let output = Tensor(shape: [sequences.count, d]) { output in
      for s in 0..<sequences.count {
        for c in 0..<d {
          var best = sequences.offsets[s]
          for t in best..<sequences.offsets[s + 1]
          where x.value.address[t * d + c] > x.value.address[best * d + c] { best = t }
          winners[s * d + c] = best
          output[s * d + c] = x.value.address[best * d + c]
        }
      }
    }
    return record(output, from: [x]) { [winners] dOutput, gradients in
      var dX = Tensor.zeros(x.shape)
      let slopes = dX.ownAddress()
      for (index, t) in winners.enumerated() {
        slopes[t * d + index % d] += dOutput.address[index]
      }
      gradients.add(dX, to: x)
    }
  }
}
