// Adam, learning-rate schedules, clipping of gradients, the running mean of weights.
import Autograd
import Evaluation
import Golden
import Layers
import Settings
import Tensors
import Training

let optimizerChecks = [
  Check(
    "optimizer",
    [
      "given gradients": givenGradients, "regression": regression, "clipping": clipping,
      "averaging": averaging,
    ]),
  Check("schedule", ["factors": factors]),
]

/// The settings of a case that trains.
func trainingSettings(_ reader: CaseReader) throws -> TrainingSettings {
  var settings = try scheduleSettings(reader)
  settings.learningRate = try reader.number("learningRate")
  settings.centerLearningRate = try reader.number("centerLearningRate")
  settings.beta1 = try reader.number("beta1")
  settings.beta2 = try reader.number("beta2")
  settings.epsilon = try reader.number("epsilon")
  settings.weightDecay = try reader.number("weightDecay")
  return settings
}

private func scheduleSettings(_ reader: CaseReader) throws -> TrainingSettings {
  var settings = TrainingSettings()
  settings.schedule = try reader.choice("schedule")
  settings.epochs = try reader.count("epochs")
  settings.decay = try reader.number("decay")
  settings.warmup = try reader.number("warmup")
  try require(settings.epochs > 0, "epochs", expected: "at least 1", found: settings.epochs)
  return settings
}

/// The schedule of a case.
func schedule(_ reader: CaseReader, _ settings: TrainingSettings) throws -> Schedule {
  let steps = try reader.count("stepsPerEpoch")
  try require(steps > 0, "stepsPerEpoch", expected: "at least 1", found: steps)
  return Schedule(settings, stepsPerEpoch: steps)
}

private func factors(_ reader: CaseReader) throws -> [Output] {
  let settings = try scheduleSettings(reader)
  let schedule = try schedule(reader, settings)
  let steps = settings.epochs * (try reader.count("stepsPerEpoch"))
  return [Output("factors", (0..<steps).map(schedule.factor))]
}

/// Steps on gradients from the case, `[steps, …]` for each parameter. One parameter has no gradient
/// and still decays.
private func givenGradients(_ reader: CaseReader) throws -> [Output] {
  let settings = try trainingSettings(reader)
  let schedule = try schedule(reader, settings)
  var parameters = Parameters()
  var gradients: [Tensor?] = []
  func add(_ name: String, decays: Bool) throws -> Parameters.ID {
    let value = try reader.tensor(name, [nil, nil])
    gradients.append(
      reader.has(name + ".gradients")
        ? try reader.tensor(name + ".gradients", [50, value.count]) : nil)
    return parameters.add(name, value, decays: decays)
  }
  _ = try add("matrix", decays: true)
  _ = try add("bias", decays: false)
  let centers = try add("centers", decays: false)
  _ = try add("idle", decays: true)
  var adam = Adam(settings, for: parameters, centers: centers)
  var outputs: [Output] = []
  for step in 0..<50 {
    let present = zip(gradients, parameters.all).map { gradient, parameter in
      gradient?.rows(step..<step + 1).reshaped(parameter.value.shape)
    }
    adam.update(&parameters, gradients: present, factor: schedule.factor(atStep: step))
    if [1, 10, 50].contains(step + 1) {
      outputs += parameters.named.map { Output("\($0.name) after \(step + 1)", $0.tensor) }
    }
  }
  return outputs
}

/// Fifty steps of a linear embedding and classifier under KL divergence and center loss.
private func regression(_ reader: CaseReader) throws -> [Output] {
  let settings = try trainingSettings(reader)
  let schedule = try schedule(reader, settings)
  let x = try reader.tensor("x", [nil, nil])
  let targets = try reader.tensor("targets", [x.rows, nil])
  try require(targets.columns > 0, "targets", expected: "some classes", found: targets.shape)
  let labels = targets.greatestOfRows
  let centers = try reader.tensor("centers", [targets.columns, nil])
  var parameters = Parameters()
  let embed = Affine(
    "embed", inputs: x.columns, outputs: centers.columns, in: &parameters, using: unused)
  let classify = Affine(
    "classify", inputs: centers.columns, outputs: targets.columns, in: &parameters, using: unused)
  let centersID = parameters.add("centers", centers, decays: false)
  try parameters.load(from: reader)
  var adam = Adam(settings, for: parameters, centers: centersID)
  var losses: [Float] = []
  for step in 0..<50 {
    let pass = Pass(parameters, dropouts: unused)
    let embeddings = embed(Variable(constant: x), pass)
    let kl = pass.tape.klDivergence(classify(embeddings, pass), targets: targets)
    let center = pass.tape.center(embeddings, centers: pass[centersID], labels: labels)
    let loss = pass.tape.sum(kl, pass.tape.scaled(center, by: 0.125))
    losses.append(loss.value.item)
    let gradients = pass.gradients(of: [(loss, .scalar(1))]).parameters
    adam.update(&parameters, gradients: gradients, factor: schedule.factor(atStep: step))
  }
  return [Output("losses", losses)]
    + parameters.named.map { Output("final." + $0.name, $0.tensor) }
}

private func clipping(_ reader: CaseReader) throws -> [Output] {
  let gradients = [
    try reader.tensor("first", [nil, nil]), nil, try reader.tensor("second", [nil]),
  ]
  var result = BatchGradient(terms: LossTerms(), gradients: gradients, correct: 0)
  let norm = result.norm(threads: 1)
  result.clip(to: try reader.number("limit"), norm: norm)
  return [Output("norm", [norm])]
    + zip(["first", "second"], result.gradients.compactMap { $0 }).map {
      Output("clipped " + $0, $1)
    }
}

private func averaging(_ reader: CaseReader) throws -> [Output] {
  let decay = try reader.number("decay")
  let start = try reader.tensor("start", [nil])
  let targets = try reader.tensor("targets", [nil, start.count])
  var (average, present) = (Parameters(), Parameters())
  _ = average.add("weights", start, decays: true)
  let id = present.add("weights", start, decays: true)
  let means = (0..<targets.rows).map { step in
    present[id] = targets.rows(step..<step + 1).reshaped(start.shape)
    average.follow(present, decay: decay, step: step + 1)
    return average.all[0].value.reshaped([1, start.count])
  }
  return [Output("average", .stacked(means))]
}
