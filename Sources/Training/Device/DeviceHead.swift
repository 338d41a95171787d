// Trains the part of a network above frozen frames on a device: pooling, projection, classifier,
// losses and optimiser. Weights, moments and the running mean stay on the device between steps.
// Every sum has a fixed order, so the bits are the same on any device.
package import Devices
package import Layers
import Randomness
package import Settings
package import Tensors

/// A head on a device. One thread uses it.
package final class DeviceHead {
  package let device: Device
  package let shape: HeadShape
  let settings: VariantSettings
  let layout: HeadLayout
  var memory: HeadMemory
  /// All parameters, and their gradients; see `HeadLayout`.
  let weights, gradients: DevicePlace
  /// Nil for a head that does not train.
  private(set) var moments: (first: DevicePlace, second: DevicePlace)?
  private(set) var average: DevicePlace?
  /// The steps that Adam has taken.
  private(set) var steps = 0
  /// Eight numbers for each step whose results were not fetched.
  let results: DevicePlace
  /// The sizes of the batches of these steps.
  var waitingSizes: [LossSize] = []
  var waiting: Int { waitingSizes.count }

  /// The number of steps that may wait for their results to be fetched.
  package static let mostWaiting = 16
  /// The size of the tiles of products, or nil for a choice. No bit depends on it.
  package var tile: Int? {
    get { memory.tile }
    set { memory.tile = newValue }
  }

  /// - Throws: `DeviceHeadError` if the network has parameters that only the CPU trains;
  ///   `DeviceError`.
  package init(_ device: Device, _ parameters: Parameters, _ settings: VariantSettings) throws {
    self.device = device
    self.settings = settings
    shape = try HeadShape(parameters, settings.model)
    layout = HeadLayout(parameters, hasClassifier: settings.loss.kl > 0 || settings.loss.focal > 0)
    memory = HeadMemory(device)
    weights = try memory.place("weights", layout.count)
    gradients = try memory.place("gradients", layout.count)
    results = try memory.place("results", 16 * Self.mostWaiting)
    // Gaps between parameters stay 0.
    try device.fill(gradients.buffer, bytes: 4 * layout.count)
    try load(parameters)
  }

  /// Takes over the weights and the optimiser of a training.
  package func load(_ state: TrainingState) throws {
    try load(state.parameters)
    let first = try memory.place("first moments", layout.count)
    let second = try memory.place("second moments", layout.count)
    try upload(state.optimizer.first, to: first)
    try upload(state.optimizer.second, to: second)
    moments = (first, second)
    average = nil
    if let mean = state.average {
      let place = try memory.place("average", layout.count)
      try upload(mean.all.map(\.value), to: place)
      average = place
    }
    steps = state.optimizer.steps
  }

  /// Replaces the weights.
  package func load(_ parameters: Parameters) throws {
    try upload(parameters.all.map(\.value), to: weights)
  }

  /// Writes weights and optimiser into the state of a training.
  package func store(in state: inout TrainingState) throws {
    state.parameters = try parameters(like: state.parameters, weights)
    if let average, let mean = state.average {
      state.average = try parameters(like: mean, average)
    }
    guard let moments else { return }
    state.optimizer.restore(
      steps: steps,
      first: try parameters(like: state.parameters, moments.first).all.map(\.value),
      second: try parameters(like: state.parameters, moments.second).all.map(\.value))
  }

  /// The gradient of each parameter, of the shapes of `parameters`.
  package func gradients(like parameters: Parameters) throws -> [Tensor] {
    try self.parameters(like: parameters, gradients).all.map(\.value)
  }

  func upload(_ tensors: [Tensor], to place: DevicePlace) throws {
    var all = [Float](repeating: 0, count: layout.count)
    for (tensor, place) in zip(tensors, layout.places) {
      all.replaceSubrange(place..<place + tensor.count, with: tensor.array)
    }
    try device.upload(all, to: place.buffer)
  }

  private func parameters(
    like parameters: Parameters, _ place: DevicePlace
  ) throws -> Parameters {
    let all = try device.tensor(place.buffer, [layout.count]).array
    var result = parameters
    result.update { index, parameter in
      let start = layout.places[index]
      parameter.value = Tensor(
        shape: parameter.value.shape, values: Array(all[start..<start + parameter.value.count]))
    }
    return result
  }

  /// The place of a parameter.
  func weight(_ name: String) -> DevicePlace { weights + layout.place(name) }
  /// The place of a parameter's gradient.
  func gradient(_ name: String) -> DevicePlace { gradients + layout.place(name) }

  /// Takes a step of Adam with the gradients in memory, and of the running mean.
  ///
  /// - Parameter results: those of `head_norm`, which clip; nil to take the gradient as it is.
  func update(factor: Double, results: DevicePlace?) throws {
    guard let moments else { return }
    steps += 1
    let training = settings.training
    let rate = Float(factor * training.learningRate)
    let centerRate = Float(factor * training.centerLearningRate)
    let first = Float(1 - power(training.beta1, steps))
    let second = Float(1 - power(training.beta2, steps))
    let keep = min(training.weightAveraging, Double(1 + steps) / Double(10 + steps))
    try memory.launch(
      "head_adam", layout.count, by: 256,
      [
        weights.argument, gradients.argument, moments.first.argument, moments.second.argument,
        average?.argument ?? .none, results?.argument ?? .none, .int(layout.count),
        .int(layout.decaying), .int(layout.centers),
        .float(1 - rate * Float(training.weightDecay)), .float(rate / first),
        .float(centerRate / first), .float(Float(training.beta1)), .float(Float(training.beta2)),
        .float(1 / second.squareRoot()), .float(Float(training.epsilon)), .float(Float(keep)),
      ])
  }
}
