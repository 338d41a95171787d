// Property: a training gives the same bits for any number of threads and after any interruption,
// learns, keeps its best epoch, never reads its test fold, and stops if it diverges.
import Corpora
import Evaluation
import Foundation
import Layers
import Settings
import Tensors
import Training
import Testing

private func run(
  _ settings: VariantSettings, fold: Int = 1, seed: UInt64 = 1, threads: Int = 1,
  on corpus: TinyCorpus? = nil, afterEpoch: (TrainingState) throws -> Void = { _ in }
) throws -> TrainingState {
  let training = try (corpus ?? .shared).training(settings, fold: fold, seed: seed).training
  return try training.run(
    from: training.initialState, threads: threads, afterEpoch: afterEpoch)
}

@Suite struct `A training` {
  @Test func `gives the same bits for any number of threads, and others for another seed`() throws {
    var settings = livelySettings
    settings.training.selection = .bestValidation
    settings.training.batchSize = 12
    settings.training.epochs = 2
    // Shards of 8 and 4 utterances, so there is work to share.
    let one = StateBits(try run(settings, threads: 1))
    #expect(StateBits(try run(settings, threads: 3)) == one)
    #expect(StateBits(try run(settings, seed: 2)) != one)
    #expect(StateBits(try run(settings, fold: 2)) != one)
  }

