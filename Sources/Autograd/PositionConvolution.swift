// The position convolution of a transformer: a grouped convolution with a normalised weight, which
// encodes the positions of frames.
// N frames, D channels in G groups of I = D / G, K taps.
import CKernels
package import Tensors
import Threads

/// The weight of a grouped convolution, `[D, K · I]`.
package enum GroupedWeight {
  /// A weight that is never trained, as its spectrum.
  case frozen(GroupedSpectrum)
  /// A weight that may be trained, in its plain layout.
  case variable(Variable)
}

extension Tape {
  /// Returns the normalised weight of a convolution:
  /// `w[o, k · I + i] = g[k] v[o, i, k] / ‖v[·, ·, k]‖`.
  ///
  /// - Parameters:
  ///   - gain: g, K numbers.
  ///   - direction: v, `[D, I, K]`.
  /// - Returns: `[D, K · I]`.
  ///
  /// Source: Salimans & Kingma 2016; PyTorch's `weight_norm` with `dim=2`.
  package func weightNorm(gain: Variable, direction: Variable) -> Variable {
    let shape = direction.shape
    precondition(shape.count == 3 && gain.value.count == shape[2], "\(gain.shape), \(shape)")
    let (o, i, k) = (shape[0], shape[1], shape[2])
    var norms = Tensor(uninitialized: [k])
    var weight = Tensor(uninitialized: [o, k * i])
    reprise_weight_norm(
      gain.value.address, direction.value.address, o, i, k, norms.ownAddress(),
      weight.ownAddress())
    return record(weight, from: [gain, direction]) { [norms] dWeight, gradients in
      var dGain = Tensor(uninitialized: gain.shape)
      var dDirection = Tensor(uninitialized: shape)
      reprise_weight_norm_gradient(
        gain.value.address, direction.value.address, norms.address, dWeight.address, o, i, k,
        dGain.ownAddress(), dDirection.ownAddress())
      withExtendedLifetime(norms) {}
      gradients.add(dGain, to: gain)
      gradients.add(dDirection, to: direction)
    }
  }

  /// Returns the grouped convolution of each sequence over time, with zeros beyond its ends:
  ///
  ///     out[t, o] = b[o] + Σₖ Σᵢ x[t + k - ⌊K / 2⌋, group(o) · I + i] · W[o, k · I + i]
  ///
  /// Sequences keep their lengths. This equals PyTorch's `Conv1d` with padding `⌊K / 2⌋`, without
  /// the extra last frame that PyTorch produces for even K.
  ///
  /// - Parameters:
  ///   - x: `[N, D]`.
  ///   - weight: `[D, K · I]`.
  ///   - bias: `[D]`.
  /// - Returns: `[N, D]`.
  package func groupedConvolution(
    _ x: Variable, _ sequences: Ragged, _ weight: GroupedWeight, bias: Variable, groups: Int
  ) -> Variable {
    let d = x.value.columns
    let i = d / groups
    precondition(d == i * groups && x.value.rows == sequences.rows, "\(x.shape), \(groups) groups")
    precondition(bias.shape == [d], "bias \(bias.shape)")
    var trained: Variable?
    let spectrum: GroupedSpectrum
    switch weight {
    case .frozen(let frozen): spectrum = frozen
    case .variable(let variable):
      trained = variable
      spectrum = GroupedSpectrum(of: variable.value, groups: groups, threads: threads)
    }
    let taps = spectrum.taps
    precondition(spectrum.groups == groups && spectrum.width == i, "a weight of another shape")
    var output = Tensor(uninitialized: x.shape)
    let target = output.ownAddress()
    parallel(sequences.count * groups, threads: threads) { part in
      let (s, group) = (part / groups, part % groups)
      let frames = sequences.lengths[s]
      let padded = paddedGroup(
        x.value, sequences, s, group: group, width: i, before: taps / 2,
        rows: spectrum.paddedFrames(frames))
      spectrum.convolve(
        padded, group: group, frames: frames, bias: bias.value.address + group * i,
        into: target + sequences.offsets[s] * d + group * i, stride: d)
    }
    return record(output, from: [x, bias] + (trained.map { [$0] } ?? [])) { dOutput, gradients in
      guard let trained else { preconditionFailure("a gradient through a frozen weight") }
      var dWeight = Tensor.zeros(trained.shape)
      var dInput = Tensor.zeros(x.shape)
      for s in 0..<sequences.count {
        for group in 0..<groups {
          convolutionGradient(
            x.value, trained.value, dOutput, sequences, s, group: group, width: i, taps: taps,
            dInput: dInput.ownAddress(), dWeight: dWeight.ownAddress())
        }
      }
      gradients.add(dInput, to: x)
      gradients.add(dWeight, to: trained)
      gradients.add(dOutput.columnSums, to: bias)
    }
  }
}

/// Returns one group's channels of one sequence, `[rows, I]`, padded with zeros at both ends.
private func paddedGroup(
  _ x: Tensor, _ sequences: Ragged, _ s: Int, group: Int, width i: Int, before: Int, rows: Int
) -> Tensor {
  let (row, t, d) = (sequences.offsets[s], sequences.lengths[s], x.columns)
  var padded = Tensor.zeros([rows, i])
  let target = padded.ownAddress()
  for frame in 0..<t {
    (target + (frame + before) * i).update(
      from: x.address + (row + frame) * d + group * i, count: i)
  }
  return padded
}

/// Adds the gradients of one group of one sequence, tap by tap.
private func convolutionGradient(
  _ x: Tensor, _ weight: Tensor, _ dOutput: Tensor, _ sequences: Ragged, _ s: Int, group: Int,
  width i: Int, taps: Int, dInput: UnsafeMutablePointer<Float>,
  dWeight: UnsafeMutablePointer<Float>
) {
  let (row, t, d) = (sequences.offsets[s], sequences.lengths[s], x.columns)
  let slopes = dOutput.address + row * d + group * i
  for tap in 0..<taps {
    // The output frames whose tap reads a frame of the sequence, and the frames it reads.
    let shift = tap - taps / 2
    let first = max(0, -shift)
    let count = min(t, t - shift) - first
    guard count > 0 else { continue }
    let place = group * i * taps * i + tap * i
    let frames = (row + first + shift) * d + group * i
    multiply(
      slopes + first * d, transposed: true, rowStride: d, x.address + frames, rowStride: d,
      into: dWeight + place, rowStride: taps * i, m: i, n: i, k: count, accumulating: 1)
    multiply(
      slopes + first * d, rowStride: d, weight.address + place, rowStride: taps * i,
      into: dInput + frames, rowStride: d, m: count, n: i, k: i, accumulating: 1)
  }
  withExtendedLifetime((x, weight, dOutput)) {}
}
