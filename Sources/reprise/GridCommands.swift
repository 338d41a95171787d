// Commands for a run that several processes share: its state, one process's part, the file system.
import ArgumentParser
import Cluster
import Execution
import Files
import Foundation
import Queueing
import Runs

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show a run's progress: finished, running, open and failed cells, time left.",
    discussion: help(
      "Works from any machine that sees the folder, also while the run goes on.",
      examples: [
        "Show how far a run is.":
          "reprise status runs/reproduce",
        "List the cells that are left, one a line, for scripts and GNU parallel.":
          "reprise status runs/reproduce --list open",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Option(help: ArgumentHelp("List the cells in this state, one a line.", valueName: "state"))
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
    abstract: "Train cells of a prepared run, beside other processes and machines.",
    discussion: help(
      """
      Prepare the run first: `reprise run … --prepare`. Then start any number of these commands, \
      on any machines that share the folder. Each claims one free cell after another until none is \
      left. A process that dies loses at most one epoch. SIGTERM and Ctrl-C save a checkpoint and \
      free the cell.
      """,
      examples: [
        "Train free cells until none is left.":
          "reprise cell runs/reproduce",
        "Train one cell: corpus, variant, fold 1, seed 1.":
          "reprise cell runs/reproduce ravdess full 1 1",
        "Begin no new cell after an hour.":
          "reprise cell runs/reproduce --for 3600",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Argument(
    help: """
      The cell: the name of its folder, the start of its hash, or corpus, variant, fold and seed, \
      such as ravdess full 1 2. Free cells by default.
      """)
  var cell: [String] = []
  @Option(help: ArgumentHelp("Begin no new cell after this time.", valueName: "seconds"))
  var `for`: Double?
  @Option(
    help: ArgumentHelp(
      "Where the frames of pretrained networks are; RUN/frames by default.", valueName: "folder"))
  var cache: String?
  @Flag(help: "Try the named cell again if it has failed.")
  var retryFailed = false
  @OptionGroup var places: PlaceOptions
  @OptionGroup var work: CapacityOptions
  @OptionGroup var output: ProgressOptions
  @Flag(help: "Print events as JSON on standard output, one a line (docs/events.md).")
  var json = false

  func run() throws {
    let progress = Progress(output, events: json)
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
        progress.say("\(chosen.folderName): \(state)")
        try progress.finish()
        if record.failure(of: chosen) != nil { throw FailedCells() }
        return
      }
      options.only = chosen.folderName
    }
    let failures = try run.takePart(options) { progress.watch($0) }
    if failures.isEmpty, let chosen, !record.isFinished(chosen) {
      progress.say(
        "\(chosen.folderName): another process trains it; `reprise status \(shellQuoted(folder))` "
          + "says which")
    }
    try progress.finish()
    if !failures.isEmpty { throw FailedCells() }
  }
}

struct StorageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-storage",
    abstract: "Test whether a file system is safe for many processes on one run.",
    discussion: help(
      """
      Many threads claim empty cells at the same time, in a folder that is removed afterwards. \
      Exit code 1 means that two threads got the same cell, or that a cell was lost.
      """,
      examples: [
        "Test the file system that holds your runs.":
          "reprise check-storage runs"
      ]))

  @Argument(help: "A folder on the file system.")
  var folder: String
  @Option(help: "How many cells to claim.")
  var cells = 1000
  @Option(help: "How many threads claim them.")
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
