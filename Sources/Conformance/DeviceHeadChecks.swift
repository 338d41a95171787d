// The fixtures of pooling, losses and optimiser, computed by the head on a device within the
// tolerances of the CPU.
package import Devices
import Evaluation
package import Golden
import Layers
import Models
import Settings
import Tensors
import Training

/// The checks of a device's head: its operations of the fixtures `pooling`, `losses` and
/// `optimizer`.
package func deviceHeadChecks(_ device: Device) -> [Check] {
  [
    Check("pooling", ["pooling": { try pooling($0, device) }], isPartial: true),
    Check(
      "losses",
      [
        "kl": { try classification($0, .kl, device) },
        "focal": { try classification($0, .focal, device) },
        "center": { try center($0, device) },
        "supconRaw": { try contrast($0, device) },
      ], isPartial: true),
    Check(
      "optimizer",
      [
        "given gradients": { try givenGradients($0, device) },
        "regression": { try regression($0, device) },
        "clipping": { try clipping($0, device) }, "averaging": { try averaging($0, device) },
      ], isPartial: true),
  ]
}

/// A head with random weights.
private func head(
  _ device: Device, _ settings: VariantSettings, width: Int, classes: Int
) throws -> (head: DeviceHead, parameters: Parameters) {
  let (_, parameters) = EmotionNetwork.make(
    settings.model, onFramesOf: width, classes: classes, using: unused)
  return (try DeviceHead(device, parameters, settings), parameters)
}

private func pooling(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  var settings = VariantSettings()
  settings.model.pooling = try reader.choice("pooling")
  settings.model.heads = try reader.count("heads")
  settings.model.embedding = 4
  let frames = try reader.tensor("frames", [nil, nil])
  let sequences = try reader.ragged(rows: frames.rows)
  let isFLAM = settings.model.pooling == .flam
  if isFLAM { try requireHeads(settings.model.heads, of: frames.columns) }
  let shape = [sequences.count, frames.columns]
  let seeds = try ["pooledSeed", "broadcastSeed"].map { try reader.tensor($0, shape) }
  let (head, made) = try head(device, settings, width: frames.columns, classes: 2)
  var parameters = made
  var own: [Int] = []
  var given: [String: Tensor] = [:]
  for (index, parameter) in parameters.all.enumerated() {
    let isPooling = parameter.name.hasPrefix("flam.")
    given[parameter.name] =
      isPooling
      ? try reader.tensor(parameter.name, parameter.value.shape) : parameter.value
    if isPooling { own.append(index) }
  }
  try parameters.load(given)
  try head.load(parameters)
  let (pooled, broadcast, dFrames) = try head.pooling(
    frames, sequences, dPooled: seeds[0], dBroadcast: seeds[1])
  let gradients = try head.gradients(like: parameters)
  return [
    Output("pooled", pooled), Output("broadcast", broadcast), Output("dFrames", dFrames),
  ]
    + own.flatMap { keysApart("gradient." + parameters.all[$0].name, gradients[$0]) }
}

/// Settings with one loss, whose weight is the gradient that flows into it.
private func oneLoss(_ reader: CaseReader, _ term: LossTerm) throws -> VariantSettings {
  var settings = VariantSettings()
  settings.model.pooling = .mean
  settings.loss.labelSmoothing = 0
  for other in LossTerm.allCases { settings.loss[other] = 0 }
  settings.loss[term] = Double(try reader.tensor("dLoss", []).item)
  try require(settings.loss[term] > 0, "dLoss", expected: "above 0", found: settings.loss[term])
  return settings
}

private func classification(
  _ reader: CaseReader, _ term: LossTerm, _ device: Device
) throws -> [Output] {
  var settings = try oneLoss(reader, term)
  if term == .focal { settings.loss.focalGamma = try reader.number("gamma") }
  settings.model.embedding = 2
  let logits = try reader.tensor("logits", [nil, nil])
  let targets = try reader.tensor("targets", logits.shape)
  let (head, _) = try head(device, settings, width: 4, classes: logits.columns)
  let found = try head.losses(
    embeddings: .zeros([logits.rows, 2]), contrasted: .zeros([logits.rows, 2]), logits: logits,
    targets: targets, labels: targets.greatestOfRows)
  return [
    Output("loss", .scalar(Float(found.result.terms[term]))), Output("dLogits", found.dLogits),
  ]
}

