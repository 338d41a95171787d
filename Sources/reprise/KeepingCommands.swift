// Commands that check a finished run: its files, and whether training gives the same numbers again.
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
    abstract: "Check every file of a run against its checksum, and set damaged files aside.",
    discussion: help(
      """
      Moves damaged files and cells to RUN/quarantine; the next start of the run makes them again. \
      Also reports missing files, symbolic links and files that are half written. If the corpora \
      are there, checks that their sound is the sound of the training; the same for frames from \
      files. Removes nothing. Exit code 1 means damage.
      """,
      examples: [
        "Check a run and change nothing.":
          "reprise fsck runs/reproduce --dry-run",
        "Set damaged files aside, then make them again.":
          "reprise fsck runs/reproduce || reprise run runs/reproduce",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Flag(help: "Report damage and change nothing.")
  var dryRun = false
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let check = try FileCheck(ofRun: folder, repairs: !dryRun, caches: .ofTraining)
      .addingSound(SoundReading(index: dryRun ? nil : folder + "/cache"))
      .addingFrames()
    try tell(
      json ? String(decoding: canonicalJSON(check, pretty: true), as: UTF8.self) : check.text)
    if !check.findings.isEmpty { throw FailedFiles() }
  }
}

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Train a finished cell again and check that every bit is the same.",
    discussion: help(
      """
      Compares losses and rates of every epoch, predictions, weights and embeddings. On the same \
      kind of processor all must be identical. On another kind the last bits may differ; the \
      output then shows both machines. Exit code 1 means a difference.
      """,
      examples: [
        "Train fold 1 of seed 1 of the full system again.":
          "reprise replay runs/reproduce ravdess full 1 1"
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Argument(
    help: """
      The cell: the name of its folder, the start of its hash, or corpus, variant, fold and seed, \
      such as ravdess full 1 2.
      """)
  var cell: [String]
  @Option(help: "How many threads to use; all cores by default. Results do not depend on it.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount
  @OptionGroup var device: DeviceOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var output: ProgressOptions
  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let progress = Progress(output)
    let record = try places.relocate(RecordedRun(readingFolder: folder))
    let cell = try record.cell(named: cell.joined(separator: " "))
    let replay = try ExperimentRun(record).replay(
      cell, threads: max(1, threads), sound: places.reading(of: folder),
      interruption: StopRequest.interruption
    ) { progress.watch($0) }
    try progress.finish()
    try tell(
      json
        ? String(decoding: canonicalJSON(replay, pretty: true), as: UTF8.self) : replay.text)
    if !replay.isIdentical { throw FailedReplay() }
  }
}
