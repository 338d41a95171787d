// Property: neither padding nor neighbours affect an utterance's result, the network's gradient
// agrees with central differences, and the same seed makes the same network.
import Autograd
import Layers
import Models
import Randomness
import Settings
import TestSupport
import Tensors
import Testing

private let poolings = ModelSettings.Pooling.allCases

@Suite struct `An utterance's result` {
  private let inputs = [("a", 9), ("b", 1), ("c", 14), ("d", 2), ("e", 5)].map {
    TinyInput($0.0, length: $0.1)
  }

  @Test(arguments: poolings)
  func `is the same alone and in any company`(pooling: ModelSettings.Pooling) {
    let network = tinyNetwork(tinySettings(pooling))
    let together = TinyResult(network, inputs)
    for (index, input) in inputs.enumerated() {
      let alone = TinyResult(network, [input]).row(0)
      expectClose(together.row(index), alone, relative: 1e-5, absolute: 1e-5)
    }
    let other = together.row(0)
    #expect(zip(other, together.row(1)).contains { abs($0 - $1) > 0.01 })
  }

  @Test(arguments: poolings)
  func `does not depend on the order of the batch`(pooling: ModelSettings.Pooling) {
    let network = tinyNetwork(tinySettings(pooling))
    let (forward, order) = (TinyResult(network, inputs), [3, 0, 4, 2, 1])
    let shuffled = TinyResult(network, order.map { inputs[$0] })
    for (place, index) in order.enumerated() {
      expectClose(shuffled.row(place), forward.row(index), relative: 1e-5, absolute: 1e-5)
    }
  }

  @Test(arguments: poolings)
  func `does not change when utterances follow it`(pooling: ModelSettings.Pooling) {
    let network = tinyNetwork(tinySettings(pooling))
    let (few, all) = (TinyResult(network, Array(inputs.prefix(3))), TinyResult(network, inputs))
    for index in 0..<3 {
      expectClose(few.row(index), all.row(index), relative: 1e-5, absolute: 1e-5)
    }
  }

  @Test(arguments: poolings)
  func `changes with frames of its own, even zeros, and with no other's`(
    pooling: ModelSettings.Pooling
  ) {
    let network = tinyNetwork(tinySettings(pooling))
    var longer = inputs
    longer[2] = inputs[2].padded(by: 40)
    let (before, after) = (TinyResult(network, inputs), TinyResult(network, longer))
    for index in [0, 1, 3, 4] {
      expectClose(after.row(index), before.row(index), relative: 1e-5, absolute: 1e-5)
    }
    #expect(zip(after.row(2), before.row(2)).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `hears its statistics, and no other utterance does`() {
    let network = tinyNetwork()
    let swapped = [inputs[0], inputs[1]]
    let before = TinyResult(network, swapped)
    let pass = Pass(network.parameters)
    let statistics = Tensor.stacked([inputs[0].statistics, inputs[4].statistics])
    let pooled = network.network.encode(
      .stacked(swapped.map(\.frames)), Ragged([9, 1]), statistics: statistics, pass
    ).pooled.value
    expectClose(pooled.rows(0..<1).array, before.pooled.rows(0..<1).array)
    #expect(pooled.rows(1..<2) != before.pooled.rows(1..<2))
  }

  @Test func `has a quarter of the input's frames behind it`() {
    var parameters = Parameters()
    let backbone = CompactBackbone(
      tinySettings(), features: 7, in: &parameters, using: RandomStream(seed: 1))
    let (frames, sequences) = backbone.frames(
      of: Variable(constant: randomTensor([19, 7], "x")), Ragged([13, 5, 1]), Pass(parameters))
    #expect(sequences.lengths == [4, 2, 1])
    #expect(frames.shape == [7, 8])
  }
}

@Suite struct `A network` {
  @Test func `is made alike from the same seed, and otherwise from another`() {
    let (a, b) = (tinyNetwork().parameters, tinyNetwork().parameters)
    #expect(zip(a.all, b.all).allSatisfy { $0.name == $1.name && $0.value == $1.value })
    let other = tinyNetwork(seed: 2).parameters
    #expect(a[tinyNetwork().network.centers] != other[tinyNetwork().network.centers])
    #expect(a.all.last?.name == "centers" && a.all.last?.value.shape == [4, 5])
  }

  @Test(arguments: poolings)
  func `has parameters of different names`(pooling: ModelSettings.Pooling) {
    var settings = tinySettings(pooling)
    settings.blocks = 3
    let names = tinyNetwork(settings).parameters.all.map(\.name)
    #expect(Set(names).count == names.count && names.count > 20)
    #expect(names.contains("flam.query") == (pooling == .flam))
    #expect(names.contains("backbone.residual.2.norm.gain"))
  }

