// Oracle: fifty steps of Adam in plain Double. By hand: the schedules at their corners.
import Foundation
import Layers
import Randomness
import Settings
import TestSupport
import Tensors
import Training
import Testing

/// Adam for one parameter, from algorithm 1 of the paper and AdamW's decoupled decay.
private struct PlainAdam {
  var w: [Double]
  var m: [Double]
  var v: [Double]
  let rate: Double
  let decay: Double

  init(_ w: [Float], rate: Double, decay: Double) {
    self.w = w.map(Double.init)
    m = Array(repeating: 0, count: w.count)
    v = m
    (self.rate, self.decay) = (rate, decay)
  }

  mutating func step(_ t: Int, _ g: [Float], _ settings: TrainingSettings, factor: Double) {
    for i in w.indices {
      let g = Double(g[i])
      m[i] = settings.beta1 * m[i] + (1 - settings.beta1) * g
      v[i] = settings.beta2 * v[i] + (1 - settings.beta2) * g * g
      let mean = m[i] / (1 - pow(settings.beta1, Double(t)))
      let square = v[i] / (1 - pow(settings.beta2, Double(t)))
      w[i] -= factor * rate * decay * w[i]
      w[i] -= factor * rate * mean / (square.squareRoot() + settings.epsilon)
    }
  }
}

private let shapes = [[3, 7], [5], [2, 4], [33]]

private func random(_ shape: [Int], _ name: String) -> Tensor {
  var stream = RandomStream(seed: 71).split(name)
  return Tensor(
    shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Float(stream.normal()) })
}

@Suite struct `The optimiser` {
  /// A matrix with decay, a bias, the centers, and a parameter without a gradient.
  private func made() -> (Parameters, Parameters.ID) {
    var parameters = Parameters()
    _ = parameters.add("matrix", random(shapes[0], "w0"), decays: true)
    _ = parameters.add("bias", random(shapes[1], "w1"), decays: false)
    let centers = parameters.add("centers", random(shapes[2], "w2"), decays: false)
    _ = parameters.add("idle", random(shapes[3], "w3"), decays: true)
    return (parameters, centers)
  }

  @Test(arguments: [0, 0.1])
  func `takes fifty steps as plain arithmetic does`(decay: Double) {
    var settings = TrainingSettings()
    (settings.learningRate, settings.centerLearningRate) = (0.01, 0.05)
    settings.weightDecay = decay
    var (parameters, centers) = made()
    var adam = Adam(settings, for: parameters, centers: centers)
    var plain = [
      PlainAdam(parameters.all[0].value.array, rate: 0.01, decay: decay),
      PlainAdam(parameters.all[1].value.array, rate: 0.01, decay: 0),
      PlainAdam(parameters.all[2].value.array, rate: 0.05, decay: 0),
    ]
    for t in 1...50 {
      let gradients = (0..<3).map { random(shapes[$0], "g\($0) \(t)") }
      let factor = 1 / (1 + 0.1 * Double(t))
      adam.update(&parameters, gradients: gradients + [nil], factor: factor)
      for index in 0..<3 {
        plain[index].step(t, gradients[index].array, settings, factor: factor)
      }
    }
    #expect(adam.steps == 50)
    for index in 0..<3 {
      let actual = parameters.all[index].value.array.map(Double.init)
      expectClose(actual, plain[index].w, relative: 1e-4, absolute: 1e-5)
      expectClose(
        adam.first[index].array.map(Double.init), plain[index].m, relative: 1e-4, absolute: 1e-5)
      expectClose(
        adam.second[index].array.map(Double.init), plain[index].v, relative: 1e-4, absolute: 1e-5)
    }
    #expect(parameters.all[3].value == random(shapes[3], "w3"))
    // Control: the oracle with the other learning rate is far away.
    #expect(zip(plain[2].w, random(shapes[2], "w2").array).contains { abs($0 - Double($1)) > 0.05 })
  }

  @Test func `moves every weight by its learning rate at the first step`() {
    var settings = TrainingSettings()
    (settings.learningRate, settings.centerLearningRate, settings.weightDecay) = (0.25, 0.5, 0)
    var (parameters, centers) = made()
    let before = parameters
    var adam = Adam(settings, for: parameters, centers: centers)
    adam.update(
      &parameters, gradients: shapes.map { .full($0, -3e-5) }, factor: 1)
    for (index, step) in [0.25, 0.25, 0.5, 0.25].enumerated() {
      expectClose(
        parameters.all[index].value.array, before.all[index].value.array.map { $0 + Float(step) },
        relative: 1e-4, absolute: 1e-4)
    }
  }

