// The individual changes to features. Only the noise is random.
// T frames, F features, B bands (B ≤ F).
import CKernels
package import Randomness
package import Tensors

extension FeatureAugmentation {
  /// Returns the features as if spoken `factor` times as fast, by linear interpolation in time.
  ///
  ///     T' = max(1, round(T / factor))
  ///     out[t] = (1 - w) x[i] + w x[i + 1],   i + w = min(t · factor, T - 1)
  ///
  /// - Parameter features: `[T, F]`.
  /// - Returns: `[T', F]`.
  package static func changedTempo(_ features: Tensor, by factor: Double) -> Tensor {
    precondition(factor > 0, "tempo factor \(factor) must be positive")
    let (rows, columns) = (features.rows, features.columns)
    let length = max(1, Int((Double(rows) / factor).rounded()))
    var result = Tensor(uninitialized: [length, columns])
    let out = result.ownAddress()
    features.withUnsafeBuffer { buffer in
      guard let source = buffer.baseAddress else { return }
      for row in 0..<length {
        let place = min(Double(row) * factor, Double(rows - 1))
        let index = Int(place)
        let weight = Float(place - Double(index))
        let a = source + index * columns
        let b = source + min(index + 1, rows - 1) * columns
        let target = out + row * columns
        for column in 0..<columns { target[column] = a[column] + weight * (b[column] - a[column]) }
      }
    }
    return result
  }

  /// Shifts the mel bands up by `shift` bands (down if negative) with linear interpolation. The
  /// values of the lowest and the highest band extend beyond the edges. Prosody does not change.
  ///
  ///     out[t, b] = x[t, b - shift]
  package func shiftFrequency(of features: inout Tensor, by shift: Double) {
    // Every frame uses the same neighbours with the same weights.
    let places = (0..<bands).map { min(max(Double($0) - shift, 0), Double(bands - 1)) }
    let lower = places.map { Int32($0) }
    let upper = lower.map { min($0 + 1, Int32(bands - 1)) }
    let weights = zip(places, lower).map { Float($0 - Double($1)) }
    var scratch = [Float](repeating: 0, count: bands)
    let (rows, columns) = (features.rows, features.columns)
    precondition(columns >= bands, "features \(features.shape) for \(bands) bands")
    features.withUnsafeMutableBuffer { buffer in
      guard let base = buffer.baseAddress else { return }
      reprise_interpolate_bands(base, rows, columns, lower, upper, weights, bands, &scratch)
    }
  }

  /// Adds one number to all mel bands of all frames: a change of loudness, in normalised units.
  package func offset(_ features: inout Tensor, by amount: Double) {
    let amount = Float(amount)
    forEachFrame(of: &features) { frame in for band in 0..<bands { frame[band] += amount } }
  }

  /// Adds normal noise with standard deviation `deviation` to each feature, including prosody.
  package func addNoise(
    to features: inout Tensor, deviation: Double, using random: inout RandomStream
  ) {
    features.withUnsafeMutableBuffer { buffer in
      for index in buffer.indices { buffer[index] += Float(deviation * random.normal()) }
    }
  }

  /// Sets the given mel bands to 0, their mean, in every frame.
  package func maskBands(of features: inout Tensor, _ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= bands, "bands \(range) of \(bands)")
    guard !range.isEmpty else { return }
    forEachFrame(of: &features) { frame in for band in range { frame[band] = 0 } }
  }

  /// Sets the given frames to 0, including prosody.
  package func maskFrames(of features: inout Tensor, _ range: Range<Int>) {
    let (rows, columns) = (features.rows, features.columns)
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "frames \(range) of \(rows)")
    guard !range.isEmpty else { return }
    features.withUnsafeMutableBuffer { buffer in
      buffer[range.lowerBound * columns..<range.upperBound * columns].update(repeating: 0)
    }
  }

  /// Calls `body` with the address of each frame in turn.
  private func forEachFrame(
    of features: inout Tensor, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let (rows, columns) = (features.rows, features.columns)
    precondition(columns >= bands, "features \(features.shape) for \(bands) bands")
    features.withUnsafeMutableBuffer { buffer in
      guard let base = buffer.baseAddress else { return }
      for row in 0..<rows { body(base + row * columns) }
    }
  }
}
