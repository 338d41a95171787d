// Changes of features in training, and what they draw.
import Augmentation
import Golden
import Randomness
import Settings
import Tensors

let perturbationChecks = [
  Check("perturbation", ["tempo": tempo, "shift": shift, "perturbed": perturbed])
]

/// The features of a case, with at least a frame.
private func features(_ reader: CaseReader, least columns: Int = 1) throws -> Tensor {
  let features = try reader.tensor("features", [nil, nil])
  try require(
    features.rows > 0 && features.columns >= columns, "features",
    expected: "frames of \(columns) columns or more", found: features.shape)
  return features
}

@Sendable private func tempo(_ reader: CaseReader) throws -> [Output] {
  let factor = try reader.number("factor", within: 0.01...100)
  return [Output("changed", FeatureAugmentation.changedTempo(try features(reader), by: factor))]
}

@Sendable private func shift(_ reader: CaseReader) throws -> [Output] {
  let bands = try reader.count("bands", within: 1...10_000)
  var features = try features(reader, least: bands)
  FeatureAugmentation(settings: AugmentationSettings(), bands: bands)
    .shiftFrequency(of: &features, by: try reader.number("shift", within: -10_000...10_000))
  return [Output("shifted", features)]
}

/// The settings of the changes of a case.
func perturbationSettings(_ reader: CaseReader) throws -> AugmentationSettings {
  var settings = AugmentationSettings()
  settings.tempo = try reader.number("tempo", within: 0...0.9)
  settings.frequencyShift = try reader.number("frequencyShift", within: 0...256)
  settings.gainOffset = try reader.number("gainOffset", within: 0...100)
  settings.noise = try reader.number("noise", within: 0...100)
  settings.frequencyMasks = try reader.count("frequencyMasks", within: 0...100)
  settings.frequencyMaskWidth = try reader.count("frequencyMaskWidth", within: 0...100_000)
  settings.timeMasks = try reader.count("timeMasks", within: 0...100)
  settings.timeMaskWidth = try reader.count("timeMaskWidth", within: 0...100_000)
  return settings
}

/// The same features, perturbed several times with one stream, and the word that follows.
@Sendable private func perturbed(_ reader: CaseReader) throws -> [Output] {
  let bands = try reader.count("bands", within: 1...10_000)
  let features = try features(reader, least: bands)
  let augmentation = FeatureAugmentation(
    settings: try perturbationSettings(reader), bands: bands)
  var random = try stream(reader)
  let made = (0..<(try reader.count("repeats", within: 1...1000))).map { _ in
    augmentation.augmented(features, using: &random)
  }
  return [
    Output("lengths", made.map(\.rows)), Output("perturbed", .stacked(made)),
    Output("next", shape: [1], .words([random.next()])),
  ]
}
