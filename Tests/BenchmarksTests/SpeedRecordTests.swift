// By hand: the guard against slowdowns tolerates variation and reports slower workloads.
import Benchmarks
import Files
import Foundation
import Testing

@Suite struct SpeedRecordTests {
  /// A record of one workload, written as the program writes it.
  private func record(_ costs: [Double], machine: String = "a processor", name: String = "eam")
    throws -> SpeedRecord
  {
    struct Document: Encodable {
      struct Cost: Encodable {
        let workload: String
        let size: Int
        let relative: Spread
      }
      let machine: String
      let threads: Int
      let costs: [Cost]
    }
    let document = Document(
      machine: machine, threads: 2,
      costs: [.init(workload: name, size: 8, relative: Spread(costs))])
    return try decodeJSON(SpeedRecord.self, from: canonicalJSON(document))
  }

  private func verdict(
    _ recorded: [Double], _ now: [Double], slack: Double = 0.25
  ) throws -> SpeedVerdict {
    let verdicts = try record(recorded).verdicts(on: record(now), slack: slack, path: "file")
    return try #require(verdicts.first)
  }

  @Test func theSameIsNotSlower() throws {
    let verdict = try verdict([2, 2.1, 1.9], [1.9, 2, 2.1])
    #expect(verdict.factor == 1 && !verdict.isSlower)
  }

  @Test func aThirdMoreIsSlower() throws {
    let verdict = try verdict([3, 3, 3], [4, 4, 4])
    #expect(verdict.isSlower && verdict.allowed == 1.25)
    #expect(verdict.text == "eam: 1.33 times the recorded cost, at most 1.25: SLOWER")
  }

  @Test func fasterPasses() throws {
    #expect(try !verdict([3, 3, 3], [1, 1, 1]).isSlower)
  }

  @Test func whatVariedMayVary() throws {
    // The upper quartile 3 is above the median 2, so up to twice the recorded median passes.
    #expect(try verdict([1, 2, 4], [3.9, 3.9, 3.9]).allowed == 2)
    #expect(try !verdict([1, 2, 4], [3.9, 3.9, 3.9]).isSlower)
    #expect(try verdict([1, 2, 4], [4.1, 4.1, 4.1]).isSlower)
  }

  @Test func anotherMachineIsRefused() throws {
    #expect {
      try record([1]).verdicts(on: record([1], machine: "another"), slack: 0.25, path: "file")
    } throws: { ($0 as? BenchmarkError)?.description.contains("recorded on a processor") == true }
  }

  @Test func anotherWorkloadIsRefused() throws {
    #expect(throws: BenchmarkError.notRecorded(workload: "t-sne", path: "file")) {
      try record([1]).verdicts(on: record([1], name: "t-sne"), slack: 0.25, path: "file")
    }
  }
}
