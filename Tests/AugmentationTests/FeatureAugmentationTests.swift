import Augmentation
import Foundation
import Randomness
import Settings
import Tensors
import TestSupport
import Testing

/// Kinds: by hand, property.
@Suite struct `Augmentation of features` {
  /// Three frames with two bands and one prosodic feature.
  let small = Tensor(shape: [3, 3], values: [1, 2, 10, 3, 4, 20, 5, 8, 30])

  /// Settings that change nothing.
  var nothing: AugmentationSettings {
    var settings = AugmentationSettings()
    (settings.tempo, settings.frequencyShift, settings.noise, settings.gainOffset) = (0, 0, 0, 0)
    (settings.frequencyMasks, settings.timeMasks) = (0, 0)
    return settings
  }
  func augmentation(_ settings: AugmentationSettings, bands: Int = 2) -> FeatureAugmentation {
    FeatureAugmentation(settings: settings, bands: bands)
  }
  func noise(_ shape: [Int]) -> Tensor {
    var random = RandomStream(seed: 8)
    return Tensor(
      shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
  }

  @Test func `can slow down and speed up`() {
    let slow = FeatureAugmentation.changedTempo(small, by: 0.5)
    #expect(slow.shape == [6, 3])
    expectClose(
      slow.array, [1, 2, 10, 2, 3, 15, 3, 4, 20, 4, 6, 25, 5, 8, 30, 5, 8, 30])
    let fast = FeatureAugmentation.changedTempo(small, by: 1.5)
    #expect(fast.shape == [2, 3])
    expectClose(fast.array, [1, 2, 10, 4, 6, 25])
    #expect(FeatureAugmentation.changedTempo(small, by: 1) == small)
    #expect(FeatureAugmentation.changedTempo(small, by: 100).shape == [1, 3])
  }

  static let shifts: [(Double, [Float])] = [
    (0.5, [1, 1.5, 10, 3, 3.5, 20, 5, 6.5, 30]),
    (-0.25, [1.25, 2, 10, 3.25, 4, 20, 5.75, 8, 30]),
    (5, [1, 1, 10, 3, 3, 20, 5, 5, 30]),
    (-5, [2, 2, 10, 4, 4, 20, 8, 8, 30]),
  ]

  @Test(arguments: shifts)
  func `can shift the bands and leaves prosody`(shift: Double, expected: [Float]) {
    var features = small
    augmentation(nothing).shiftFrequency(of: &features, by: shift)
    expectClose(features.array, expected)
  }

  @Test func `moves a peak up for a positive shift`() {
    var features = Tensor(shape: [1, 5], values: [0, 0, 1, 0, 0])
    augmentation(nothing, bands: 5).shiftFrequency(of: &features, by: 1)
    #expect(features.array == [0, 0, 0, 1, 0])
  }

  @Test func `can change the loudness of the bands`() {
    var features = small
    augmentation(nothing).offset(&features, by: 0.5)
    expectClose(features.array, [1.5, 2.5, 10, 3.5, 4.5, 20, 5.5, 8.5, 30])
  }

  @Test func `can mask bands and frames`() {
    var bands = small
    augmentation(nothing).maskBands(of: &bands, 1..<2)
    #expect(bands.array == [1, 0, 10, 3, 0, 20, 5, 0, 30])
    var frames = small
    augmentation(nothing).maskFrames(of: &frames, 1..<3)
    #expect(frames.array == [1, 2, 10, 0, 0, 0, 0, 0, 0])
  }

  @Test func `can add noise of the deviation asked for`() {
    let zeros = Tensor.zeros([200, 83])
    var features = zeros
    var random = RandomStream(seed: 4)
    augmentation(nothing, bands: 80).addNoise(to: &features, deviation: 0.3, using: &random)
    let square = features.array.reduce(0.0) { $0 + Double($1) * Double($1) }
    expectClose((square / Double(features.count)).squareRoot(), 0.3, relative: 0.02)
    #expect(abs(features.array.reduce(0, +)) / Float(features.count) < 0.01)
  }

  @Test func `with every setting at 0 gives back the features and draws nothing`() {
    var random = RandomStream(seed: 4)
    let untouched = random
    let features = noise([50, 83])
    #expect(augmentation(nothing, bands: 80).augmented(features, using: &random) == features)
    #expect(random == untouched)
  }

  /// Each setting alone changes the features, so none is ignored.
  @Test(arguments: 0..<6) func `obeys each setting`(which: Int) {
    var settings = nothing
    switch which {
    case 0: settings.tempo = 0.2
    case 1: settings.frequencyShift = 3
    case 2: settings.gainOffset = 0.5
    case 3: settings.noise = 0.1
    case 4: (settings.frequencyMasks, settings.frequencyMaskWidth) = (2, 12)
    default: (settings.timeMasks, settings.timeMaskWidth) = (2, 12)
    }
    let features = noise([60, 83])
    var changed = 0
    for seed in 0..<20 {
      var random = RandomStream(seed: UInt64(seed))
      let result = augmentation(settings, bands: 80).augmented(features, using: &random)
      #expect(result.columns == 83 && result.array.allSatisfy { $0.isFinite })
      if which == 0 { #expect((50...75).contains(result.rows)) } else { #expect(result.rows == 60) }
      if which > 3 {
        // At most 2 masks, each at most 12 wide.
        let masked = which == 4 ? features.rows * 24 : features.columns * 24
        #expect(zip(result.array, features.array).filter { $0 != $1 }.count <= masked)
      }
      if result != features { changed += 1 }
    }
    #expect(changed >= 17, "changed \(changed) of 20")
  }

  @Test func `is the same for the same stream, and another for another`() {
    let features = noise([90, 83])
    func augmented(_ seed: UInt64) -> Tensor {
      var random = RandomStream(seed: seed)
      return augmentation(AugmentationSettings(), bands: 80).augmented(features, using: &random)
    }
    #expect(augmented(1) == augmented(1))
    #expect(augmented(1) != augmented(2))
  }

  @Test func `leaves the features it was given`() {
    let features = noise([40, 80])
    let copy = Tensor(shape: features.shape, values: features.array)
    var random = RandomStream(seed: 1)
    _ = augmentation(AugmentationSettings(), bands: 80).augmented(features, using: &random)
    #expect(features == copy)
  }

  @Test func `copes with a single frame and with masks wider than the features`() {
    var settings = AugmentationSettings()
    (settings.frequencyMaskWidth, settings.timeMaskWidth) = (1_000, 1_000)
    var random = RandomStream(seed: 1)
    for _ in 0..<50 {
      let result = augmentation(settings, bands: 80).augmented(noise([1, 83]), using: &random)
      #expect(result.shape == [1, 83])
    }
  }

  /// Prints the time per utterance.
  @Test func `is fast`() {
    let features = noise([370, 83])
    var random = RandomStream(seed: 1)
    let augmentation = augmentation(AugmentationSettings(), bands: 80)
    let time = ContinuousClock().measure {
      for _ in 0..<500 { _ = augmentation.augmented(features, using: &random) }
    }
    print("augmentation of 370 × 83 features: \(time / 500)")
    #expect(time / 500 < .milliseconds(2))
  }
}
