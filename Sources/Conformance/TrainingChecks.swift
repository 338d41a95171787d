// Steps of whole trainings, each on a batch from the case.
import Evaluation
import Golden
import Layers
import Settings
import Tensors
import Training

let trainingChecks = [Check("training", ["trace": trace])]

/// Twenty steps that cycle through the case's batches: every loss before every step, then all
/// weights.
private func trace(_ reader: CaseReader) throws -> [Output] {
  var settings = VariantSettings()
  settings.loss = try lossSettings(reader)
  settings.training = try trainingSettings(reader)
  settings.training.gradientClip = try reader.number("gradientClip")
  settings.training.weightAveraging = try reader.number("weightAveraging")
  let schedule = try schedule(reader, settings.training)
  let batches = try (0..<reader.count("stepsPerEpoch")).map { try batch(reader, "batch \($0) ") }
  let shard = batches[0].shards[0]
  let (features, statistics) = (shard.input.columns, shard.statistics.columns)
  for shard in batches.flatMap(\.shards) {
    try require(
      shard.input.columns == features && shard.statistics.columns == statistics, "batch",
      expected: "\(features) features, \(statistics) statistics", found: shard.input.shape)
  }
  let (network, parameters) = try network(
    reader, features: features, statistics: statistics)
  var state = TrainingState(network, parameters, settings.training)
  let steps = try (0..<settings.training.epochs * batches.count).map { step in
    try state.takeStep(
      of: network, on: batches[step % batches.count], settings, schedule, random: unused,
      threads: 1)
  }
  let terms = steps.map { knownTerms($0.terms, reader) }
  let losses = (terms.first ?? []).indices.map { term in
    Output("loss." + terms[0][term].name, terms.map { Float($0[term].value) })
  }
  return losses + [
    Output("gradientNorm", steps.map(\.gradientNorm)), Output("factor", steps.map(\.factor)),
  ] + weights("final.", state.parameters) + weights("average.", state.average)
}

/// Returns parameters as outputs, or none for nil.
private func weights(_ prefix: String, _ parameters: Parameters?) -> [Output] {
  (parameters?.named ?? []).flatMap { keysApart(prefix + $0.name, $0.tensor) }
}
