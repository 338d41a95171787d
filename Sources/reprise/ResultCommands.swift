// Commands on a run that has been made: its report again, beside baselines, as a baseline.
import ArgumentParser
import Evaluation
import Experiments
import Files
import Settings

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Draw a run's PDF and SVG figures again, without training.")

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String

  func run() throws { try tell(ExperimentRun(openingFolder: folder).writeReport()) }
}

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Set a run beside recorded baselines.",
    discussion: "A difference is given only where the protocols agree; otherwise the reason is.")

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(help: "A file of baselines; all of baselines/ by default.")
  var baseline: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let baselines =
      try baseline.map { try BaselineFile(readingFile: $0).baselines }
      ?? BaselineFile.load(folder: baselinesFolder())
    let comparison = try ExperimentRun(openingFolder: folder).comparison(with: baselines)
    if json {
      try tell(String(decoding: canonicalJSON(comparison, pretty: true), as: UTF8.self))
    } else if comparison.rows.isEmpty {
      try tell("Nothing to compare: the run has no real corpus for which a baseline is recorded.")
    } else {
      try tell(comparison.text)
    }
  }
}

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record a finished run on real corpora as a file of baselines.",
    discussion: "Every fold and seed is kept. A run with a missing cell is refused.")

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(help: "What the baselines' names begin with.")
  var name: String
  @Option(help: "The file to write, such as baselines/NAME.json.")
  var to: String

  func run() throws {
    try ExperimentRun(openingFolder: folder).baselines(named: name).write(to: to)
    try tell(to)
  }
}

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Every setting: key, default, unit, source, meaning.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown }

  @Option(help: "text or markdown.")
  var format: Format = .text

  func run() throws {
    try tell(format == .text ? SettingsReference.text : SettingsReference.markdown, terminator: "")
  }
}
