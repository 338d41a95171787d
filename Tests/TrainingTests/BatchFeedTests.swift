// Property: batches assembled ahead of their steps give the same training, bit for bit. Each
// mixture is drawn once and in order, an error stops the step it belongs to, and a stopped training
// leaves no thread at work.
import Foundation
import Models
import Settings
import Tensors
import Training
import Testing

/// Trains to the end, and returns the state and what the source was asked.
private func trained(
  on source: SampledSource, _ settings: VariantSettings = sampledSettings, seed: UInt64 = 1,
  threads: Int = 1, ahead: BatchesAhead
) throws -> (bits: StateBits, asked: [[Float]], calls: Int) {
  try withTraining(on: source, settings, seed: seed, keepsMixtures: false) { training, _ in
    let state = try training.run(from: training.initialState, threads: threads, ahead: ahead) {
      _ in
    }
    return (StateBits(state), source.asked, source.calls.count)
  }
}

/// Trains until something is thrown, and returns it with the number of finished steps.
private func failure(
  on source: SampledSource, ahead: BatchesAhead
) throws -> (error: String, steps: Int) {
  try withTraining(on: source, keepsMixtures: false) { training, _ in
    var steps = 0
    let error = #expect(throws: (any Error).self) {
      try training.run(
        from: training.initialState, threads: 1, ahead: ahead,
        pause: {
          steps += 1
          return .none
        }
      ) { _ in steps += 1 }
    }
    #expect(source.active == 0)
    return ("\(error as Any)", steps)
  }
}

@Suite struct `Batches assembled ahead` {
  @Test(arguments: FramePrecision.allCases, [1, 20_000, 10_000_000])
  func `give the same bits for any look-ahead and any number of threads`(
    precision: FramePrecision, samples: Int
  ) throws {
    var settings = sampledSettings
    settings.pretrained.framePrecision = precision
    settings.training.selection = .bestValidation
    let plain = try trained(on: SampledSource(), settings, ahead: .none)
    for threads in [1, 3] {
      let ahead = try trained(
        on: SampledSource(), settings, threads: threads, ahead: .samples(samples))
      #expect(ahead.bits == plain.bits)
      // Nothing is skipped, doubled or drawn in another order.
      #expect(ahead.asked == plain.asked)
      #expect(samples == 1 ? ahead.calls == plain.calls : ahead.calls < plain.calls)
    }
    #expect(try trained(on: SampledSource(), settings, seed: 2, ahead: .none).bits != plain.bits)
  }

  @Test func `span the end of an epoch`() throws {
    let plain = try trained(on: SampledSource(), ahead: .none)
    let whole = try trained(on: SampledSource(), ahead: .samples(.max))
    #expect(whole.calls == 1 && whole.asked == plain.asked && plain.calls > 12)
  }

  @Test func `are told from those of a source whose bits depend on the company`() throws {
    let alone = try trained(on: SampledSource(.companyDependent), ahead: .none)
    let ahead = try trained(on: SampledSource(.companyDependent), ahead: .samples(100_000))
    #expect(ahead.asked == alone.asked && ahead.bits != alone.bits)
  }

  @Test func `are as many as the source prefers, and none on the CPU`() throws {
    let (plain, device) = (SampledSource(), SampledSource(preferredSamples: 40_000))
    let one = try trained(on: plain, ahead: .asSourcePrefers)
    #expect(plain.threads.allSatisfy { pthread_equal($0, pthread_self()) != 0 })
    let other = try trained(on: device, ahead: .asSourcePrefers)
    #expect(device.threads.allSatisfy { pthread_equal($0, pthread_self()) == 0 })
    #expect(other.bits == one.bits && other.asked == one.asked && other.calls < one.calls)
    let first = try #require(device.calls.first).map(\.count)
    #expect(first.reduce(0, +) >= 40_000 && first.dropLast(3).reduce(0, +) < 40_000)
  }

