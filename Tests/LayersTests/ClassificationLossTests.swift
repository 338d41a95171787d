// By hand: KL divergence and focal loss on small cases. Property: their gradients agree with
// central differences, and the losses stay finite for extreme logits.
import Autograd
import Foundation
import Layers
import Randomness
import TestSupport
import Tensors
import Testing

func randomTensor(_ shape: [Int], _ name: String, scale: Double = 1) -> Tensor {
  var stream = RandomStream(seed: 31).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(scale * stream.normal()) })
}

/// A loss of logits and targets, both `[B, K]`.
struct Loss: Sendable, CustomTestStringConvertible {
  let name: String
  let apply: @Sendable (Tape, Variable, Tensor) -> Variable
  var testDescription: String { name }

  func value(_ logits: Tensor, _ targets: Tensor) -> Double {
    Double(apply(Tape(recording: false), Variable(constant: logits), targets).value.item)
  }

  func gradient(_ logits: Tensor, _ targets: Tensor) -> [Float] {
    let tape = Tape()
    let x = tape.variable(logits)
    return tape.gradients(of: [(apply(tape, x, targets), .scalar(1))])[x]?.array ?? []
  }

  static let kl = Loss(name: "KL") { $0.klDivergence($1, targets: $2) }
  static func focal(_ gamma: Double) -> Loss {
    Loss(name: "focal, γ = \(gamma)") { $0.focal($1, targets: $2, gamma: gamma) }
  }
  static let all = [kl, focal(0), focal(0.5), focal(1), focal(2)]
}

struct Targets: Sendable, CustomTestStringConvertible {
  let name: String
  let tensor: Tensor
  var testDescription: String { name }

  static let all = [
    Targets(
      name: "hard",
      tensor: Tensor(shape: [3, 4], values: [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0])),
    Targets(
      name: "soft",
      tensor: Tensor(
        shape: [3, 4], values: [0.7, 0.1, 0.1, 0.1, 0, 0.25, 0.75, 0, 0.25, 0.25, 0.25, 0.25])),
    Targets(
      name: "of one class alone",
      tensor: Tensor(shape: [2, 3], values: [0, 0, 1, 0, 0, 1])),
    Targets(name: "of a batch of one", tensor: Tensor(shape: [1, 3], values: [0.5, 0.5, 0])),
  ]
}

@Suite struct `A classification loss` {
  // Logits ln 1, ln 2, ln 5 make probabilities 1/8, 1/4, 5/8; equal logits make thirds.
  private let logits = Tensor(
    shape: [2, 3], values: [0, Float(log(2.0)), Float(log(5.0)), 3, 3, 3])
  private let hard = Tensor(shape: [2, 3], values: [0, 1, 0, 1, 0, 0])
  private let soft = Tensor(shape: [2, 3], values: [0.5, 0, 0.5, 0.2, 0.3, 0.5])

  @Test func `is what the formula says by hand`() {
    let (log3, log4) = (log(3.0), log(4.0))
    expectClose(Loss.kl.value(logits, hard), (log4 + log3) / 2, relative: 1e-6)
    // ½ ln(½ / ⅛) + ½ ln(½ / ⅝), and the negative entropy of the second plus ln 3.
    let first: Double = 0.5 * log(0.5 / 0.125) + 0.5 * log(0.5 / 0.625)
    let entropy: Double = -0.2 * log(0.2) - 0.3 * log(0.3) - 0.5 * log(0.5)
    let second = log(3.0) - entropy
    expectClose(Loss.kl.value(logits, soft), (first + second) / 2, relative: 1e-6)
    expectClose(Loss.focal(0).value(logits, hard), (log4 + log3) / 2, relative: 1e-6)
    let far = 4.0 / 9 * log3
    expectClose(Loss.focal(2).value(logits, hard), (9.0 / 16 * log4 + far) / 2, relative: 1e-6)
    let softFirst: Double = 49.0 / 128 * log(8.0) + 9.0 / 128 * log(1.6)
    expectClose(Loss.focal(2).value(logits, soft), (softFirst + far) / 2, relative: 1e-6)
  }

