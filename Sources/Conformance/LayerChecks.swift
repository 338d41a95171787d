// Frame pooling: FLAM, mean, maximum.
import Autograd
import Golden
import Layers
import Models
import Randomness
import Settings
import Tensors

let layerChecks = [Check("pooling", ["pooling": framePooling])]

private func framePooling(_ reader: CaseReader) throws -> [Output] {
  var settings = ModelSettings()
  settings.pooling = try reader.choice("pooling")
  settings.heads = try reader.count("heads")
  let frames = try reader.tensor("frames", [nil, nil])
  let sequences = try reader.ragged(rows: frames.rows)
  settings.width = frames.columns
  if settings.pooling == .flam { try requireHeads(settings.heads, of: settings.width) }
  let shape = [sequences.count, settings.width]
  let seeds = try ["pooledSeed", "broadcastSeed"].map { try reader.tensor($0, shape) }
  var parameters = Parameters()
  let pooling = FramePooling(settings, width: settings.width, in: &parameters, using: unused)
  try parameters.load(from: reader)
  let pass = Pass(parameters, dropouts: unused)
  let input = pass.tape.variable(frames)
  let (pooled, broadcast) = pooling.pooled(input, sequences, pass)
  let gradients = pass.gradients(
    of: [(pooled, seeds[0]), (broadcast, seeds[1])], inputs: [input])
  return [
    Output("pooled", pooled.value), Output("broadcast", broadcast.value),
    Output("dFrames", gradients.inputs[0] ?? .zeros(frames.shape)),
  ] + gradientOutputs(gradients.parameters, of: parameters)
}