  @Test func `keeps its other first values when one part is exchanged`() {
    let flam = tinyNetwork().parameters.named
    let mean = Dictionary(
      uniqueKeysWithValues: tinyNetwork(tinySettings(.mean)).parameters.named.map {
        ($0.name, $0.tensor)
      })
    for (name, tensor) in flam where !name.hasPrefix("flam") { #expect(mean[name] == tensor) }
  }

  @Test func `without statistics has no parameters for them`() {
    let made = EmotionNetwork.make(
      tinySettings(), features: 7, statistics: 0, classes: 4, using: RandomStream(seed: 1))
    #expect(!made.parameters.all.contains { $0.name.hasPrefix("statistics") })
    let pooled = made.network.encode(
      randomTensor([6, 7], "x"), Ragged([4, 2]), statistics: .zeros([2, 0]), Pass(made.parameters)
    ).pooled
    #expect(pooled.shape == [2, 8])
  }

  @Test func `projects, classifies and contrasts as the head says`() {
    let (network, parameters) = tinyNetwork()
    let weights = Dictionary(
      uniqueKeysWithValues: parameters.named.map { ($0.name, $0.tensor) })
    let z = randomTensor([3, 8], "z")
    func affine(_ x: Tensor, _ name: String) -> Tensor {
      let y = product(x, weights[name + ".weight"]!)
      return y
        + .stacked((0..<x.rows).map { _ in weights[name + ".bias"]!.reshaped([1, y.columns]) })
    }
    let f = affine(z, "head.projection")
    let pass = Pass(parameters)
    let head = network.classify(Variable(constant: z), pass)
    expectClose(head.embeddings.value.array, f.array)
    expectClose(head.logits.value.array, affine(f, "head.classifier").array)
    let unit = (0..<3).flatMap { row -> [Float] in
      let values = f.rows(row..<row + 1).array
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return values.map { $0 / norm }
    }
    expectClose(network.contrast(Variable(constant: z), pass).value.array, unit)
  }
}

@Suite struct `The gradient of a whole network` {
  private let inputs = [("a", 9), ("b", 3), ("c", 14)].map { TinyInput($0.0, length: $0.1) }

  /// KL, center and contrastive loss together, optionally with the gradient.
  private func loss(
    _ network: EmotionNetwork, _ parameters: Parameters, gradients: Bool = false
  ) -> (value: Double, gradients: [Tensor?]) {
    let targets = Tensor(shape: [3, 4], values: [1, 0, 0, 0, 0, 0.5, 0.5, 0, 1, 0, 0, 0])
    let pass = Pass(parameters, dropouts: gradients ? RandomStream(seed: 1) : nil)
    let (pooled, broadcast) = network.encode(
      .stacked(inputs.map(\.frames)), Ragged(inputs.map(\.frames.rows)),
      statistics: .stacked(inputs.map(\.statistics)), pass)
    let head = network.classify(pooled, pass)
    let terms = [
      pass.tape.klDivergence(head.logits, targets: targets),
      pass.tape.center(head.embeddings, centers: pass[network.centers], labels: [0, 1, 0]),
      pass.tape.supCon(network.contrast(broadcast, pass), labels: [0, 1, 0], temperature: 0.5),
    ]
    let total = pass.tape.sum(pass.tape.sum(terms[0], terms[1]), terms[2])
    return (
      terms.reduce(0) { $0 + Double($1.value.item) },
      gradients ? pass.gradients(of: [(total, .scalar(1))]).parameters : []
    )
  }

  @Test(arguments: poolings)
  func `agrees with central differences in every parameter`(pooling: ModelSettings.Pooling) {
    let (network, parameters) = tinyNetwork(tinySettings(pooling))
    let gradients = loss(network, parameters, gradients: true).gradients
    for (index, parameter) in parameters.all.enumerated() {
      // The attention's own parameters matter little at first, so they get an absolute bound.
      let rule = gradients[index]?.array ?? [Float](repeating: 0, count: parameter.value.count)
      let greatest = rule.map { abs($0) }.max() ?? 0
      let element = rule.firstIndex { abs($0) == greatest } ?? 0
      for element in Set([0, element, rule.count - 1]) {
        func moved(_ step: Float) -> Double {
          var changed = parameters
          changed.update { place, parameter in
            if place == index { parameter.value.withUnsafeMutableBuffer { $0[element] += step } }
          }
          return loss(network, changed).value
        }
        let step: Float = 5e-3
        let difference = (moved(step) - moved(-step)) / Double(2 * step)
        let bound = 0.01 * Double(greatest) + 3e-3
        #expect(
          abs(Double(rule[element]) - difference) < bound,
          "\(parameter.name)[\(element)]: rule \(rule[element]), difference \(difference)")
      }
    }
    #expect(gradients.count { ($0?.sumOfSquares ?? 0) > 1e-8 } > gradients.count / 2)
  }
}