  @Test func `moves lower layers by less where the learning rate decays with depth`() {
    var settings = TrainingSettings()
    (settings.learningRate, settings.weightDecay) = (0.25, 0)
    var parameters = Parameters()
    for depth in 0..<4 {
      _ = parameters.add("w\(depth)", .full([2], 1), decays: false, depth: depth)
    }
    let centers = parameters.add("centers", .full([2], 1), decays: false)
    var adam = Adam(settings, for: parameters, centers: centers, layerDecay: 0.5)
    adam.update(&parameters, gradients: (0..<5).map { _ in .full([2], 1) }, factor: 0.5)
    let rates =
      [0.25, 0.125, 0.0625, 0.03125].map { 0.5 * $0 }
      + [0.5 * settings.centerLearningRate]
    for (parameter, rate) in zip(parameters.all, rates) {
      expectClose(parameter.value.array, [Float](repeating: Float(1 - rate), count: 2))
    }
  }

  @Test func `has the same bits for any number of threads`() {
    var parameters = Parameters()
    // More than two of the parts that threads share, and a remainder.
    let shape = [11, 3001]
    _ = parameters.add("matrix", random(shape, "wide"), decays: true)
    let centers = parameters.add("centers", random([3, 5], "few"), decays: false)
    func stepped(threads: Int) -> [Tensor] {
      var (result, adam) = (
        parameters, Adam(TrainingSettings(), for: parameters, centers: centers)
      )
      for t in 0..<3 {
        adam.update(
          &result, gradients: [random(shape, "g \(t)"), random([3, 5], "h \(t)")], factor: 1,
          threads: threads)
      }
      return result.all.map(\.value) + adam.first + adam.second
    }
    let one = stepped(threads: 1)
    for threads in [2, 3, 8] { #expect(stepped(threads: threads) == one) }
    #expect(one[0] != parameters.all[0].value && one[1] != parameters.all[1].value)
  }

  @Test func `goes on from restored moments to the same bits`() {
    var (parameters, centers) = made()
    let settings = TrainingSettings()
    var adam = Adam(settings, for: parameters, centers: centers)
    func gradients(_ t: Int) -> [Tensor?] { shapes.map { random($0, "r\($0) \(t)") } }
    for t in 0..<3 { adam.update(&parameters, gradients: gradients(t), factor: 1) }
    var (later, fresh) = (Adam(settings, for: parameters, centers: centers), parameters)
    var forgetful = (Adam(settings, for: parameters, centers: centers), parameters)
    later.restore(steps: adam.steps, first: adam.first, second: adam.second)
    adam.update(&parameters, gradients: gradients(3), factor: 1)
    later.update(&fresh, gradients: gradients(3), factor: 1)
    forgetful.0.update(&forgetful.1, gradients: gradients(3), factor: 1)
    #expect(fresh.all.map(\.value) == parameters.all.map(\.value))
    #expect(forgetful.1.all.map(\.value) != parameters.all.map(\.value))
  }
}

@Suite struct `A schedule` {
  private func factors(_ kind: TrainingSettings.Schedule, epochs: Int, steps: Int) -> [Double] {
    var settings = TrainingSettings()
    (settings.schedule, settings.epochs, settings.warmup) = (kind, epochs, 0.3)
    let schedule = Schedule(settings, stepsPerEpoch: steps)
    return (0..<epochs * steps).map(schedule.factor(atStep:))
  }

  @Test func `that is exponential falls by an eighth after each epoch`() {
    expectClose(
      factors(.exponential, epochs: 3, steps: 2),
      [1, 1, 0.875, 0.875, 0.765625, 0.765625])
  }

  @Test func `that is constant is`() {
    #expect(factors(.constant, epochs: 2, steps: 3) == [1, 1, 1, 1, 1, 1])
  }

  @Test func `of one cycle starts at a 25th, peaks at 1 and ends at next to nothing`() {
    // 30 steps: the peak is step 0.3 · 30 - 1 = 8, and the end is step 29.
    let cycle = factors(.oneCycle, epochs: 10, steps: 3)
    expectClose([cycle[0], cycle[8], cycle[29]], [0.04, 1, 4e-6])
    expectClose(cycle[4], (0.04 + 1) / 2)
    // A third of the way down.
    expectClose(
      cycle[15], 4e-6 + (1 - 4e-6) / 2 * (1 + cos(Double.pi / 3)), relative: 1e-9)
    #expect(zip(cycle[0..<8], cycle[1...8]).allSatisfy { $0 < $1 })
    #expect(zip(cycle[8..<29], cycle[9...29]).allSatisfy { $0 > $1 })
  }

  @Test func `of one cycle is finite however short or cold`() {
    for (epochs, steps) in [(1, 1), (1, 2), (2, 1), (1, 3)] {
      #expect(factors(.oneCycle, epochs: epochs, steps: steps).allSatisfy { $0 > 0 && $0 <= 1 })
    }
    var settings = TrainingSettings()
    (settings.epochs, settings.warmup) = (2, 0)
    let cold = Schedule(settings, stepsPerEpoch: 5)
    #expect((0..<10).map(cold.factor(atStep:)).allSatisfy { $0 > 0 && $0 <= 1 })
    settings.warmup = 1
    let hot = Schedule(settings, stepsPerEpoch: 5)
    expectClose(hot.factor(atStep: 9), 1)
  }
}
