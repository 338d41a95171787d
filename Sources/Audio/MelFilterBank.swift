// Triangular filters, evenly spaced on a mel scale. They equal the default of librosa.filters.mel:
// Slaney's scale and Slaney's normalisation.
import Foundation

/// Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
package enum MelScale {
  private static let linearStep = 200.0 / 3
  private static let corner = 1_000.0
  private static let logStep = log(6.4) / 27

  /// Returns the mel value of a frequency in Hz.
  package static func mel(fromHertz hertz: Double) -> Double {
    hertz < corner ? hertz / linearStep : corner / linearStep + log(hertz / corner) / logStep
  }

  /// Returns the frequency in Hz of a mel value.
  package static func hertz(fromMel mel: Double) -> Double {
    let cornerMel = corner / linearStep
    return mel < cornerMel ? mel * linearStep : corner * exp(logStep * (mel - cornerMel))
  }
}

/// A bank of triangular filters over the bins of a power spectrum.
package struct MelFilterBank: Sendable {
  /// The weights of one band, starting at bin `first`. All other weights are 0.
  package struct Band: Sendable, Equatable {
    package let first: Int
    package let weights: [Float]
  }
  package let bands: [Band]

  /// Makes the filters of `count` bands between two frequencies.
  ///
  ///     w[b, k] = max(0, min((f_k - e_b) / (e_{b+1} - e_b),
  ///                          (e_{b+2} - f_k) / (e_{b+2} - e_{b+1})))
  ///               · 2 / (e_{b+2} - e_b)
  ///
  /// where `f_k = k · sampleRate / length` is the frequency of bin k, and the `count + 2` edges `e`
  /// are evenly spaced in mel. The last factor gives every filter the same area.
  ///
  /// - Parameters:
  ///   - length: samples of the Fourier transform.
  ///   - low: lower edge of the lowest band, Hz.
  ///   - high: upper edge of the highest band, Hz; at most half the sample rate.
  package init(count: Int, length: Int, sampleRate: Int, low: Double, high: Double) {
    precondition(count > 0, "a filter bank of \(count) bands")
    precondition(
      low >= 0 && low < high && high <= Double(sampleRate) / 2,
      "mel range \(low) to \(high) Hz does not lie within 0 to \(Double(sampleRate) / 2) Hz")
    let (from, to) = (MelScale.mel(fromHertz: low), MelScale.mel(fromHertz: high))
    let edges = (0...count + 1).map {
      MelScale.hertz(fromMel: from + (to - from) * Double($0) / Double(count + 1))
    }
    let frequencies = (0...length / 2).map { Double($0) * Double(sampleRate) / Double(length) }
    bands = (0..<count).map { band in
      let (start, centre, end) = (edges[band], edges[band + 1], edges[band + 2])
      let weights = frequencies.map { frequency in
        let rise = (frequency - start) / (centre - start)
        let fall = (end - frequency) / (end - centre)
        return Float(max(0, min(rise, fall)) * 2 / (end - start))
      }
      guard let first = weights.firstIndex(where: { $0 > 0 }),
        let last = weights.lastIndex(where: { $0 > 0 })
      else { return Band(first: 0, weights: []) }
      return Band(first: first, weights: Array(weights[first...last]))
    }
  }
}
