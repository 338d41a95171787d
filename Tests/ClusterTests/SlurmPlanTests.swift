// Job arrays worked out by hand.
import Cluster
import Testing

/// Kind: by hand.
@Suite struct `A plan for an array` {
  func plan(
    _ seconds: [Double], limit: Int = 3_600, jobs: Int = 1, arraySize: Int = 1001
  ) throws -> SlurmPlan {
    try SlurmPlan(
      cellSeconds: seconds, timeLimit: TimeLimit(seconds: limit), jobs: jobs, arraySize: arraySize)
  }

  @Test func `gives a task ten minutes of work`() throws {
    // ⌊600 / 34⌋ = 17 cells, ⌈1000 / 17⌉ = 59 tasks, 17 · 34 = 578 s; 3240 - 34 = 3206 s.
    let plan = try plan(Array(repeating: 34, count: 1000))
    #expect(plan.cells == 1000)
    #expect(plan.cellsPerTask == 17)
    #expect(plan.tasks == 59)
    #expect(plan.taskSeconds == 578)
    #expect(plan.acceptingSeconds == 3206)
    #expect(plan.warnings.isEmpty)
    #expect(
      plan.description
        == "1000 open cells in 59 tasks of 17, about 10 min each; the longest cell takes 34 s")
  }

  @Test func `counts with the mean and keeps clear of the longest`() throws {
    // Mean (4 · 50 + 400) / 5 = 120 s: ⌊600 / 120⌋ = 5 cells; 3240 - 400 = 2840 s.
    let plan = try plan([50, 50, 400, 50, 50])
    #expect(plan.cellsPerTask == 5)
    #expect(plan.tasks == 1)
    #expect(plan.acceptingSeconds == 2840)
    #expect(plan.longestCell == 400)
  }

  @Test func `fills at most 80 % of a short limit`() throws {
    // 0.8 · 300 = 240 s: ⌊240 / 50⌋ = 4 cells; ⌈10 / 4⌉ = 3 tasks; 270 - 50 = 220 s.
    let plan = try plan(Array(repeating: 50, count: 10), limit: 300)
    #expect(plan.cellsPerTask == 4)
    #expect(plan.tasks == 3)
    #expect(plan.acceptingSeconds == 220)
  }

  @Test func `gives every core of a task a cell`() throws {
    // ⌊600 / 250⌋ = 2 rounds of 4; ⌈30 / 8⌉ = 4 tasks of 500 s.
    let plan = try plan(Array(repeating: 250, count: 30), jobs: 4)
    #expect(plan.cellsPerTask == 8)
    #expect(plan.tasks == 4)
    #expect(plan.taskSeconds == 500)
    // Long cells: one round, and no more cores than cells.
    #expect(try self.plan([2000, 2000, 2000], jobs: 2).cellsPerTask == 2)
    #expect(try self.plan([2000, 2000, 2000], jobs: 2).tasks == 2)
    #expect(try self.plan([2000], jobs: 8).cellsPerTask == 1)
  }

  @Test func `has larger tasks where the array is bounded`() throws {
    // 2 per task would make 25 tasks. With at most 10 tasks, it is ⌈50 / 10⌉ = 5 per task: 1500
    // s of 2880 s.
    let plan = try plan(Array(repeating: 300, count: 50), arraySize: 10)
    #expect(plan.cellsPerTask == 5)
    #expect(plan.tasks == 10)
    #expect(plan.taskSeconds == 1500)
    #expect(plan.warnings.isEmpty)
    // With at most 4 tasks, it is ⌈50 / 4⌉ = 13 per task: 3900 s; ⌈50 / 13⌉ = 4 tasks.
    let full = try self.plan(Array(repeating: 300, count: 50), arraySize: 4)
    #expect(full.tasks == 4)
    #expect(full.warnings == [.fullTasks(seconds: 3900, limit: 3600, arraySize: 4)])
    #expect(full.warnings.first?.description.contains("an array may have 4 tasks") == true)
  }

  @Test func `says that a long cell will be checkpointed`() throws {
    // 80 % of 3600 s is 2880 s; 3240 - 5000 < 1.
    let plan = try plan([2880.5, 5000])
    #expect(plan.warnings == [.longCell(seconds: 5000, limit: 3600)])
    #expect(plan.acceptingSeconds == 1)
    #expect(plan.cellsPerTask == 1)
    #expect(plan.warnings.first?.description.contains("checkpointed, requeued") == true)
    #expect(try self.plan([2880]).warnings.isEmpty)
  }

  @Test func `bears cells that take no time, or all of it`() throws {
    #expect(try plan([0, 0, 0]).cellsPerTask == 3)
    #expect(try plan([0, 0, 0]).tasks == 1)
    #expect(try plan([1e300]).acceptingSeconds == 1)
    #expect(try plan([1e300]).description.contains("1 open cell in 1 task of 1"))
  }

  @Test func `is refused without cells`() {
    #expect(throws: SlurmError.noOpenCell) { try plan([]) }
  }

  /// Kind: property.
  @Test func `has room for all cells and no more tasks than allowed`() throws {
    for count in 1...60 {
      for (jobs, arraySize) in [(1, 1001), (3, 1001), (1, 7), (4, 3), (1, 1)] {
        let plan = try plan(
          (0..<count).map { 100 + Double($0 % 7) * 90 }, jobs: jobs, arraySize: arraySize)
        #expect(plan.tasks <= arraySize)
        #expect(plan.tasks * plan.cellsPerTask >= count)
        #expect((plan.tasks - 1) * plan.cellsPerTask < count)
      }
    }
  }

  @Test func `has the chunk that is asked for, within the array's size`() throws {
    let limit = try TimeLimit(parsing: "1:00:00")
    let cells = [Double](repeating: 20, count: 10)
    let plan = try SlurmPlan(cellSeconds: cells, timeLimit: limit, chunk: 4)
    #expect(plan.cellsPerTask == 4 && plan.tasks == 3)
    #expect(try SlurmPlan(cellSeconds: cells, timeLimit: limit, chunk: 99).cellsPerTask == 10)
    let small = try SlurmPlan(cellSeconds: cells, timeLimit: limit, arraySize: 2, chunk: 1)
    #expect(small.cellsPerTask == 5 && small.tasks == 2)
  }
}
