// A grouped convolution with many taps, computed in blocks with the discrete Fourier transform. A
// direct convolution needs one product per tap and frame. This one needs one per block of taps and
// block of frames.
// D channels in G groups of I = D / G, K taps in P blocks of B;
// 2B frames in a window, B + 1 frequencies.
import Foundation
package import Tensors
import Threads

/// The spectrum of the weight of a grouped convolution, `[D, K · I]`.
///
/// Window m holds the frames m · B ..< (m + 2) · B. X and V are the transforms of the windows and
/// of the blocks of taps, each block followed by B zeros. The outputs of block m are the first B
/// frames of the inverse transform of
///
///     Y[m, f] = Σₚ X[m + p, f] · conj V[p, f],    f = 0 … B
///
/// which is a complex product of matrices for every frequency. The B zeros keep the wrap-around of
/// the circular convolution out of those frames.
///
/// Source: Oppenheim & Schafer 2010, §8.7 (overlap-save); partition of the taps: Soo & Pang 1990.
package struct GroupedSpectrum: Sendable {
  /// B.
  static let block = 32
  /// Numbers in a transform: a real and an imaginary part for each frequency.
  private static let parts = 2 * (block + 1)
  /// The matrix from a window to its transform, `[parts, 2B]`, and the matrix from a transform to
  /// its first B frames, `[B, parts]`.
  private static let (forward, inverse) = transforms()

  /// For each group and frequency the `V` of all blocks, `[P · 2 · I, I]`, real parts above
  /// imaginary parts.
  private let frequencies: [[PackedMatrix]]
  /// I.
  let width: Int
  /// K.
  let taps: Int
  /// P.
  private let blocks: Int

  var groups: Int { frequencies.count }

  /// Transforms a weight, `[D, K · I]`. Input i of tap k is in column k · I + i.
  package init(of weight: Tensor, groups: Int, threads: Int = 1) {
    let outputs = weight.rows
    let width = outputs / groups
    let taps = weight.columns / width
    let (size, parts) = (Self.block, Self.parts)
    let blocks = (taps + size - 1) / size
    (self.width, self.taps, self.blocks) = (width, taps, blocks)
    // One row per output; in it parts × I for each block.
    var spectrum = Tensor(uninitialized: [outputs, blocks * parts * width])
    let target = spectrum.ownAddress()
    parallel(outputs, by: 16, threads: threads) { part in
      for index in part.lowerBound * blocks..<part.upperBound * blocks {
        let (o, p) = (index / blocks, index % blocks)
        let count = min(size, taps - p * size)
        let block = PackedMatrix(
          weight.address + (o * taps + p * size) * width, rows: count, columns: width,
          rowStride: width, columnStride: 1)
        block.multiply(
          Self.forward.address, rowStride: 2 * size, m: parts,
          into: target + index * parts * width, targetStride: width)
      }
    }
    frequencies = (0..<groups).map { group in
      (0...size).map { f in
        let first = spectrum.address + (group * width * blocks * parts + 2 * f) * width
        return PackedMatrix(
          stacking: (0..<blocks).map { first + $0 * parts * width }, depth: 2 * width,
          columns: width, rowStride: 1, columnStride: blocks * parts * width)
      }
    }
    withExtendedLifetime((weight, spectrum)) {}
  }

  /// Computes `out[t, o] = bias[o] + Σₖ Σᵢ padded[t + k, i] · W[o, k · I + i]` for one group.
  ///
  /// - Parameters:
  ///   - padded: `[(M + P) · B, I]` with M = ⌈T / B⌉: the frames, and zeros in all other rows.
  ///   - bias: `[I]`.
  ///   - output: `[T, I]`, rows `stride` apart.
  func convolve(
    _ padded: Tensor, group: Int, frames: Int, bias: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let (size, parts, i) = (Self.block, Self.parts, width)
    let count = (frames + size - 1) / size
    let windows = count + blocks - 1
    let spectra = self.spectra(of: padded, windows)
    // Y by blocks: parts × I. The two rows of a frequency read adjacent windows.
    var products = Tensor(uninitialized: [count, parts * i])
    let rows = 0..<2 * count
    for f in 0...size {
      frequencies[group][f].multiply(
        windowsOf: spectra.address + f * 4 * windows * i,
        at: rows.map { ($0 % 2 * windows + $0 / 2) * 2 * i },
        into: products.ownAddress(), at: rows.map { ($0 / 2 * parts + 2 * f + $0 % 2) * i })
    }
    for m in 0..<count {
      let frequencies = PackedMatrix(
        products.address + m * parts * i, rows: parts, columns: i, rowStride: i, columnStride: 1)
      frequencies.multiply(
        Self.inverse.address, rowStride: parts, m: min(size, frames - m * size), bias: bias,
        into: output + m * size * stride, targetStride: stride)
    }
    withExtendedLifetime((spectra, products)) {}
  }

  /// The number of rows that `convolve` reads for this many frames.
  func paddedFrames(_ frames: Int) -> Int {
    ((frames + Self.block - 1) / Self.block + blocks) * Self.block
  }

  /// Returns X of the windows in the two forms that the product with `conj V` reads: for each
  /// frequency `[windows, 2, I]` twice, first `Re X, Im X` and then `Im X, -Re X`.
  private func spectra(of padded: Tensor, _ windows: Int) -> Tensor {
    let (size, parts, i) = (Self.block, Self.parts, width)
    var result = Tensor(uninitialized: [size + 1, 4 * windows * i])
    var transform = Tensor(uninitialized: [parts, i])
    for window in 0..<windows {
      let frames = PackedMatrix(
        padded.address + window * size * i, rows: 2 * size, columns: i, rowStride: i,
        columnStride: 1)
      frames.multiply(
        Self.forward.address, rowStride: 2 * size, m: parts, into: transform.ownAddress(),
        targetStride: i)
      for f in 0...size {
        let (source, target) = (
          transform.address + 2 * f * i,
          result.ownAddress() + (f * 4 * windows + 2 * window) * i
        )
        target.update(from: source, count: 2 * i)
        let turned = target + 2 * windows * i
        turned.update(from: source + i, count: i)
        for index in 0..<i { turned[i + index] = -source[index] }
      }
    }
    withExtendedLifetime(transform) {}
    return result
  }

  /// The discrete Fourier transform of 2B real numbers, and the first B rows of its inverse. Each
  /// element is rounded once from double precision.
  private static func transforms() -> (forward: Tensor, inverse: Tensor) {
    let period = 2 * block
    func wave(_ f: Int, _ t: Int, _ part: Int) -> Double {
      let angle = 2 * Double.pi * Double(f * t % period) / Double(period)
      return part == 0 ? cos(angle) : -sin(angle)
    }
    let forward = (0..<parts * period).map { wave($0 / period / 2, $0 % period, $0 / period % 2) }
    let inverse = (0..<block * parts).map { index in
      let (t, f, part) = (index / parts, index % parts / 2, index % 2)
      let share = f == 0 || f == block ? 1.0 : 2.0
      return share / Double(period) * wave(f, t, part)
    }
    return (
      Tensor(shape: [parts, period], values: forward.map(Float.init)),
      Tensor(shape: [block, parts], values: inverse.map(Float.init))
    )
  }
}