  @Test(arguments: [1, 2])
  func `goes on after any epoch to the same bits`(stop: Int) throws {
    struct Stopped: Error {}
    var settings = livelySettings
    settings.training.selection = .bestValidation
    let whole = try run(settings)
    var saved = Data()
    #expect(throws: Stopped.self) {
      try run(settings) { state in
        saved = try state.data()
        if state.epochs.count == stop { throw Stopped() }
      }
    }
    let training = try TinyCorpus.shared.training(settings).training
    var state = training.initialState
    try state.restore(saved)
    #expect(state.epochs.count == stop)
    var further: [Int] = []
    let resumed = try training.run(from: state, threads: 2) { further.append($0.epochs.count) }
    #expect(further == Array(stop + 1...3))
    #expect(StateBits(resumed) == StateBits(whole))
  }

  @Test func `goes on after any step to the same bits, and keeps when asked`() throws {
    var settings = livelySettings
    settings.training.selection = .bestValidation
    settings.training.epochs = 2
    settings.training.batchSize = 2
    let training = try TinyCorpus.shared.training(settings).training
    let whole = try run(settings)
    var asked = 0
    _ = try training.run(
      from: training.initialState, threads: 1,
      pause: {
        asked += 1
        return .none
      }
    ) { _ in }
    #expect(asked > 4)
    for stop in 1...asked {
      var (steps, kept) = (0, [Data]())
      #expect(throws: TrainingStopped.self) {
        try training.run(
          from: training.initialState, threads: 1,
          pause: {
            steps += 1
            return steps == stop ? .stop : steps == stop - 1 ? .keep : .none
          }, keep: { kept.append(try $0.data()) }
        ) { _ in }
      }
      #expect(kept.count == min(stop, 2))
      for saved in kept {
        var state = training.initialState
        try state.restore(saved)
        #expect(state.partial != nil)
        let resumed = try training.run(from: state, threads: 1) { _ in }
        #expect(StateBits(resumed) == StateBits(whole))
      }
    }
  }

  @Test func `learns`() throws {
    var settings = tinySettings
    settings.training.epochs = 25
    settings.training.learningRate = 1e-2
    settings.loss.labelSmoothing = 0
    let (training, partition) = try TinyCorpus.shared.training(settings)
    let state = try training.run(from: training.initialState, threads: 1) { _ in }
    let first = try #require(state.epochs.first), last = try #require(state.epochs.last)
    #expect(last.losses[.kl] < 0.5 * first.losses[.kl])
    #expect(last.trainingAccuracy > 0.8 && first.trainingAccuracy < last.trainingAccuracy)
    let outputs = try training.outputs(for: partition.training, state.parameters, threads: 1)
    let right = zip(outputs, partition.training).count {
      $0.predicted == (try? TinyCorpus.shared)?.corpus.utterances[$1].classIndex
    }
    #expect(Double(right) / Double(outputs.count) > 0.8)
  }

  @Test func `logs means and the schedule's learning rates`() throws {
    var settings = tinySettings
    settings.training.schedule = .exponential
    (settings.training.learningRate, settings.training.centerLearningRate) = (1e-3, 4e-3)
    let state = try run(settings)
    #expect(state.epochs.map(\.epoch) == [1, 2, 3])
    #expect(state.epochs.map(\.learningRate) == [1e-3, 0.875e-3, 0.765625e-3])
    #expect(state.epochs.map(\.centerLearningRate) == [4e-3, 3.5e-3, 3.0625e-3])
    // 16 utterances in batches of 5: four steps per epoch.
    #expect(state.optimizer.steps == 12)
    for epoch in state.epochs {
      let terms = epoch.losses
      let total = terms[.kl] + terms[.focal] + 0.002 * terms[.center] + 0.1 * terms[.supcon]
      #expect(abs(terms.total - total) < 1e-4 * total)
      #expect(epoch.gradientNorm > 0 && epoch.seconds >= 0 && epoch.validationAccuracy == nil)
    }
  }

  @Test func `never looks at its test fold`() throws {
    var settings = livelySettings
    settings.training.selection = .bestValidation
    let bits = StateBits(try run(settings, fold: 1))
    let other = try TinyCorpus.withOtherFirstFold
    #expect(StateBits(try run(settings, fold: 1, on: other)) == bits)
    // Control: fold 2 trains on the changed speaker.
    #expect(
      StateBits(try run(settings, fold: 2, on: other)) != StateBits(try run(settings, fold: 2)))
  }

  @Test func `clips its gradient`() throws {
    // Adam hardly depends on the scale of a gradient, but its moments do.
    var settings = tinySettings
    settings.training.epochs = 1
    settings.training.batchSize = 16
    settings.training.gradientClip = 1e-2
    let state = try run(settings)
    let norm = state.optimizer.first.reduce(0.0) { $0 + $1.sumOfSquares }.squareRoot()
    #expect(abs(norm - 0.1 * 1e-2) < 1e-6)
    #expect(state.epochs[0].gradientNorm > 0.1)
    settings.training.gradientClip = 0
    let free = try run(settings).optimizer.first.reduce(0.0) { $0 + $1.sumOfSquares }.squareRoot()
    #expect(abs(free - 0.1 * state.epochs[0].gradientNorm) < 1e-4)
  }

  @Test func `that diverges says where`() throws {
    var settings = tinySettings
    settings.training.learningRate = 1e30
    settings.training.gradientClip = 0
    settings.training.schedule = .constant
    let error = #expect(throws: TrainingError.self) { try run(settings) }
    guard case .diverged(let epoch, let step, _, let value)? = error else { return }
    #expect(epoch == 1 && step >= 2 && !value.isFinite)
  }

  @Test func `that starts from something not finite names the first term`() throws {
    let training = try TinyCorpus.shared.training(tinySettings).training
    var state = training.initialState
    state.parameters.update { _, parameter in
      if parameter.name == "head.classifier.bias" { parameter.value = .full([8], .infinity) }
    }
    let error = #expect(throws: TrainingError.self) {
      try training.run(from: state, threads: 1) { _ in }
    }
    guard case .diverged(let epoch, let step, let term, let value)? = error else { return }
    #expect((epoch, step, term) == (1, 1, "kl") && !value.isFinite)
    #expect("\(error!)".hasPrefix("training diverged in epoch 1, step 1: kl is"))
  }
}

