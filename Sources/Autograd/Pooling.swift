// From the frames of each packed sequence to one vector.
// N frames in all, S sequences, D features.
import CKernels
package import Tensors

extension Tape {
  /// Returns the softmax of `scores` within each sequence.
  ///
  /// - Parameter scores: `[N, 1]`.
  /// - Returns: `[N, 1]`; the weights of each sequence add up to 1.
  package func softmax(_ scores: Variable, within sequences: Ragged) -> Variable {
    precondition(scores.shape == [sequences.rows, 1], "scores \(scores.shape)")
    let output = Tensor(uninitialized: scores.shape)
    for s in 0..<sequences.count {
      let start = sequences.offsets[s]
      reprise_softmax(
        scores.value.address + start, output.freshAddress + start, sequences.lengths[s])
    }
    return record(output, from: [scores]) { dOutput, gradients in
      let dScores = Tensor(uninitialized: scores.shape)
      let (p, d, out) = (output.address, dOutput.address, dScores.freshAddress)
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
    let output = Tensor.zeros([sequences.count, d])
    for s in 0..<sequences.count {
      for t in sequences.offsets[s]..<sequences.offsets[s + 1] {
        reprise_add_scaled(
          weights.value.address[t], x.value.address + t * d, output.freshAddress + s * d, d)
      }
    }
    return record(output, from: [x, weights]) { dOutput, gradients in
      let dX = Tensor(uninitialized: x.shape)
      let dWeights = Tensor(uninitialized: weights.shape)
      for s in 0..<sequences.count {
        let dZ = dOutput.address + s * d
        for t in sequences.offsets[s]..<sequences.offsets[s + 1] {
          reprise_scale(weights.value.address[t], dZ, dX.freshAddress + t * d, d)
          dWeights.freshAddress[t] = reprise_dot(dZ, x.value.address + t * d, d)
        }
      }
      gradients.add(dX, to: x)
      gradients.add(dWeights, to: weights)
    }
  }

  /// Returns the mean over the frames of each sequence, `[S, D]`.
  package func mean(_ x: Variable, within sequences: Ragged) -> Variable {
    let weights = Tensor(uninitialized: [sequences.rows, 1])
    for s in 0..<sequences.count {
      for t in sequences.offsets[s]..<sequences.offsets[s + 1] {
        weights.freshAddress[t] = 1 / Float(sequences.lengths[s])
      }
    }
    return weightedSum(x, weights: Variable(constant: weights), within: sequences)
  }

  /// Returns the greatest value of each feature over the frames of each sequence, `[S, D]`. The
  /// gradient goes to the first frame that holds it.
  package func maximum(_ x: Variable, within sequences: Ragged) -> Variable {
    let d = x.value.columns
    let output = Tensor(uninitialized: [sequences.count, d])
    var winners = [Int](repeating: 0, count: sequences.count * d)
    for s in 0..<sequences.count {
      for c in 0..<d {
        var best = sequences.offsets[s]
        for t in best..<sequences.offsets[s + 1]
        where x.value.address[t * d + c] > x.value.address[best * d + c] { best = t }
        winners[s * d + c] = best
        output.freshAddress[s * d + c] = x.value.address[best * d + c]
      }
    }
    return record(output, from: [x]) { [winners] dOutput, gradients in
      let dX = Tensor.zeros(x.shape)
      for (index, t) in winners.enumerated() {
        dX.freshAddress[t * d + index % d] += dOutput.address[index]
      }
      gradients.add(dX, to: x)
    }
  }
}
