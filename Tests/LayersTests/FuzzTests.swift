// Oracle: every loss and its gradient against plain double precision, on random batches.
// B utterances, K classes, E features of an embedding.
import Autograd
import Foundation
import Layers
import Randomness
import TestSupport
import Tensors
import Testing

/// The rows of a matrix with `columns` columns.
private func rows(_ x: [Double], _ columns: Int) -> [[Double]] {
  stride(from: 0, to: x.count, by: columns).map { Array(x[$0..<$0 + columns]) }
}

private func softmax(_ x: [Double]) -> [Double] {
  let total = x.reduce(0) { $0 + exp($1) }
  return x.map { exp($0) / total }
}

private func dot(_ x: [Double], _ y: [Double]) -> Double {
  zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Logits and soft targets, both `[B, K]`. Some targets are 0.
private func batch(_ random: inout RandomStream) -> (logits: Tensor, targets: Tensor) {
  let (b, k) = (random.integer(in: 1...40), random.integer(in: 2...12))
  let logits = Tensor.random([b, k], &random).scaled(by: 2)
  let targets = (0..<b).flatMap { _ in
    let shares = (0..<k).map { _ in random.uniform() < 0.4 ? 0 : random.uniform() }
    let total = shares.reduce(0, +)
    return shares.enumerated().map { Float(total > 0 ? $1 / total : $0 == 0 ? 1 : 0) }
  }
  return (logits, Tensor(shape: [b, k], values: targets))
}

/// The mean over utterances of `loss`, summed over classes.
private func mean(
  _ logits: [Double], _ targets: Tensor, _ loss: (_ y: Double, _ p: Double) -> Double
) -> [Double] {
  let pairs = zip(
    rows(logits, targets.columns), rows(targets.array.map(Double.init), targets.columns))
  let total = pairs.reduce(0.0) { sum, pair in
    sum + zip(pair.1, softmax(pair.0)).reduce(0) { $0 + loss($1.0, $1.1) }
  }
  return [total / Double(targets.rows)]
}

private func supCon(_ g: [[Double]], _ labels: [Int], _ temperature: Double) -> [Double] {
  var total = 0.0
  for i in g.indices {
    let others = g.indices.filter { $0 != i }
    let positives = others.filter { labels[$0] == labels[i] }
    let all = others.reduce(0) { $0 + exp(dot(g[i], g[$1]) / temperature) }
    for p in positives {
      total -= (dot(g[i], g[p]) / temperature - log(all)) / Double(positives.count)
    }
  }
  return [total / Double(g.count)]
}

/// Embeddings `[B, E]` and labels. There are at least three, and two have the same label.
private func embeddings(
  _ random: inout RandomStream
) -> (x: Tensor, labels: [Int], temperature: Double) {
  let (b, e, k) = (
    random.integer(in: 3...30), random.integer(in: 2...40), random.integer(in: 1...8)
  )
  let labels = [0, 0] + (2..<b).map { _ in random.integer(below: k) }
  return (.random([b, e], &random), labels, random.uniform(0.07, 1))
}

private let losses = [
  FuzzedOperation("KL divergence", roundings: 4) { random in
    let (logits, targets) = batch(&random)
    return FuzzCase([logits], { $0.klDivergence($1[0], targets: targets) }) {
      mean($0[0], targets) { $0 > 0 ? $0 * log($0 / $1) : 0 }
    }
  },
  FuzzedOperation("focal loss", roundings: 4) { random in
    let ((logits, targets), gamma) = (batch(&random), random.uniform(0, 3))
    return FuzzCase([logits], { $0.focal($1[0], targets: targets, gamma: gamma) }) {
      mean($0[0], targets) { -$0 * pow(1 - $1, gamma) * log($1) }
    }
  },
  FuzzedOperation("center loss", roundings: 6) { random in
    let (f, labels, _) = embeddings(&random)
    let centers = Tensor.random([8, f.columns], &random)
    return FuzzCase([f, centers], { $0.center($1[0], centers: $1[1], labels: labels) }) { x in
      let centers = rows(x[1], f.columns)
      let total = zip(rows(x[0], f.columns), labels).reduce(0.0) { sum, row in
        sum + zip(row.0, centers[row.1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return [total / Double(labels.count)]
    }
  },
  FuzzedOperation("unit rows", roundings: 5) { random in
    let x = embeddings(&random).x
    return FuzzCase([x], { $0.unitRows($1[0]) }) {
      rows($0[0], x.columns).flatMap { row in row.map { $0 / dot(row, row).squareRoot() } }
    }
  },
  FuzzedOperation("supervised contrastive loss", roundings: 8) { random in
    let (x, labels, temperature) = embeddings(&random)
    let unit = Tape(recording: false).unitRows(Variable(constant: x)).value
    return FuzzCase([unit], { $0.supCon($1[0], labels: labels, temperature: temperature) }) {
      supCon(rows($0[0], x.columns), labels, temperature)
    }
  },
  FuzzedOperation("supervised contrastive loss of raw rows", roundings: 16) { random in
    let (x, labels, temperature) = embeddings(&random)
    return FuzzCase(
      [x], { $0.supCon($0.unitRows($1[0]), labels: labels, temperature: temperature) }
    ) {
      let unit = rows($0[0], x.columns).map { row in row.map { $0 / dot(row, row).squareRoot() } }
      return supCon(unit, labels, temperature)
    }
  },
]

@Suite struct `A loss of random batches` {
  @Test(arguments: losses)
  private func `agrees with plain double precision, value and gradient`(
    operation: FuzzedOperation
  ) {
    operation.expectAgreement()
  }
}
