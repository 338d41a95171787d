// Commands for a run that is kept: are its files what was written, and are its numbers what is computed?
import ArgumentParser
import Audits
import Cells
import Execution
import Surroundings
import Files
import Foundation
import Runs

struct FileCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck",
    abstract: "Hold every file of a run to its checksum, and set damage aside.",
    discussion: """
      Damaged files and cells go into the run's folder quarantine, and damaged cells are opened again for \
      the next start. What was once written and is gone is named, and so is what lies behind a symbolic \
      link or was left half written. Where a corpus of the run is at hand, its sound is held to what the run was \
      trained on. Nothing is removed, and no intact result is touched. Exit code 1 where \
      something was damaged or is gone.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Flag(help: "Say what is damaged and change nothing.")
  var dryRun = false
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let check = try FileCheck(ofRun: folder, repairs: !dryRun, caches: .ofTraining)
      .addingSound(SoundReading(index: dryRun ? nil : folder + "/cache"))
    try tell(
      json ? String(decoding: canonicalJSON(check, pretty: true), as: UTF8.self) : check.text)
    if !check.findings.isEmpty { throw FailedFiles() }
  }
}

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Train a recorded cell again and say whether it is the same to the last bit.",
    discussion: """
      Every epoch's losses and rates, every prediction, weights and embeddings are compared. On the same \
      kind of processor they must be identical; on another they may differ in the last bits, which the \
      record of both is shown beside. Exit code 1 where anything differs.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Argument(
    help:
      "The cell: the name of its folder, the beginning of its hash, or \"ravdess full 1 2\" for fold 1, seed 2."
  )
  var cell: [String]
  @Option(help: "Threads; the result does not depend on them.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount
  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let progress = ProgressLine(quiet: output.quiet)
    let record = try places.relocate(RecordedRun(readingFolder: folder))
    let cell = try record.cell(named: cell.joined(separator: " "))
    let replay = try ExperimentRun(record).replay(
      cell, threads: max(1, threads), sound: places.reading(of: folder),
      interruption: StopRequest.interruption
    ) { progress.watch($0) }
    progress.finish()
    try tell(
      output.json
        ? String(decoding: canonicalJSON(replay, pretty: true), as: UTF8.self) : replay.text)
    if !replay.isIdentical { throw FailedReplay() }
  }
}
