// Kind: end to end. A run that is killed, or made by more jobs, gives the same bytes.
import Foundation
import Randomness
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A run's results` {
  static let epochs = 4

  /// Runs the experiment without interruption.
  func finished(_ folder: String, name: String, _ more: String...) throws -> String {
    let file = try writeExperiment(in: folder, at: tinyRAVDESS.get(), epochs: Self.epochs)
    let run = folder + "/" + name
    let output = try reprise(["run", file, "--out", run, "--quiet"] + more, in: folder)
    try #require(output.code == 0, "\(output.standardError)")
    return run
  }

  /// The number of logged epochs and finished cells, as a measure of progress.
  func progress(of run: String) -> Int {
    (cells(of: run) + unfinishedCells(of: run)).reduce(0) { sum, cell in
      let log = (try? bytes(cell + "/epochs.jsonl")) ?? Data()
      return sum + log.count { $0 == 0x0a } + (exists(cell + "/done.json") ? 1 : 0)
    }
  }

  /// The logs of all cells without the seconds of each epoch.
  func logs(of run: String) throws -> [[NSDictionary]] {
    try cells(of: run).map { cell in
      try bytes(cell + "/epochs.jsonl").split(separator: 0x0a).map { line in
        var record = try #require(
          JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        record["seconds"] = nil
        return record as NSDictionary
      }
    }
  }

  @Test func `are the same bytes after SIGKILL at any moment`() throws {
    try withFolder { folder in
      let whole = try finished(folder, name: "whole", "--jobs", "1")
      let file = folder + "/tiny.yaml"
      var random = RandomStream(seed: 20)
      var (kills, amidTraining) = (0, 0)
      // `REPRISE_KILLS=100 swift test --filter SIGKILL` sets the number of kills.
      let wanted = ProcessInfo.processInfo.environment["REPRISE_KILLS"].flatMap(Int.init) ?? 6
      // The machine decides where a kill falls, so rounds continue until enough fell within
      // training.
      for round in 0..<40 + wanted where round < 3 || kills < wanted || amidTraining < wanted / 2 {
        let run = folder + "/killed-\(round)"
        let arguments = ["run", file, "--out", run, "--quiet", "--jobs", round == 0 ? "1" : "2"]
        while true {
          let running = try start(arguments, in: folder)
          // A few epochs later, or at once (while corpora are read), plus up to 20 ms.
          let target = progress(of: run) + random.integer(below: 5)
          while running.isRunning, progress(of: run) < target { usleep(500) }
          usleep(UInt32(random.integer(below: 20_000)))
          running.kill()
          let output = try running.output()
          if output.code == 0 { break }
          try #require(output.code == SIGKILL, "\(output.standardError)")
          kills += 1
          if unfinishedCells(of: run).contains(where: { exists($0 + "/state") }) {
            amidTraining += 1
          }
          if kills > 2 * wanted + 60 { break }
        }
        #expect(try reprise(arguments, in: folder).code == 0)
        #expect(try results(of: run) == results(of: whole))
        #expect(try logs(of: run) == logs(of: whole))
        #expect(!files(below: run).contains { $0.hasSuffix(".partial") || $0.hasSuffix("/state") })
        #expect(files(below: run + "/queue").isEmpty && !exists(run + "/quarantine"))
      }
      #expect(kills >= wanted && amidTraining >= wanted / 2)
    }
  }

  @Test func `do not depend on the number of jobs, but on the seed`() throws {
    try withFolder { folder in
      let one = try results(of: finished(folder, name: "one", "--jobs", "1"))
      let two = try results(of: finished(folder, name: "two", "--jobs", "2"))
      #expect(one.count == 12)
      #expect(one == two)
      let other = try results(of: finished(folder, name: "other", "--jobs", "2", "--seeds", "2"))
      let (ours, theirs) = (one.values, other.values)
      #expect(other.count == 12 && Set(ours).isDisjoint(with: theirs))
    }
  }
}
