// Commands on a run that has been made: its report again, beside baselines, as a baseline.
import ArgumentParser
import Evaluation
import Experiments
import Files
import Settings

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Draw a run's PDF and SVG figures again, without training.")

  @Argument(help: "The run's folder.")
  var run: String

  func run() throws { print(try ExperimentRun(openingFolder: run).writeReport()) }
}

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Set a run beside recorded baselines.",
    discussion: "A difference is given only where the protocols agree; otherwise the reason is.")

  @Argument(help: "The run's folder.")
  var run: String
  @Option(help: "A file of baselines; all of baselines/ by default.")
  var baseline: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let baselines =
      try baseline.map { try BaselineFile(readingFile: $0).baselines }
      ?? BaselineFile.load(folder: baselinesFolder())
    let comparison = try ExperimentRun(openingFolder: run).comparison(with: baselines)
    if json {
      print(String(decoding: try canonicalJSON(comparison, pretty: true), as: UTF8.self))
    } else if comparison.rows.isEmpty {
      print("Nothing to compare: the run has no real corpus for which a baseline is recorded.")
    } else {
      print(comparison.text)
    }
  }
}

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record a finished run on real corpora as a file of baselines.",
    discussion: "Every fold and seed is kept. A run with a missing cell is refused.")

  @Argument(help: "The run's folder.")
  var run: String
  @Option(help: "What the baselines' names begin with.")
  var name: String
  @Option(help: "The file to write, such as baselines/NAME.json.")
  var to: String

  func run() throws {
    try ExperimentRun(openingFolder: run).baselines(named: name).write(to: to)
    print(to)
  }
}

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Every setting: key, default, unit, source, meaning.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown }

  @Option(help: "text or markdown.")
  var format: Format = .text

  func run() throws {
    print(format == .text ? SettingsReference.text : SettingsReference.markdown, terminator: "")
  }
}
