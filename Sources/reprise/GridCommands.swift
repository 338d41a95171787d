// Commands for a run that many processes work on: how it stands, and one process's part.
import ArgumentParser
import Execution
import Files
import Foundation
import Queueing
import Runs

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "How far a run is: finished, running, open and failed cells, and the time left.",
    discussion: """
      Reads the run's folder alone, from any machine that sees it. --list names the cells of one state, a \
      line each, for `reprise cell`, GNU parallel and scripts.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(
    help: ArgumentHelp(
      "List the cells that are \(CellState.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "state"))
  var list: CellState?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let status = try RecordedRun(readingFolder: folder).status()
    if let list {
      let names = status.cells.filter { $0.state == list }.map(\.name)
      if !names.isEmpty { try tell(names.joined(separator: "\n")) }
    } else {
      try tell(
        json ? String(decoding: canonicalJSON(status, pretty: true), as: UTF8.self) : status.text)
    }
  }
}

extension CellState: ExpressibleByArgument {}

struct CellCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cell",
    abstract: "Take part in a run that is prepared: claim and run cells, or a single one.",
    discussion: """
      Any number of these may work on one folder, on any number of machines that share it: cells are claimed \
      by renaming their folders, and whoever dies loses no more than the work since the last epoch. Without \
      a cell it takes one after the other until none is left that nobody is on. SIGTERM and Ctrl-C keep a \
      checkpoint and give the cell back.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Argument(
    help:
      "The cell: the name of its folder, the beginning of its hash, or \"ravdess full 1 2\" for fold 1, seed 2."
  )
  var cell: [String] = []
  @Option(help: "Begin no new cell after that many seconds.")
  var `for`: Double?
  @Option(help: "The folder of frames that pretrained networks computed.")
  var cache: String?
  @Flag(help: "Try the cell again if it failed before.")
  var retryFailed = false
  @OptionGroup var places: PlaceOptions
  @OptionGroup var work: CapacityOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let progress = ProgressLine(quiet: output.quiet)
    let record = try places.relocate(RecordedRun(readingFolder: folder))
    let run = try ExperimentRun(record, frames: cache.map(absolutePath))
    var options = work.options
    options.staysToTheEnd = false
    options.interruption = StopRequest.interruption
    options.seconds = self.for ?? .infinity
    let chosen = cell.isEmpty ? nil : try record.cell(named: cell.joined(separator: " "))
    if let chosen {
      if retryFailed { try record.retry(chosen) }
      if let state = try record.settled(chosen) {
        try tell("\(chosen.folderName): \(state)")
        if record.failure(of: chosen) != nil { throw FailedCells() }
        return
      }
      options.only = chosen.folderName
    }
    let failures = try run.takePart(options) { progress.watch($0) }
    progress.finish()
    if !failures.isEmpty { throw FailedCells() }
    if let chosen, !record.isFinished(chosen) {
      try tell("\(chosen.folderName): somebody else is on it; reprise status says who")
    }
  }
}

struct StorageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-storage",
    abstract: "Whether a file system gives each cell to one claimant alone, and how fast.",
    discussion: """
      Claims and finishes cells without any work in a folder that is removed afterwards. Exit code 1 where \
      one was given to two or to none.
      """)

  @Argument(help: "A folder on the file system.")
  var folder: String
  @Option(help: "Cells.")
  var cells = 1000
  @Option(help: "Threads that claim.")
  var claimants = 64
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    for (name, value) in [("cells", cells), ("claimants", claimants)]
    where !(1...100_000).contains(value) {
      throw ValidationError("--\(name) \(value): expected 1 to 100000")
    }
  }

  func run() throws {
    let trial = try QueueTrial(folder: folder, cells: cells, claimants: claimants)
    try tell(
      json ? String(decoding: canonicalJSON(trial, pretty: true), as: UTF8.self) : trial.text)
    if !trial.passed { throw FailedFiles() }
  }
}
