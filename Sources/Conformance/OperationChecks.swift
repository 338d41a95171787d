// The operations of the tape and their derivative rules.
// N rows or frames, S sequences, D features, I inputs, O outputs.
import Autograd
import Golden
import Layers
import Tensors

let operationChecks = [
  Check(
    "operations",
    [
      "sum": { try two($0) { $0.sum($1, $2) } },
      "mean of two": { try two($0) { $0.mean($1, $2) } },
      "scaled": { reader in
        let factor = Float(try reader.number("factor"))
        return try one(reader) { $0.scaled($1, by: factor) }
      },
      "gelu": { try one($0) { $0.gelu($1) } },
      "relu": { try one($0) { $0.relu($1) } },
      "unit rows": { try one($0) { $0.unitRows($1) } },
      "affine": affine,
      "layer norm": layerNorm,
      "convolution": convolution,
      "softmax": softmax,
      "weighted sum": weightedSum,
      "mean": { try pooled($0) { $0.mean($1, within: $2) } },
      "maximum": { try pooled($0) { $0.maximum($1, within: $2) } },
      "product": matrixProduct,
      "reductions": reductions,
      "log softmax": { [Output("output", logSoftmax(try $0.doubles("x")))] },
    ])
]

/// Throws `GoldenError.wrongShape` for `name` unless `condition` holds. Such a condition is
/// elsewhere the caller's duty, but here it is a fault of the fixture.
func require(_ condition: Bool, _ name: String, expected: String, found: Any) throws {
  guard condition else {
    throw GoldenError.wrongShape(name: name, expected: expected, found: "\(found)")
  }
}

/// The value and gradients of `function`, with the input `seed` as the gradient of the value.
private func seeded(
  _ reader: CaseReader, _ inputs: [(name: String, value: Tensor)], seed shape: [Int],
  _ function: (Tape, [Variable]) throws -> Variable
) throws -> [Output] {
  try differentiated(inputs, seed: try reader.tensor("seed", shape), function)
}

private func one(
  _ reader: CaseReader, _ function: (Tape, Variable) -> Variable
) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  return try seeded(reader, [("x", x)], seed: x.shape) { function($0, $1[0]) }
}

private func two(
  _ reader: CaseReader, _ function: (Tape, Variable, Variable) -> Variable
) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  let y = try reader.tensor("y", x.shape)
  return try seeded(reader, [("x", x), ("y", y)], seed: x.shape) { function($0, $1[0], $1[1]) }
}

private func affine(_ reader: CaseReader) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  let weight = try reader.tensor("weight", [x.columns, nil])
  var inputs = [(name: "x", value: x), (name: "weight", value: weight)]
  if reader.has("bias") {
    inputs.append(("bias", try reader.tensor("bias", [weight.columns])))
  }
  return try seeded(reader, inputs, seed: [x.rows, weight.columns]) { tape, inputs in
    tape.affine(inputs[0], weight: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil)
  }
}

private func layerNorm(_ reader: CaseReader) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  let gain = try reader.tensor("gain", [x.columns])
  let bias = try reader.tensor("bias", [x.columns])
  let inputs = [("x", x), ("gain", gain), ("bias", bias)]
  return try seeded(reader, inputs, seed: x.shape) { tape, inputs in
    tape.layerNorm(inputs[0], gain: inputs[1], bias: inputs[2])
  }
}

private func convolution(_ reader: CaseReader) throws -> [Output] {
  let stride = try reader.count("stride")
  let x = try reader.tensor("x", [nil, nil])
  let weight = try reader.tensor("weight", [nil, nil])
  let bias = try reader.tensor("bias", [weight.columns])
  let sequences = try reader.ragged(rows: x.rows)
  try require(
    x.columns > 0 && weight.rows % x.columns == 0 && weight.rows / x.columns % 2 == 1 && stride > 0,
    "weight",
    expected: "an odd number of taps of \(x.columns) channels, stride above 0",
    found: (weight.shape, stride))
  let frames = sequences.lengths.reduce(0) { $0 + ($1 + stride - 1) / stride }
  let inputs = [("x", x), ("weight", weight), ("bias", bias)]
  return try seeded(reader, inputs, seed: [frames, weight.columns]) { tape, inputs in
    let (output, shortened) = tape.convolution(
      inputs[0], sequences, weight: inputs[1], bias: inputs[2], stride: stride)
    try require(shortened.rows == frames, "seed", expected: "\(frames)", found: shortened)
    return output
  }
}

private func softmax(_ reader: CaseReader) throws -> [Output] {
  let scores = try reader.tensor("scores", [nil, 1])
  let sequences = try reader.ragged(rows: scores.rows)
  return try seeded(reader, [("scores", scores)], seed: scores.shape) { tape, inputs in
    tape.softmax(inputs[0], within: sequences)
  }
}

private func weightedSum(_ reader: CaseReader) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  let weights = try reader.tensor("weights", [x.rows, 1])
  let sequences = try reader.ragged(rows: x.rows)
  let inputs = [("x", x), ("weights", weights)]
  return try seeded(reader, inputs, seed: [sequences.count, x.columns]) { tape, inputs in
    tape.weightedSum(inputs[0], weights: inputs[1], within: sequences)
  }
}

private func pooled(
  _ reader: CaseReader, _ function: (Tape, Variable, Ragged) -> Variable
) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  let sequences = try reader.ragged(rows: x.rows)
  return try seeded(reader, [("x", x)], seed: [sequences.count, x.columns]) { tape, inputs in
    function(tape, inputs[0], sequences)
  }
}

private func matrixProduct(_ reader: CaseReader) throws -> [Output] {
  let a = try reader.tensor("a", [nil, nil])
  switch try reader.text("transposed") {
  case "first":
    return [
      Output("output", product(a, try reader.tensor("b", [a.rows, nil]), transposing: .first))
    ]
  case "second":
    return [
      Output("output", product(a, try reader.tensor("b", [nil, a.columns]), transposing: .second))
    ]
  default: return [Output("output", product(a, try reader.tensor("b", [a.columns, nil])))]
  }
}

private func reductions(_ reader: CaseReader) throws -> [Output] {
  let x = try reader.tensor("x", [nil, nil])
  return [Output("columnSums", x.columnSums), Output("sumOfSquares", [x.sumOfSquares])]
}
