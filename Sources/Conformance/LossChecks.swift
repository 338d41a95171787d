// The four losses and their gradients.
// B utterances, K classes, E features of an embedding.
import Autograd
import Golden
import Layers
import Tensors
import Training

let lossChecks = [
  Check(
    "losses",
    [
      "kl": { try classificationLoss($0) { $0.klDivergence($1, targets: $2) } },
      "focal": { reader in
        let gamma = try reader.number("gamma")
        return try classificationLoss(reader) { $0.focal($1, targets: $2, gamma: gamma) }
      },
      "center": { reader in
        let embeddings = try reader.tensor("embeddings", [nil, nil])
        let centers = try reader.tensor("centers", [nil, embeddings.columns])
        let labels = try reader.labels(count: embeddings.rows, classes: centers.rows)
        return try loss(reader, [("embeddings", embeddings), ("centers", centers)]) {
          $0.center($1[0], centers: $1[1], labels: labels)
        }
      },
      "supcon": { try contrastiveLoss($0) { $1 } },
      "supconRaw": { try contrastiveLoss($0) { $0.unitRows($1) } },
      "unitRows": { reader in
        let x = try reader.tensor("x", [nil, nil])
        let seed = try reader.tensor("dOutput", x.shape)
        return try differentiated([("x", x)], output: "unit", seed: seed) { $0.unitRows($1[0]) }
      },
      "greatest": { reader in
        [Output("labels", try rows(reader, "shares").greatestOfRows)]
      },
    ])
]

/// An input `[B, K]` with at least one class.
private func rows(_ reader: CaseReader, _ name: String) throws -> Tensor {
  let tensor = try reader.tensor(name, [nil, nil])
  guard tensor.columns > 0 else {
    throw GoldenError.wrongShape(name: name, expected: "classes", found: "\(tensor.shape)")
  }
  return tensor
}

/// A loss of `inputs`, and its gradients when `dLoss` flows into it.
private func loss(
  _ reader: CaseReader, _ inputs: [(name: String, value: Tensor)],
  _ function: (Tape, [Variable]) -> Variable
) throws -> [Output] {
  try differentiated(
    inputs, output: "loss", seed: try reader.tensor("dLoss", []), function)
}

/// A loss on logits `[B, K]` with targets of the same shape.
private func classificationLoss(
  _ reader: CaseReader, _ function: (Tape, Variable, Tensor) -> Variable
) throws -> [Output] {
  let logits = try rows(reader, "logits")
  let targets = try reader.tensor("targets", logits.shape)
  return try loss(reader, [("logits", logits)]) { function($0, $1[0], targets) }
}

/// The contrastive loss after `rows` has transformed the embeddings, `[B, E]`.
private func contrastiveLoss(
  _ reader: CaseReader, _ rows: (Tape, Variable) -> Variable
) throws -> [Output] {
  let embeddings = try reader.tensor("embeddings", [nil, nil])
  let labels = try reader.integers("labels", [embeddings.rows])
  let temperature = try reader.number("temperature")
  return try loss(reader, [("embeddings", embeddings)]) { tape, inputs in
    tape.supCon(rows(tape, inputs[0]), labels: labels, temperature: temperature)
  }
}