private func center(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  var settings = try oneLoss(reader, .center)
  let embeddings = try reader.tensor("embeddings", [nil, nil])
  let centers = try reader.tensor("centers", [nil, embeddings.columns])
  let labels = try reader.labels(count: embeddings.rows, classes: centers.rows)
  settings.model.embedding = embeddings.columns
  let (head, made) = try head(device, settings, width: 4, classes: centers.rows)
  var parameters = made
  var given = Dictionary(uniqueKeysWithValues: parameters.all.map { ($0.name, $0.value) })
  given["centers"] = centers
  try parameters.load(given)
  try head.load(parameters)
  let shape = [embeddings.rows, centers.rows]
  let found = try head.losses(
    embeddings: embeddings, contrasted: embeddings, logits: .zeros(shape), targets: .zeros(shape),
    labels: labels)
  let gradients = try head.gradients(like: parameters)
  return [
    Output("loss", .scalar(Float(found.result.terms[.center]))),
    Output("dEmbeddings", found.dEmbeddings),
    Output("dCenters", gradients[gradients.count - 1]),
  ]
}

private func contrast(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  var settings = try oneLoss(reader, .supcon)
  let embeddings = try reader.tensor("embeddings", [nil, nil])
  let labels = try reader.integers("labels", [embeddings.rows])
  settings.loss.temperature = try reader.number("temperature")
  settings.model.embedding = embeddings.columns
  let classes = (labels.max() ?? 0) + 1
  try require(
    classes < 100 && labels.allSatisfy { $0 >= 0 }, "labels", expected: "0 to 99", found: labels)
  let (head, _) = try head(device, settings, width: 4, classes: classes)
  let shape = [embeddings.rows, classes]
  let found = try head.losses(
    embeddings: embeddings, contrasted: embeddings, logits: .zeros(shape), targets: .zeros(shape),
    labels: labels)
  return [
    Output("loss", .scalar(Float(found.result.terms[.supcon]))),
    Output("dEmbeddings", found.dContrasted),
  ]
}

/// A head whose first parameters take the place of a case's; the others are not looked at.
private struct Borrowed {
  let head: DeviceHead
  var state: TrainingState
  /// The place of each of the case's parameters.
  let places: [Int]

  /// - Parameter names: the parameters of a head that take the place of the case's.
  init(
    _ device: Device, _ settings: VariantSettings, _ values: [(name: String, value: Tensor)],
    embedding: Int, classes: Int
  ) throws {
    var settings = settings
    settings.model.pooling = .mean
    settings.model.embedding = embedding
    let width = values.first { $0.name == "head.projection.weight" }?.value.shape.first ?? 4
    let (network, made) = EmotionNetwork.make(
      settings.model, onFramesOf: width, classes: classes, using: unused)
    var parameters = made
    var given = Dictionary(uniqueKeysWithValues: parameters.all.map { ($0.name, $0.value) })
    for (name, value) in values {
      guard let shape = given[name]?.shape, shape.reduce(1, *) == value.count else {
        throw GoldenError.wrongShape(name: name, expected: "of a head", found: "\(value.shape)")
      }
      given[name] = value.reshaped(shape)
    }
    try parameters.load(given)
    state = TrainingState(network, parameters, settings.training)
    head = try DeviceHead(device, parameters, settings)
    try head.load(state)
    places = values.map { value in parameters.all.firstIndex { $0.name == value.name } ?? 0 }
  }

  /// Gradients of all parameters, zeros where the case has none.
  func gradients(_ own: [Tensor]) -> [Tensor] {
    var all = state.parameters.all.map { Tensor.zeros($0.value.shape) }
    for (place, value) in zip(places, own) { all[place] = value.reshaped(all[place].shape) }
    return all
  }
}

/// Each parameter of the case takes the place of one of a head of its own.
private func givenGradients(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  var settings = VariantSettings()
  settings.training = try trainingSettings(reader)
  let schedule = try schedule(reader, settings.training)
  let idle = try reader.tensor("idle", [nil, nil])
  var outputs: [Output] = []
  // A matrix that decays, a bias and centers that do not.
  for (name, place) in [
    ("matrix", "head.projection.weight"), ("bias", "head.projection.bias"), ("centers", "centers"),
  ] {
    let value = try reader.tensor(name, [nil, nil])
    let gradients = try reader.tensor(name + ".gradients", [50, value.count])
    var borrowed = try Borrowed(
      device, settings, [(place, value)], embedding: value.columns, classes: max(2, value.rows))
    for step in 0..<50 {
      try borrowed.head.update(
        borrowed.gradients([gradients.rows(step..<step + 1)]),
        factor: schedule.factor(atStep: step))
      guard [1, 10, 50].contains(step + 1) else { continue }
      try borrowed.head.store(in: &borrowed.state)
      let found = borrowed.state.parameters.all[borrowed.places[0]].value
      outputs.append(Output("\(name) after \(step + 1)", found.reshaped(value.shape)))
    }
  }
  return outputs + [1, 10, 50].map { Output("idle after \($0)", idle) }
}