@Suite struct `The weights that are evaluated` {
  @Test func `are those of the best epoch on held-out speakers, the first of equals`() throws {
    var settings = tinySettings
    settings.training.epochs = 8
    settings.training.learningRate = 1e-2
    settings.training.selection = .bestValidation
    let (training, partition) = try TinyCorpus.shared.training(settings)
    var after: [Parameters] = []
    let state = try training.run(from: training.initialState, threads: 1) {
      after.append($0.parameters)
    }
    let accuracies = state.epochs.compactMap(\.validationAccuracy)
    #expect(accuracies.count == 8)
    let best = try #require(accuracies.max()), place = try #require(accuracies.firstIndex(of: best))
    #expect(state.best?.epoch == place + 1 && state.best?.accuracy == best)
    let evaluated = training.evaluatedParameters(state)
    #expect(evaluated.all.map(\.value) == after[place].all.map(\.value))
    let right = zip(
      try training.outputs(for: partition.validation, evaluated, threads: 2), partition.validation
    ).count { $0.predicted == (try? TinyCorpus.shared)?.corpus.utterances[$1].classIndex }
    #expect(Double(right) / Double(partition.validation.count) == best)
  }

  @Test func `are the last, or their running mean`() throws {
    var settings = tinySettings
    settings.training.epochs = 1
    settings.training.batchSize = 16
    let plain = try run(settings)
    let training = try TinyCorpus.shared.training(settings).training
    #expect(plain.average == nil)
    #expect(
      training.evaluatedParameters(plain).all.map(\.value) == plain.parameters.all.map(\.value))
    settings.training.weightAveraging = 0.9
    let averaged = try run(settings)
    // One step: d = min(0.9, 2/11).
    let average = try #require(averaged.average)
    for (index, initial) in training.initialState.parameters.all.enumerated() {
      let expected = zip(initial.value.array, averaged.parameters.all[index].value.array).map {
        2 * $0 / 11 + 9 * $1 / 11
      }
      for (a, b) in zip(average.all[index].value.array, expected) { #expect(abs(a - b) < 1e-5) }
    }
    #expect(
      training.evaluatedParameters(averaged).all.map(\.value) == average.all.map(\.value))
  }
}

@Suite struct `The output for an utterance` {
  @Test func `does not depend on its neighbours or on threads`() throws {
    let tiny = try TinyCorpus.shared
    let training = tiny.training(livelySettings).training
    let parameters = training.initialState.parameters
    let all = try training.outputs(for: Array(0..<24), parameters, threads: 1)
    #expect(try training.outputs(for: Array(0..<24), parameters, threads: 3) == all)
    #expect(try training.outputs(for: [], parameters, threads: 2) == [])
    let alone = try training.outputs(for: [19], parameters, threads: 1)[0]
    for (a, b) in zip(alone.probabilities, all[19].probabilities) { #expect(abs(a - b) < 1e-5) }
    for output in all {
      #expect(abs(output.probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(output.embedding.count == 5)
      #expect(output.probabilities[output.predicted] == output.probabilities.max())
    }
    #expect(Set(all.map(\.embedding)).count == 24)
  }
}

@Suite struct `A training's state` {
  @Test func `comes back from its bytes, best and average included`() throws {
    var settings = livelySettings
    settings.training.epochs = 2
    for selection in [TrainingSettings.Selection.last, .bestValidation] {
      settings.training.selection = selection
      let state = try run(settings)
      var restored = try TinyCorpus.shared.training(settings).training.initialState
      #expect(StateBits(restored) != StateBits(state))
      try restored.restore(try state.data())
      #expect(StateBits(restored) == StateBits(state))
      #expect(restored.epochs == state.epochs)
      #expect(restored.best?.accuracy == state.best?.accuracy)
      #expect(try restored.data() == state.data())
    }
  }

  @Test func `that is cut short or of another network is refused, and nothing is taken on`() throws
  {
    var settings = tinySettings
    settings.training.epochs = 1
    let data = try run(settings).data()
    let initial = try TinyCorpus.shared.training(settings).training.initialState
    for length in [0, 1, 40, data.count / 2, data.count - 1] {
      var state = initial
      #expect(throws: (any Error).self) { try state.restore(data.prefix(length)) }
      #expect(StateBits(state) == StateBits(initial))
    }
    var other = settings
    other.model.embedding = 6
    var state = try TinyCorpus.shared.training(other).training.initialState
    #expect(throws: ArrayFileError.self) { try state.restore(data) }
  }
}