  @Test(arguments: [0, 1, 7, 20])
  func `surface an error at the step it belongs to`(mixture: Int) throws {
    let asked = try trained(on: SampledSource(), ahead: .none).asked
    try #require(asked.count > 20)
    for fault in [SampledSource.Fault.failing(at: asked[mixture]), .infinite(at: asked[mixture])] {
      let plain = try failure(on: SampledSource(fault), ahead: .none)
      #expect(plain.error.contains("finite") == (fault == .infinite(at: asked[mixture])))
      for samples in [1, 20_000, .max] {
        let ahead = try failure(on: SampledSource(fault), ahead: .samples(samples))
        #expect(ahead == plain)
      }
    }
    let late = SampledSource.Fault.failing(at: asked[asked.count - 1])
    #expect(
      try failure(on: SampledSource(late), ahead: .none).steps
        != failure(on: SampledSource(.failing(at: asked[0])), ahead: .none).steps)
  }

  @Test func `are assembled one by one if the source cannot compute them together`() throws {
    let plain = try trained(on: SampledSource(), ahead: .none)
    let small = try trained(on: SampledSource(.full(beyond: 30_000)), ahead: .samples(100_000))
    #expect(small.bits == plain.bits)
    // One failed call for the group, and then those of its steps.
    #expect(small.calls == plain.calls + 1)
  }

  @Test func `go on after any step to the same bits, without drawing a finished step`() throws {
    var settings = sampledSettings
    settings.training.epochs = 2
    let source = SampledSource(preferredSamples: 40_000)
    try withTraining(on: source, settings) { training, _ in
      // The number of mixtures asked for by the end of each step.
      var asked: [Int] = []
      let whole = try training.run(
        from: training.initialState, threads: 1, ahead: .none,
        pause: {
          asked.append(source.asked.count)
          return .none
        }
      ) { _ in asked.append(source.asked.count) }
      let all = source.asked
      #expect(asked.count == 12 && asked.last == all.count)
      for stop in [1, 2, 5, 6, 9] {
        var (steps, kept) = (0, Data())
        #expect(throws: TrainingStopped.self) {
          try training.run(
            from: training.initialState, threads: 2,
            pause: {
              steps += 1
              return steps == stop ? .stop : .none
            },
            keep: { kept = try $0.data() }
          ) { _ in }
        }
        #expect(source.active == 0)
        var state = training.initialState
        try state.restore(kept)
        source.forget()
        let resumed = try training.run(from: state, threads: 1) { _ in }
        #expect(StateBits(resumed) == StateBits(whole))
        #expect(source.asked == Array(all[asked[state.optimizer.steps - 1]...]))
      }
    }
  }

  @Test func `work for a network on features too`() throws {
    let training = try TinyCorpus.shared.training(livelySettings).training
    let plain = try training.run(from: training.initialState, threads: 1, ahead: .none) { _ in }
    let ahead = try training.run(
      from: training.initialState, threads: 2, ahead: .samples(50_000)
    ) { _ in }
    #expect(StateBits(ahead) == StateBits(plain))
  }

  /// A device computes faster than a disk stores.
  @Test func `keep mixtures only for a source on the CPU, unless they are told to`() throws {
    func bytes(_ source: SampledSource, _ keepsMixtures: Bool? = nil) throws -> (Int, Int) {
      try withTraining(on: source, keepsMixtures: keepsMixtures) { training, cache in
        _ = try training.run(from: training.initialState, threads: 1) { _ in }
        return (cache.savings.mixtureBytes, cache.savings.notKept)
      }
    }
    let mixtures = try trained(on: SampledSource(), ahead: .none).asked.count
    let (cpu, device) = (SampledSource(), SampledSource(preferredSamples: 40_000))
    let kept = try bytes(cpu)
    #expect(kept.0 > 0 && kept.1 == 0)
    #expect(try bytes(device) == (0, mixtures))
    let told = try bytes(SampledSource(preferredSamples: 40_000), true)
    #expect(told == kept)
    for (budget, onDevice) in [(nil, false), (0, false), (1_000_000_000, true)] {
      #expect(FrameSupply.keepsMixtures(of: device, budget: budget) == onDevice)
      #expect(FrameSupply.keepsMixtures(of: cpu, budget: budget))
    }
  }
}
