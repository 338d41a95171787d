// The compact backbone and the whole network, its losses and gradients.
import Autograd
import Evaluation
import Golden
import Layers
import Models
import Settings
import Tensors
import Training

let networkChecks = [
  Check("backbone", ["backbone": backbone]),
  Check("network", ["forward": forward, "gradient": gradient]),
]

private func backbone(_ reader: CaseReader) throws -> [Output] {
  let input = try reader.tensor("input", [nil, nil])
  let sequences = try reader.ragged(rows: input.rows)
  let settings = try modelShape(reader)
  var parameters = Parameters()
  let backbone = CompactBackbone(
    settings, features: input.columns, in: &parameters, using: unused)
  try parameters.load(from: reader)
  let pass = Pass(parameters, dropouts: unused)
  let (frames, _) = backbone.frames(of: Variable(constant: input), sequences, pass)
  let seed = try reader.tensor("seed", frames.shape)
  let gradients = pass.gradients(of: [(frames, seed)])
  return [Output("frames", frames.value)]
    + gradientOutputs(gradients.parameters, of: parameters)
}

private func forward(_ reader: CaseReader) throws -> [Output] {
  let shard = try shard(reader)
  let (network, parameters) = try network(
    reader, features: shard.input.columns, statistics: shard.statistics.columns)
  let pass = Pass(parameters)
  let (pooled, broadcast) = network.encode(
    shard.input, shard.sequences, statistics: shard.statistics, pass)
  let head = network.classify(pooled, pass)
  return [
    Output("pooled", pooled.value), Output("broadcast", broadcast.value),
    Output("embeddings", head.embeddings.value), Output("logits", head.logits.value),
    Output("contrast", network.contrast(broadcast, pass).value),
  ]
}

private func gradient(_ reader: CaseReader) throws -> [Output] {
  let batch = try batch(reader, "")
  let (network, parameters) = try network(
    reader, features: batch.shards[0].input.columns,
    statistics: batch.shards[0].statistics.columns)
  let result = try network.gradient(
    of: batch, parameters, try lossSettings(reader), random: unused, threads: 1)
  return [
    Output("terms", knownTerms(result.terms, reader).map { Float($0.value) }),
    Output("correct", [result.correct]),
  ] + gradientOutputs(result.gradients, of: parameters)
}

/// A network with the case's shape and parameters.
func network(
  _ reader: CaseReader, features: Int, statistics: Int
) throws -> (network: EmotionNetwork, parameters: Parameters) {
  let settings = try networkShape(reader)
  let classes = try reader.count("classes")
  try require(classes > 0, "classes", expected: "at least 1", found: classes)
  var (network, parameters) = EmotionNetwork.make(
    settings, features: features, statistics: statistics, classes: classes, using: unused)
  try parameters.load(from: reader)
  return (network, parameters)
}

/// The settings of a backbone, without dropout.
private func modelShape(_ reader: CaseReader) throws -> ModelSettings {
  var settings = ModelSettings()
  settings.width = try reader.count("width")
  settings.blocks = try reader.count("blocks")
  settings.kernel = try reader.count("kernel")
  (settings.dropout, settings.headDropout, settings.statisticsDropout) = (0, 0, 0)
  try require(
    settings.width > 0 && settings.blocks >= 0 && settings.kernel > 0 && settings.kernel % 2 == 1,
    "model", expected: "positive extents, odd kernel", found: settings)
  return settings
}

private func networkShape(_ reader: CaseReader) throws -> ModelSettings {
  var settings = try modelShape(reader)
  settings.pooling = try reader.choice("pooling")
  settings.heads = try reader.count("heads")
  settings.statisticsHidden = try reader.count("statisticsHidden")
  settings.embedding = try reader.count("embedding")
  try requireHeads(settings.heads, of: settings.width)
  try require(
    settings.statisticsHidden > 0 && settings.embedding > 0, "model",
    expected: "positive extents", found: settings)
  return settings
}

/// The terms that the case contains, and the total. A case from before a term existed does not
/// contain it.
func knownTerms(_ terms: LossTerms, _ reader: CaseReader) -> [(name: String, value: Double)] {
  terms.named.filter { $0.name == "total" || reader.hasParameter($0.name) }
}

/// The settings of the losses. A term that the case does not contain has no weight.
func lossSettings(_ reader: CaseReader) throws -> LossSettings {
  var settings = LossSettings()
  for term in LossTerm.allCases {
    settings[term] = reader.hasParameter(term.rawValue) ? try reader.number(term.rawValue) : 0
  }
  settings.focalGamma = try reader.number("focalGamma")
  settings.temperature = try reader.number("temperature")
  settings.labelSmoothing = try reader.number("labelSmoothing")
  try require(
    !settings.terms.isEmpty && settings.temperature > 0, "loss",
    expected: "a weight above 0", found: settings)
  return settings
}

/// The utterances of a case whose array names start with `prefix`, in one shard.
private func shard(_ reader: CaseReader, _ prefix: String = "") throws -> Shard {
  let input = try reader.tensor(prefix + "frames", [nil, nil])
  let sequences = try reader.ragged(prefix + "lengths", rows: input.rows)
  try require(sequences.count > 0, prefix + "lengths", expected: "some", found: sequences)
  let name = prefix + "statistics"
  let statistics =
    reader.has(name)
    ? try reader.tensor(name, [sequences.count, nil]) : .zeros([sequences.count, 0])
  return Shard(input: input, sequences: sequences, statistics: statistics)
}

/// The batch whose array names start with `prefix`, in the shards that training makes.
func batch(_ reader: CaseReader, _ prefix: String) throws -> Batch {
  let whole = try shard(reader, prefix)
  let sequences = whole.sequences
  let targets = try reader.tensor(
    prefix + "targets", [sequences.count, try reader.count("classes")])
  let shards = stride(from: 0, to: sequences.count, by: Shard.size).map { start in
    let end = min(start + Shard.size, sequences.count)
    return Shard(
      input: whole.input.rows(sequences.offsets[start]..<sequences.offsets[end]),
      sequences: Ragged(Array(sequences.lengths[start..<end])),
      statistics: whole.statistics.rows(start..<end))
  }
  return Batch(shards: shards, targets: targets)
}
