// Energy-adaptive and label-adaptive mixup, and the frames of the mixture.
import Audio
import Augmentation
import Golden
import Randomness
import Settings
import Tensors

let mixupChecks = [
  Check("eam", ["mix": energyAdaptive, "draw": drawn, "features": mixedFrames]),
  Check("lam", ["mix": labelAdaptive]),
]

/// The mixture of a case's samples, drawn by its parameters, and its outcome.
private func mixture(
  _ reader: CaseReader
) throws -> (samples: [Float], outcome: EnergyAdaptiveMixup.Outcome) {
  var samples = try reader.tensor("samples", [nil]).array
  let partner = try reader.tensor("partner", [nil])
  var settings = AugmentationSettings()
  settings.leastPower = try reader.number("leastPower")
  let shorter = min(samples.count, partner.array.count)
  guard shorter > 0 else {
    throw GoldenError.wrongShape(
      name: "samples", expected: "samples of both", found: "\(samples.count)")
  }
  let length = try reader.count("length", within: 1...shorter)
  let draw = EnergyAdaptiveMixup.Draw(
    start: try reader.count("start", within: 0...samples.count - length),
    partnerStart: try reader.count("partnerStart", within: 0...partner.array.count - length),
    length: length, snr: try reader.number("snr", within: -100...100))
  let mixup = EnergyAdaptiveMixup(settings: settings)
  let outcome = samples.withUnsafeMutableBufferPointer { samples in
    partner.withUnsafeBuffer { mixup.apply(draw, to: samples, partner: $0) }
  }
  return (samples, outcome)
}

/// The label of a mixture. The second of the case's two labels has the given share.
private func label(_ reader: CaseReader, share: Double) throws -> Output {
  let target = try reader.tensor("target", [nil]).array
  let partner = try reader.tensor("partnerTarget", [target.count]).array
  return Output("label", mixedTarget(target, with: partner, share: share))
}

@Sendable private func energyAdaptive(_ reader: CaseReader) throws -> [Output] {
  let (samples, outcome) = try mixture(reader)
  return [
    Output("mixed", samples), Output("share", [outcome.share]),
    Output("changed", [outcome.changed.lowerBound, outcome.changed.upperBound]),
    try label(reader, share: outcome.share),
  ]
}

/// The number of draws out of bounds among many, and the number of different segments.
@Sendable private func drawn(_ reader: CaseReader) throws -> [Output] {
  let length = try reader.count("length", within: 2...100)
  let partnerLength = try reader.count("partnerLength", within: 1...100)
  let count = try reader.count("count", within: 1...100_000)
  let seed = try reader.count("seed", within: 0...Int(UInt32.max))
  let mixup = EnergyAdaptiveMixup(settings: AugmentationSettings())
  var random = RandomStream(seed: UInt64(seed))
  let longest = min(length / 2, partnerLength)
  var (outside, segments) = (0, Set<[Int]>())
  for _ in 0..<count {
    guard let draw = mixup.draw(length: length, partnerLength: partnerLength, using: &random),
      (1...longest).contains(draw.length), (0...length - draw.length).contains(draw.start),
      (0...partnerLength - draw.length).contains(draw.partnerStart),
      (-5..<10).contains(draw.snr)
    else {
      outside += 1
      continue
    }
    segments.insert([draw.start, draw.partnerStart, draw.length])
  }
  return [Output("outside", [outside]), Output("different", [segments.count])]
}

/// The frames of a mixture, updated from those of the utterance, as in training.
@Sendable private func mixedFrames(_ reader: CaseReader) throws -> [Output] {
  let extractor = try frameExtractor(reader)
  var frames = extractor.features(of: try reader.tensor("samples", [nil]).array)
  let (samples, outcome) = try mixture(reader)
  samples.withUnsafeBufferPointer {
    extractor.update(&frames, samples: $0, changed: outcome.changed)
  }
  return [Output("frames", frames)]
}

@Sendable private func labelAdaptive(_ reader: CaseReader) throws -> [Output] {
  let samples = try reader.tensor("samples", [nil])
  let partner = try reader.tensor("partner", [nil])
  guard !samples.array.isEmpty, !partner.array.isEmpty else {
    throw GoldenError.wrongShape(
      name: "samples", expected: "at least one sample", found: "\(samples.shape)")
  }
  let (mixed, share) = samples.withUnsafeBuffer { samples in
    partner.withUnsafeBuffer { LabelAdaptiveMixup.mix(samples, partner: $0) }
  }
  return [Output("mixed", mixed), Output("share", [share]), try label(reader, share: share)]
}