/// Fifty steps of a linear embedding and classifier: a head that pools single frames.
private func regression(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  var settings = VariantSettings()
  settings.training = try trainingSettings(reader)
  (settings.training.gradientClip, settings.model.headDropout) = (0, 0)
  settings.loss.labelSmoothing = 0
  for term in LossTerm.allCases { settings.loss[term] = 0 }
  (settings.loss.kl, settings.loss.center) = (1, 0.125)
  let schedule = try schedule(reader, settings.training)
  let x = try reader.tensor("x", [nil, nil])
  let targets = try reader.tensor("targets", [x.rows, nil])
  let names = ["embed.weight", "embed.bias", "classify.weight", "classify.bias", "centers"]
  let places = [
    "head.projection.weight", "head.projection.bias", "head.classifier.weight",
    "head.classifier.bias", "centers",
  ]
  let centers = try reader.tensor("centers", [targets.columns, nil])
  let shapes = [
    [x.columns, centers.columns], [centers.columns], [centers.columns, targets.columns],
    [targets.columns], centers.shape,
  ]
  let values = try zip(names, shapes).map { try reader.tensor($0, $1) }
  var borrowed = try Borrowed(
    device, settings, Array(zip(places, values)), embedding: centers.columns,
    classes: targets.columns)
  let input = HeadInput((0..<x.rows).map { (.sent(x.rows($0..<$0 + 1)), 1) })
  var losses: [Float] = []
  for step in 0..<50 {
    try borrowed.head.startStep(
      on: input, targets: targets, stored: nil, random: unused,
      factor: schedule.factor(atStep: step))
    losses += try borrowed.head.finishSteps().map { Float($0.terms.total) }
  }
  try borrowed.head.store(in: &borrowed.state)
  return [Output("losses", losses)]
    + zip(names, borrowed.places).map {
      Output("final." + $0, borrowed.state.parameters.all[$1].value)
    }
}

private func clipping(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  let (first, second) = (
    try reader.tensor("first", [nil, nil]), try reader.tensor("second", [nil])
  )
  let borrowed = try Borrowed(
    device, VariantSettings(), [("head.projection.weight", first)], embedding: first.columns,
    classes: 2)
  // The second takes the place of the classifier's weight, as far as it goes.
  var gradients = borrowed.gradients([first])
  guard
    let place = gradients.firstIndex(where: { $0.count >= second.count && $0.count != first.count })
  else { throw GoldenError.wrongShape(name: "second", expected: "fewer", found: "\(second.shape)") }
  let rest = [Float](repeating: 0, count: gradients[place].count - second.count)
  gradients[place] = Tensor(shape: gradients[place].shape, values: second.array + rest)
  let found = try borrowed.head.norm(of: gradients, limit: try reader.number("limit"))
  return [
    Output("norm", [found.norm]),
    Output("clipped first", first.scaled(by: Float(found.factor))),
    Output("clipped second", second.scaled(by: Float(found.factor))),
  ]
}

private func averaging(_ reader: CaseReader, _ device: Device) throws -> [Output] {
  var settings = VariantSettings()
  settings.training.weightAveraging = try reader.number("decay")
  let start = try reader.tensor("start", [nil])
  let targets = try reader.tensor("targets", [nil, start.count])
  var borrowed = try Borrowed(
    device, settings, [("head.projection.bias", start)], embedding: start.count, classes: 2)
  let place = borrowed.places[0]
  let means = try (0..<targets.rows).map { step in
    try borrowed.head.store(in: &borrowed.state)
    borrowed.state.parameters.update { index, parameter in
      if index == place {
        parameter.value = targets.rows(step..<step + 1).reshaped([start.count])
      }
    }
    try borrowed.head.load(borrowed.state)
    // A gradient of 0 leaves the weight as it is.
    try borrowed.head.update(borrowed.gradients([]), factor: 1)
    try borrowed.head.store(in: &borrowed.state)
    return borrowed.state.average?.all[place].value.reshaped([1, start.count]) ?? start
  }
  return [Output("average", .stacked(means))]
}
