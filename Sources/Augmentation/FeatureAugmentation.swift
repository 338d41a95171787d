// Perturbation of normalised features in training: the choice of changes, their order and their
// random draws. FeatureAugmentation+Changes implements the changes themselves.
package import Randomness
package import Settings
package import Tensors

/// Random changes to the features of one utterance, `[T, F]`. The first `bands` columns are mel
/// bands in order of frequency, and the others are prosody. All changes are our choices; the masks
/// follow SpecAugment (Park et al. 2019).
package struct FeatureAugmentation: Sendable {
  let settings: AugmentationSettings
  let bands: Int

  /// - Parameter bands: the number of mel bands, which are the first columns.
  package init(settings: AugmentationSettings, bands: Int) {
    precondition(bands > 0, "features with \(bands) bands")
    precondition(
      (0..<1).contains(settings.tempo), "tempo change \(settings.tempo) must be from 0 to below 1")
    self.settings = settings
    self.bands = bands
  }

  /// Returns the features changed in tempo, then shifted in frequency, offset, made noisy and
  /// masked. Each step runs only if its setting is not 0, and otherwise draws no random number.
  ///
  /// - Parameter features: normalised, `[T, F]`.
  /// - Returns: `[T', F]`. T' differs from T if the tempo changes.
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
