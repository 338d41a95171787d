// Label-adaptive mixup (LAM), the baseline augmentation. It averages two whole utterances and
// weights the label by their lengths. Follows Kang et al., ICASSP 2023, arXiv 2305.06273.

/// Averages an utterance i with a partner j over the length of the longer one.
package enum LabelAdaptiveMixup {
  /// Returns the mixture and the partner's share of the label.
  ///
  ///     x[t] = ½ x_i[t] + ½ x_j[t],   t = 0 ..< max(l_i, l_j), zero beyond the end of either
  ///     λ = l_j / (l_i + l_j),   y = (1 - λ) y_i + λ y_j
  ///
  /// - Parameters:
  ///   - samples: the utterance, `[l_i]`.
  ///   - partner: the partner, `[l_j]`.
  package static func mix(
    _ samples: UnsafeBufferPointer<Float>, partner: UnsafeBufferPointer<Float>
  ) -> (samples: [Float], share: Double) {
    precondition(
      !samples.isEmpty && !partner.isEmpty,
      "mixup of \(samples.count) samples with \(partner.count)")
    let shorter = min(samples.count, partner.count)
    let longer = samples.count >= partner.count ? samples : partner
    let mixed = [Float](unsafeUninitializedCapacity: longer.count) { out, count in
      for index in 0..<shorter { out[index] = 0.5 * samples[index] + 0.5 * partner[index] }
      for index in shorter..<longer.count { out[index] = 0.5 * longer[index] }
      count = longer.count
    }
    return (mixed, Double(partner.count) / Double(samples.count + partner.count))
  }
}
