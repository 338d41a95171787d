// The four losses and their gradients.
import Autograd
import Golden
import Layers
import Tensors

let lossChecks = [
  Check(
    "losses",
    [
      "kl": { try classificationLoss($0) { $0.klDivergence($1, targets: $2) } },
      "focal": { reader in
        let gamma = try reader.number("gamma")
        return try classificationLoss(reader) { $0.focal($1, targets: $2, gamma: gamma) }
      },
    ])
]

/// A loss on logits `[B, K]` with targets of the same shape: its value and its gradient.
private func classificationLoss(
  _ reader: CaseReader, _ loss: (Tape, Variable, Tensor) -> Variable
) throws -> [Output] {
  let logits = try reader.tensor("logits", [nil, nil])
  let targets = try reader.tensor("targets", logits.shape)
  return try differentiated([("logits", logits)], output: "loss") { tape, inputs in
    loss(tape, inputs[0], targets)
  }
}
