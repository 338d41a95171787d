// By hand: center loss, unit rows and supervised contrastive loss on small cases. Property: their
// gradients agree with central differences.
import Autograd
import Foundation
import Layers
import TestSupport
import Tensors
import Testing

private func constant(_ shape: [Int], _ values: [Float]) -> Variable {
  Variable(constant: Tensor(shape: shape, values: values))
}

private func center(_ f: Variable, _ c: Variable, _ labels: [Int]) -> Double {
  Double(Tape(recording: false).center(f, centers: c, labels: labels).value.item)
}

@Suite struct `The center loss` {
  private let embeddings: [Float] = [1, 2, 3, 4, 0, 0]
  private let centers: [Float] = [0, 0, 3, 3, 9, 9]

  @Test func `is the mean squared distance from the own centers`() {
    let (f, c) = (constant([3, 2], embeddings), constant([3, 2], centers))
    // 1 + 4, 0 + 1, 0 + 0. The last is clamped to 1e-12.
    expectClose(center(f, c, [0, 1, 0]), 2, relative: 1e-6)
    expectClose(center(f, c, [1, 1, 1]), (4.0 + 1 + 0 + 1 + 18) / 3, relative: 1e-6)
    expectClose(center(constant([1, 2], [1, 2]), c, [2]), 64 + 49, relative: 1e-6)
  }

  @Test func `pulls embeddings and their own centers, and leaves an absent class alone`() {
    let tape = Tape()
    let f = tape.variable(Tensor(shape: [3, 2], values: embeddings))
    let c = tape.variable(Tensor(shape: [3, 2], values: centers))
    let loss = tape.center(f, centers: c, labels: [0, 1, 1])
    let gradients = tape.gradients(of: [(loss, .scalar(3))])
    expectClose(gradients[f]!.array, [2, 4, 0, 2, -6, -6])
    expectClose(gradients[c]!.array, [-2, -4, 6, 4, 0, 0])
  }

  @Test(arguments: [[0, 1, 2, 0, 0], [1, 1, 1, 1, 1]])
  func `has the gradient of its formula`(labels: [Int]) {
    let inputs = [randomTensor([5, 3], "f"), randomTensor([3, 3], "c")]
    let worst = worstGradientDisagreement(at: inputs) {
      $0.center($1[0], centers: $1[1], labels: labels)
    }
    #expect(worst.relative < 5e-3, "\(worst)")
    let one = worstGradientDisagreement(at: [inputs[0].rows(0..<1), inputs[1]]) {
      $0.center($1[0], centers: $1[1], labels: [labels[0]])
    }
    #expect(one.relative < 5e-3, "\(one)")
  }

  @Test func `is held between its bounds, without gradient beyond`() {
    let tape = Tape()
    let f = tape.variable(Tensor(shape: [2, 1], values: [2, 2e6]))
    let c = tape.variable(Tensor(shape: [2, 1], values: [2, 0]))
    let loss = tape.center(f, centers: c, labels: [0, 1])
    expectClose(Double(loss.value.item), (1e-12 + 1e12) / 2, relative: 1e-6)
    let gradients = tape.gradients(of: [(loss, .scalar(1))])
    #expect(gradients[f]?.array == [0, 0] && gradients[c]?.array == [0, 0])
    expectClose(center(constant([1, 1], [2]), constant([1, 1], [2]), [0]), 1e-12, relative: 1e-6)
  }
}

@Suite struct `Unit rows` {
  @Test func `have length one and the old direction`() {
    let tape = Tape(recording: false)
    expectClose(tape.unitRows(constant([2, 2], [3, 4, 0, -2])).value.array, [0.6, 0.8, 0, -1])
    expectClose(tape.unitRows(constant([1, 2], [3e-10, 4e-10])).value.array, [0.6, 0.8])
    expectClose(tape.unitRows(constant([1, 2], [3e18, 4e18])).value.array, [0.6, 0.8])
  }

  @Test func `of nothing are nothing, with a finite gradient`() {
    let tape = Tape()
    let x = tape.variable(.zeros([1, 3]))
    let unit = tape.unitRows(x)
    #expect(unit.value.array == [0, 0, 0])
    #expect(tape.gradients(of: [(unit, .full([1, 3], 1))])[x]?.isFinite == true)
  }

