// `reprise check`: the gate for CI.
import ArgumentParser
import Evaluation
import Judging
import Runs
import Files
import Foundation

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold a run to recorded baselines and say whether it is worse.",
    discussion: """
      Exit codes: 0 pass · 3 regressed · 4 inconclusive · 5 incomparable, incomplete or nothing measured · \
      6 too good to believe · 2 a file could not be read, nothing was judged · 64 wrong usage. docs/gate.md \
      says how each verdict is reached, and shows a CI job.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(help: "The file of baselines.")
  var baseline: String
  @Option(help: "Only this system; may be repeated. All of the file by default.")
  var system: [String] = []
  @Option(help: "δ, points; the baseline's own by default. It can be narrowed, not widened.")
  var margin: Double?
  @Option(help: "wa, ua, macro-f1 or weighted-f1; the baseline's own by default.")
  var metric: Metric?
  @Option(help: "Of the two-sided interval; the baseline's own by default.")
  var confidence: Double?
  @Option(
    help: "A file of past results, to which this one is added; slow drift is looked for in it.")
  var history: String?
  @Option(help: "Write the outcome as JUnit XML.")
  var junit: String?
  @Option(help: "Write the outcome as Markdown.")
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
    let report = try GateCheck(RecordedRun(readingFolder: folder)).report(
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
