// Kind: end to end. A run whose frames and head are computed on a GPU, with the stand-in library in
// the place of its driver: lost in the middle, killed, continued, and replayed on the CPU.
import Foundation
import Randomness
import Testing

/// Writes an experiment of one cell on 24 clips and a tiny network to `folder/device.yaml`.
private func writeDeviceExperiment(in folder: String, epochs: Int) throws {
  try writeTinyRAVDESS(to: folder + "/ravdess", actors: [1, 4, 8])
  let made = try reprise("backbone", "make-random", "--like", "tiny", folder + "/network")
  try #require(made.code == 0, "\(made.standardError)")
  try write(
    """
    name: device
    profile: paper
    corpora: {ravdess: \(folder)/ravdess}
    backbone: \(folder)/network
    seeds: [1]
    folds: [1]
    protocol: {allow_incomplete: true, selection_seeds: 0}
    model: {backbone: pretrained, embedding: 16}
    pretrained: {arithmetic: gpu-float32}
    training: {epochs: \(epochs), arithmetic: gpu-float32}
    variants: [{name: full}]

    """, to: folder + "/device.yaml")
}

private let arguments = ["run", "device.yaml", "--quiet", "--jobs", "1", "--out"]

@Suite(.timeLimit(.minutes(30))) struct `A run on a GPU` {
  @Test func `that is lost goes on, and the CPU replays its cell without a GPU`() throws {
    try withFolder { folder in
      try writeDeviceExperiment(in: folder, epochs: 2)
      let lost = try reprise(
        arguments + ["run"], in: folder, environment: try standIn("launch@300=719"))
      #expect(lost.code == 1)
      #expect(lost.standardError.contains("the GPU stopped in "))
      #expect(cells(of: folder + "/run").isEmpty)
      let output = try reprise(
        arguments + ["run", "--retry-failed"], in: folder, environment: try standIn())
      try #require(output.code == 0, "\(output.standardError)")
      #expect(cells(of: folder + "/run").count == 1)
      #expect(
        try text(folder + "/run/provenance.json").contains("the CPU in the place of a GPU, "))

      let replay = ["replay", "run", "ravdess", "full", "1", "1", "--quiet"]
      let none = ["REPRISE_LIBCUDA": "/no/such/library"]
      let onCPU = try reprise(replay + ["--device", "cpu"], in: folder, environment: none)
      #expect(onCPU.code == 0, "\(onCPU.standardOutput) \(onCPU.standardError)")
      #expect(onCPU.standardOutput.contains("bit-identical: 2 epochs, 8 predictions"))
      let missing = try reprise(replay, in: folder, environment: none)
      #expect(missing.code == 2)
      #expect(missing.standardError.contains("no GPU can be used"))
    }
  }

  @Test func `has the same bytes after SIGKILL at any moment`() throws {
    try withFolder { folder in
      try writeDeviceExperiment(in: folder, epochs: 3)
      let whole = try reprise(arguments + ["whole"], in: folder, environment: try standIn())
      try #require(whole.code == 0, "\(whole.standardError)")
      var random = RandomStream(seed: 30)
      // `REPRISE_KILLS=100 swift test --filter SIGKILL` sets the number of kills.
      let wanted = ProcessInfo.processInfo.environment["REPRISE_KILLS"].flatMap(Int.init) ?? 3
      var (kills, amidTraining) = (0, 0)
      for round in 0..<20 + wanted where kills < wanted || amidTraining < wanted / 2 {
        let name = "killed-\(round)"
        while true {
          let running = try start(
            arguments + [name], in: folder, environment: try standIn())
          let state = { unfinishedCells(of: folder + "/" + name).map { $0 + "/state" } }
          while running.isRunning, !state().contains(where: exists) { usleep(500) }
          usleep(UInt32(random.integer(below: 300_000)))
          running.kill()
          let output = try running.output()
          if output.code == 0 { break }
          try #require(output.code == SIGKILL, "\(output.standardError)")
          kills += 1
          if state().contains(where: exists) { amidTraining += 1 }
          if kills > 2 * wanted { break }
        }
        let output = try reprise(
          arguments + [name], in: folder, environment: try standIn())
        #expect(output.code == 0, "\(output.standardError)")
        #expect(try results(of: folder + "/" + name) == results(of: folder + "/whole"))
      }
      #expect(kills >= wanted && amidTraining >= wanted / 2)
    }
  }
}