  @Test func `shorter than the least norm are scaled, with the gradient of that alone`() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [1, 2], values: [3e-13, 4e-13]))
    let unit = tape.unitRows(x)
    expectClose(unit.value.array, [0.3, 0.4])
    let seed = Tensor(shape: [1, 2], values: [1, -2])
    expectClose(tape.gradients(of: [(unit, seed)])[x]!.array, [1e12, -2e12])
  }

  @Test func `have the gradient of their formula`() {
    let worst = worstGradientDisagreement(at: [randomTensor([4, 5], "unit")]) {
      $0.unitRows($1[0])
    }
    #expect(worst.relative < 5e-3, "\(worst)")
  }
}

/// The loss in plain Swift, in the form of the paper.
private func plainSupCon(_ g: [[Double]], _ labels: [Int], _ temperature: Double) -> Double {
  func similarity(_ i: Int, _ a: Int) -> Double {
    exp(zip(g[i], g[a]).reduce(0) { $0 + $1.0 * $1.1 } / temperature)
  }
  var total = 0.0
  for i in g.indices {
    let positives = g.indices.filter { $0 != i && labels[$0] == labels[i] }
    let denominator = g.indices.filter { $0 != i }.reduce(0) { $0 + similarity(i, $1) }
    for p in positives {
      total -= log(similarity(i, p) / denominator) / Double(positives.count)
    }
  }
  return total / Double(g.count)
}

private func supCon(_ unit: Variable, _ labels: [Int], _ temperature: Double = 0.5) -> Double {
  Double(Tape(recording: false).supCon(unit, labels: labels, temperature: temperature).value.item)
}

@Suite struct `The supervised contrastive loss` {
  private let unit = constant([3, 2], [1, 0, 0, 1, 0.6, 0.8])

  @Test func `is what the formula says by hand`() {
    // Similarities over τ = ½: 0·1 = 0, 0·2 = 1.2, 1·2 = 1.6. Classes {0, 2} and {1}: the second
    // anchor has no positive and contributes nothing.
    let (near, far) = (exp(1.2), exp(1.6))
    let first = -log(near / (1 + near))
    let third = -log(near / (near + far))
    expectClose(supCon(unit, [0, 1, 0]), (first + third) / 3, relative: 1e-6)
    #expect(abs(supCon(unit, [0, 0, 1]) - (first + third) / 3) > 0.1)
  }

  @Test(arguments: [[0, 1, 0, 1, 1, 2], [0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 2, 2]], [0.07, 0.5])
  func `is what plain Swift gives`(labels: [Int], temperature: Double) {
    let g = Tape(recording: false).unitRows(Variable(constant: randomTensor([6, 4], "g")))
    let rows = (0..<6).map { row in g.value.rows(row..<row + 1).array.map(Double.init) }
    expectClose(
      supCon(g, labels, temperature), plainSupCon(rows, labels, temperature), relative: 1e-5)
  }

  @Test(arguments: [[0, 1, 2], [2, 0, 1]])
  func `is 0 with no gradient where no anchor has a positive`(labels: [Int]) {
    let tape = Tape()
    let x = tape.variable(unit.value)
    let loss = tape.supCon(x, labels: labels, temperature: 0.07)
    #expect(loss.value.item == 0)
    #expect(tape.gradients(of: [(loss, .scalar(1))])[x]?.array.allSatisfy { $0 == 0 } == true)
  }

  @Test func `is 0 for a batch of one`() {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [1, 2], values: [0.6, 0.8]))
    let loss = tape.supCon(x, labels: [3], temperature: 0.07)
    #expect(loss.value.item == 0)
    #expect(tape.gradients(of: [(loss, .scalar(1))])[x]?.array == [0, 0])
  }

  @Test func `is least where classes are apart`() {
    let together = constant([4, 2], [1, 0, 1, 0, -1, 0, -1, 0])
    #expect(supCon(together, [0, 0, 1, 1], 0.07) < 1e-6)
    #expect(supCon(together, [0, 1, 0, 1], 0.07) > 10)
  }

  @Test(arguments: [[0, 1, 0, 1, 1, 2], [0, 0, 0, 0, 0, 0]])
  func `has the gradient of its formula, through unit rows too`(labels: [Int]) {
    let x = randomTensor([6, 4], "x")
    let alone = worstGradientDisagreement(at: [x.scaled(by: 0.3)]) {
      $0.supCon($1[0], labels: labels, temperature: 0.5)
    }
    #expect(alone.relative < 5e-3, "\(alone)")
    let normalised = worstGradientDisagreement(at: [x]) {
      $0.supCon($0.unitRows($1[0]), labels: labels, temperature: 0.5)
    }
    #expect(normalised.relative < 1e-2, "\(normalised)")
  }

  @Test func `stays finite at the lowest temperatures`() {
    for temperature in [0.07, 1e-4] {
      #expect(supCon(unit, [0, 1, 0], temperature).isFinite)
    }
  }
}
