// Commands that read a finished run: compare, claims, explain, diff; and simulate and settings.
import ArgumentParser
import Evaluation
import Experiments
import Judging
import Runs
import Files
import Foundation
import Randomness
import Settings

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show a run next to recorded baselines.",
    discussion: help(
      """
      Reprise compares two results only if their protocols match. If they do not, it says why. \
      SYNTHETIC results are never compared.
      """,
      examples: [
        "Compare a run with all baselines.":
          "reprise compare runs/ravdess",
        "Compare it with the figures that papers print.":
          "reprise compare runs/ravdess --baseline baselines/paper.json",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Option(help: "A file of baselines; all files in baselines/ by default.")
  var baseline: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let run = try openRun(folder)
    let comparison = try Evidence(of: run).comparison(with: try baselines(of: run))
    if json {
      try tell(String(decoding: canonicalJSON(comparison, pretty: true), as: UTF8.self))
    } else if comparison.rows.isEmpty {
      try tell("Nothing to compare: no baseline is recorded for a real corpus of this run.")
    } else {
      try tell(comparison.text)
    }
  }

  /// The baselines of the file, else of the folder of baselines, else those that the run keeps.
  private func baselines(of run: RecordedRun) throws -> [Baseline] {
    if baseline == nil, !FileManager.default.fileExists(atPath: baselinesFolder()) {
      return try RunReferences(ofRun: run.folder)?.baselines ?? []
    }
    let baselines =
      try baseline.map { try BaselineFile(readingFile: $0).baselines }
      ?? BaselineFile.load(folder: baselinesFolder())
    // Numbers that their recorded predictions contradict are worthless.
    let place = baseline.map { parentFolder(of: $0) } ?? baselinesFolder()
    for baseline in baselines { _ = try baseline.predictions(in: place.isEmpty ? "." : place) }
    return baselines
  }
}

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Test what papers claim against a run.",
    discussion: help(
      """
      Checks each printed figure: does the protocol match, and can these counts give it at all? If \
      the run has variants that differ in one part (docs/experiments/ablations.yaml), the output \
      also says for each part whether the paper's claim holds, fails or stays open.
      """,
      examples: [
        "Check the printed figures alone.":
          "reprise claims",
        "Test the claims about single parts on a run of the ablations.":
          "reprise claims runs/ablations",
      ]))

  @Argument(
    help: ArgumentHelp("The folder of a run; only printed figures without it.", valueName: "run"))
  var folder: String?
  @Option(
    help: ArgumentHelp(
      "A file of printed figures; baselines/paper.json by default.", valueName: "file"))
  var registry: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let evidence = try folder.map { try Evidence(of: openRun($0)) }
    let rows = claims(in: try registered(), evidence: evidence)
    let parts = evidence?.componentClaims() ?? []
    let document = ClaimsDocument(printed: rows, parts: parts)
    try tell(
      json
        ? String(decoding: canonicalJSON(document, pretty: true), as: UTF8.self) : document.text)
  }
}

extension ClaimsCommand {
  /// The printed figures of the registry, else those that the run keeps.
  private func registered() throws -> [Baseline] {
    let path = registry ?? baselinesFolder() + "/paper.json"
    if registry == nil, !FileManager.default.fileExists(atPath: path),
      let kept = try folder.flatMap({ try RunReferences(ofRun: $0) })
    {
      return kept.baselines.filter { $0.kind == .published }
    }
    return try BaselineFile(readingFile: path).baselines
  }
}

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain a number: formula, value, interval, cells, files, protocol.",
    discussion: help(
      """
      Name the number by corpus, variant, metric (wa, ua, macro-f1, weighted-f1) and averaging: \
      pooled, folds, speakers, fold 3, speaker Actor_07 or seed 1.
      """,
      examples: [
        "Explain the UA of the full system over all test utterances.":
          "reprise explain runs/reproduce ravdess full ua pooled",
        "Explain its WA on fold 1.":
          "reprise explain runs/reproduce ravdess full wa fold 1",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Argument(help: "The number, such as ravdess full ua pooled.")
  var number: [String]
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let explanation = try Evidence(of: openRun(folder))
      .explanation(of: number.joined(separator: " "))
    try tell(
      json
        ? String(decoding: canonicalJSON(explanation, pretty: true), as: UTF8.self)
        : explanation.text)
  }
}

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "List the differences of two runs: protocol, settings, numbers.",
    discussion: help(
      "Prints nothing if the runs agree.",
      examples: [
        "Compare a run with one of yesterday's program.":
          "reprise diff runs/ravdess runs/ravdess-old"
      ]))

  @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run-a"))
  var first: String
  @Argument(help: ArgumentHelp("The folder of another run.", valueName: "run-b"))
  var second: String
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let differences = try Evidence(of: openRun(first))
      .differences(from: Evidence(of: openRun(second)))
    try tell(
      json
        ? String(decoding: canonicalJSON(differences, pretty: true), as: UTF8.self)
        : differences.text)
  }
}

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Measure how often intervals miss the truth and tests raise false alarms.",
    discussion: help(
      "Uses simulated data, where the truth is known. docs/coverage.md has a result.",
      examples: [
        "Take a quick look with few trials.":
          "reprise simulate --trials 20",
        "Print the first table of docs/coverage.md.":
          "reprise simulate --trials 10000",
        "Look at UA with unequal speakers, absent classes and several seeds.":
          "reprise simulate --ua --trials 50",
      ]))

  @Option(help: "How many trials of each situation.")
  var trials = 2000
  @Flag(help: "Simulate UA, with unequal speakers, absent classes and several seeds.")
  var ua = false
  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 1
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(trials) else {
      throw ValidationError("--trials \(trials): expected 1 to 1000000")
    }
  }

  func run() throws {
    let random = RandomStream(seed: seed)
    let rows =
      ua
      ? simulateRecall(trials: trials, random: random.split("ua"))
      : simulate(trials: trials, random: random)
    try tell(
      json ? String(decoding: canonicalJSON(rows, pretty: true), as: UTF8.self) : rows.markdown,
      terminator: json ? "\n" : "")
  }
}

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "List every setting: key, default, unit, source, meaning.",
    discussion: help(
      "These keys stand in experiment files. docs/settings.md is the output for Markdown.",
      examples: [
        "Look up a setting.":
          "reprise settings | grep learning_rate",
        "Write docs/settings.md again.":
          "reprise settings --format markdown > docs/settings.md",
      ]))

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown }

  @Option(help: "The form of the list.")
  var format: Format = .text

  func run() throws {
    try tell(format == .text ? SettingsReference.text : SettingsReference.markdown, terminator: "")
  }
}
