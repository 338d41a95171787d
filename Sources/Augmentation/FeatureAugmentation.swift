// Perturbation of normalised features, for training only: which changes are made, in which order,
// and what is drawn for each. The changes themselves are in FeatureAugmentation+Changes.
package import Randomness
package import Settings
package import Tensors

/// Random changes to the features of one utterance, `[T, F]`: the first `bands` columns are mel
/// bands in order of frequency, those behind them prosody. All are choices; the masks follow
/// SpecAugment (Park et al. 2019).
package struct FeatureAugmentation: Sendable {
  let settings: AugmentationSettings
  let bands: Int

  /// - Parameter bands: how many of the first columns are mel bands.
  package init(settings: AugmentationSettings, bands: Int) {
    precondition(bands > 0, "features with \(bands) bands")
    precondition(
      (0..<1).contains(settings.tempo), "tempo change \(settings.tempo) must be from 0 to below 1")
    self.settings = settings
    self.bands = bands
  }

  /// Returns the features changed in tempo, then shifted in frequency, offset, made noisy and
  /// masked: each step only where its setting asks for it, so that a setting of 0 draws nothing.
  ///
  /// - Parameter features: normalised, `[T, F]`.
  /// - Returns: `[T', F]`, where T' differs from T if the tempo does.
  package func augmented(_ features: Tensor, using random: inout RandomStream) -> Tensor {
    precondition(
      features.shape.count == 2 && features.columns >= bands && features.rows > 0,
      "features \(features.shape) for \(bands) bands")
    var result = features
    if settings.tempo > 0 {
      let factor = random.uniform(1 - settings.tempo, 1 + settings.tempo)
      result = Self.changedTempo(result, by: factor)
    }
    if settings.frequencyShift > 0 {
      let shift = random.uniform(-settings.frequencyShift, settings.frequencyShift)
      shiftFrequency(of: &result, by: shift)
    }
    if settings.gainOffset > 0 { offset(&result, by: settings.gainOffset * random.normal()) }
    if settings.noise > 0 {
      addNoise(to: &result, deviation: settings.noise, using: &random)
    }
    for _ in 0..<settings.frequencyMasks {
      maskBands(of: &result, drawMask(widest: settings.frequencyMaskWidth, in: bands, &random))
    }
    for _ in 0..<settings.timeMasks {
      maskFrames(of: &result, drawMask(widest: settings.timeMaskWidth, in: result.rows, &random))
    }
    return result
  }

  /// Draws a width uniform in `0 … min(widest, extent)`, then a start uniform among those that fit.
  private func drawMask(widest: Int, in extent: Int, _ random: inout RandomStream) -> Range<Int> {
    let width = random.integer(in: 0...max(0, min(widest, extent)))
    let start = random.integer(in: 0...extent - width)
    return start..<start + width
  }
}