  @Test func `is 0 for the KL divergence of a distribution from itself alone`() {
    let p = Tensor(shape: [1, 3], values: [0.125, 0.25, 0.625])
    let same = logits.rows(0..<1)
    expectClose(Loss.kl.value(same, p), 0, absolute: 1e-7)
    #expect(Loss.kl.value(same, soft.rows(0..<1)) > 0.1)
    expectClose(Loss.kl.gradient(same, p), [0, 0, 0])
  }

  @Test func `has the gradient p - y for KL and for focal loss without focus`() {
    let third: Float = 1.0 / 6
    let expected: [Float] = [0.0625, -0.375, 0.3125, -2 * third, third, third]
    expectClose(Loss.kl.gradient(logits, hard), expected)
    expectClose(Loss.focal(0).gradient(logits, hard), expected)
    #expect(Loss.focal(2).gradient(logits, hard) != expected)
  }

  @Test(arguments: Loss.all, Targets.all)
  func `has the gradient of its formula`(loss: Loss, targets: Targets) {
    let logits = randomTensor(targets.tensor.shape, "logits")
    let worst = worstGradientDisagreement(at: [logits]) { loss.apply($0, $1[0], targets.tensor) }
    #expect(worst.relative < 5e-3, "\(worst)")
  }

  @Test func `is found out with the gradient of another exponent`() {
    let logits = randomTensor([3, 4], "logits")
    let targets = Targets.all[0].tensor
    let worst = worstGradientDisagreement(at: [logits]) { tape, inputs in
      let right = tape.focal(inputs[0], targets: targets, gamma: 2)
      let wrong = Loss.focal(1.5).gradient(inputs[0].value, targets)
      return tape.record(right.value, from: inputs) { dOutput, gradients in
        gradients.add(
          Tensor(shape: [3, 4], values: wrong).scaled(by: dOutput.item), to: inputs[0])
      }
    }
    #expect(worst.relative > 0.02)
  }

  @Test(arguments: Loss.all, [1e4, -1e4, 1e30] as [Float])
  func `is finite for extreme logits`(loss: Loss, extreme: Float) {
    let logits = Tensor(
      shape: [3, 3], values: [extreme, 0, -extreme, extreme, extreme, extreme, 0, 0, extreme])
    for targets in [
      Tensor(shape: [3, 3], values: [1, 0, 0, 0, 0, 1, 0.5, 0.5, 0]),
      Tensor(shape: [3, 3], values: [0, 0, 1, 1, 0, 0, 0, 0, 1]),
    ] {
      #expect(loss.value(logits, targets).isFinite)
      #expect(loss.value(logits, targets) >= 0)
      #expect(loss.gradient(logits, targets).allSatisfy { $0.isFinite })
    }
  }

  @Test func `is 0 where the right class is certain and great where a wrong one is`() {
    let logits = Tensor(shape: [1, 2], values: [1e4, -1e4])
    for loss in Loss.all {
      #expect(loss.value(logits, Tensor(shape: [1, 2], values: [1, 0])) == 0)
      expectClose(loss.value(logits, Tensor(shape: [1, 2], values: [0, 1])), 2e4, relative: 1e-6)
    }
  }

  @Test func `does not change when all logits of an utterance do`() {
    let logits = randomTensor([2, 3], "shift")
    let shifted = logits + Tensor(shape: [2, 3], values: [5, 5, 5, -2, -2, -2])
    for loss in Loss.all {
      expectClose(loss.value(shifted, soft), loss.value(logits, soft), relative: 1e-5)
    }
  }

  @Test func `has a logarithm of probabilities without overflow`() {
    expectClose(logSoftmax([0, log(3)]), [log(0.25), log(0.75)])
    expectClose(logSoftmax([1e4, -1e4]), [0, -2e4])
    #expect(logSoftmax([]) == [])
    #expect(logSoftmax([7]) == [0])
  }
}
