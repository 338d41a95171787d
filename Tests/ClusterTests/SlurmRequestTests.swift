// Requests that are rejected, by hand.
import Cluster
import Testing

@Suite struct `A request` {
  @Test func `takes odd names`() throws {
    for name in oddNames {
      _ = try request(folder: "/runs/a", name: name, program: [name], workingFolder: "/" + name)
    }
    for name in oddFolders { _ = try request(folder: "/runs/" + name) }
  }

  @Test func `needs paths from the root on`() {
    #expect(
      throws: SlurmError.badValue(
        name: "run folder", value: "runs/a", expected: "a path from the root on")
    ) { try request(folder: "runs/a") }
    #expect(throws: SlurmError.self) { try request(workingFolder: "here") }
    #expect(throws: SlurmError.self) { try request(folder: "/runs/back\\slash") }
  }

  @Test func `needs a program`() {
    for program in [[], [""]] {
      #expect(throws: SlurmError.self) { try request(program: program) }
    }
  }

  @Test func `refuses what would end a line of the script`() {
    #expect(
      throws: SlurmError.badValue(
        name: "partition", value: "'a\nb'", expected: "one line: it goes into a batch script")
    ) { try request(partition: "a\nb") }
    #expect(throws: SlurmError.self) { try request(folder: "/runs/a\r\nb") }
    #expect(throws: SlurmError.self) { try request(folder: "/runs/a\0b") }
    #expect(throws: SlurmError.self) { try request(options: ["--a\n#SBATCH --b"]) }
  }

  @Test func `refuses options without a dash, and numbers below one`() {
    #expect(throws: SlurmError.self) { try request(options: ["constraint=avx512"]) }
    #expect(
      throws: SlurmError.badValue(name: "cores", value: "0", expected: "at least 1")
    ) { try request(cores: 0) }
    #expect(throws: SlurmError.self) { try request(memory: 0) }
    #expect(throws: SlurmError.self) { try request(parallelTasks: 0) }
  }
}

/// A request with defaults for everything that does not matter.
func request(
  folder: String = "/runs/a", name: String = "a", program: [String] = ["/opt/reprise"],
  workingFolder: String? = nil, partition: String? = nil, cores: Int = 1, memory: Int? = nil,
  parallelTasks: Int? = nil, setup: [String] = [], options: [String] = [], limit: String = "60"
) throws -> SlurmRequest {
  try SlurmRequest(
    runFolder: folder, runName: name, program: program, workingFolder: workingFolder,
    partition: partition, timeLimit: TimeLimit(parsing: limit), cores: cores, memory: memory,
    parallelTasks: parallelTasks, setup: setup, options: options)
}

/// Twelve cells of 100 s, in two tasks.
func plan(_ request: SlurmRequest) throws -> SlurmPlan {
  try SlurmPlan(cellSeconds: Array(repeating: 100, count: 12), request)
}
