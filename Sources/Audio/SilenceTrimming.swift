// Removes the silence before and after speech.
import Foundation

extension Recording {
  /// Returns the samples from the first to the last 10 ms block whose mean square lies within
  /// `range` of the loudest block, plus `margin` on either side.
  ///
  /// - Parameters:
  ///   - samples: mono audio, `[n]`, not empty.
  ///   - range: dB below the loudest, > 0.
  ///   - margin: seconds kept before and after.
  ///   - sampleRate: Hz.
  package static func trimmed(
    _ samples: [Float], range: Double, margin: Double, sampleRate: Int
  ) -> [Float] {
    precondition(range > 0 && margin >= 0, "range \(range) dB, margin \(margin) s")
    let block = max(1, sampleRate / 100)
    let powers = stride(from: 0, to: samples.count, by: block).map { start in
      let part = samples[start..<min(start + block, samples.count)]
      return part.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(part.count)
    }
    let threshold = (powers.max() ?? 0) / pow(10, range / 10)
    guard let first = powers.firstIndex(where: { $0 >= threshold }),
      let last = powers.lastIndex(where: { $0 >= threshold })
    else { return samples }
    let kept = Int((margin * Double(sampleRate)).rounded())
    let start = max(0, first * block - kept)
    return Array(samples[start..<min(samples.count, (last + 1) * block + kept)])
  }
}
