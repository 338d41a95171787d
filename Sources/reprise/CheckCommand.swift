// `reprise check`: the regression gate for CI.
import ArgumentParser
import Evaluation
import Judging
import Runs
import Files
import Foundation

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Test whether a run is worse than a recorded baseline: a gate for CI.",
    discussion: help(
      """
      docs/gate.md explains the verdicts and shows a CI job. To record a baseline, see \
      `reprise help baseline record`.

      Exit codes:
        0   pass
        2   an error: a file cannot be read; nothing was judged
        3   regressed: worse by more than the margin
        4   inconclusive: too few seeds to tell
        5   incomparable: other protocol, unfinished run, or nothing measured
        6   too good to believe: look for a leak
        64  wrong usage
      """,
      examples: [
        "Check a run against its baseline.":
          "reprise check runs/ravdess --baseline baselines/ravdess-compact.json",
        "Write a job summary for CI.":
          "reprise check runs/ravdess --baseline ours.json --markdown check.md",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Option(help: ArgumentHelp("The file of baselines.", valueName: "file"))
  var baseline: String
  @Option(help: "Check only this system. Repeatable. All systems of the file by default.")
  var system: [String] = []
  @Option(
    help: ArgumentHelp(
      "How much worse still passes; the baseline's own margin by default, and at most that.",
      valueName: "points"))
  var margin: Double?
  @Option(help: "The metric to judge by; the baseline's own by default.")
  var metric: Metric?
  @Option(
    help: ArgumentHelp(
      "Confidence of the two-sided interval; the baseline's own by default, and at least that.",
      valueName: "share"))
  var confidence: Double?
  @Option(
    help: ArgumentHelp(
      "Add this result to a file of past results, and look for slow drift in it.",
      valueName: "file"))
  var history: String?
  @Option(help: ArgumentHelp("Also write the outcome as JUnit XML.", valueName: "file"))
  var junit: String?
  @Option(help: ArgumentHelp("Also write the outcome as Markdown.", valueName: "file"))
  var markdown: String?
  @Flag(help: "Print the outcome as JSON.")
  var json = false

  func validate() throws {
    if let margin, let problem = Baseline.Margin.problem(points: margin) {
      throw ValidationError("--margin \(margin): \(problem)")
    }
    if let confidence, let problem = Baseline.Margin.problem(confidence: confidence) {
      throw ValidationError("--confidence \(confidence): \(problem)")
    }
  }

  func run() throws {
    let report = try GateCheck(openRun(folder)).report(
      CheckRequest(
        baseline: baseline, systems: system, metric: metric, margin: margin,
        confidence: confidence, history: history))
    try junit.map { try Data(report.junit.utf8).writeAtomically(to: $0) }
    try markdown.map { try Data(report.markdown.utf8).writeAtomically(to: $0) }
    try tell(
      json ? String(decoding: canonicalJSON(report, pretty: true), as: UTF8.self) : report.text)
    if report.verdict != .pass { throw GateVerdict(verdict: report.verdict) }
  }
}

extension Metric: ExpressibleByArgument {
  public init?(argument: String) { self.init(shortName: argument) }
  public static var allValueStrings: [String] { Metric.allCases.map(\.shortName) }
}
