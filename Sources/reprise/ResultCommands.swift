// Commands on a run that has been made: beside baselines and claims, a number explained, beside another run.
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
    commandName: "compare", abstract: "Set a run beside recorded baselines.",
    discussion: "A difference is given only where the protocols agree; otherwise the reason is.")

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(help: "A file of baselines; all of baselines/ by default.")
  var baseline: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let run = try RecordedRun(readingFolder: folder)
    let comparison = try Evidence(of: run).comparison(with: try baselines(of: run))
    if json {
      try tell(String(decoding: canonicalJSON(comparison, pretty: true), as: UTF8.self))
    } else if comparison.rows.isEmpty {
      try tell("Nothing to compare: the run has no real corpus for which a baseline is recorded.")
    } else {
      try tell(comparison.text)
    }
  }

  /// The file's; else those of the folder of baselines; else those that the run keeps.
  private func baselines(of run: RecordedRun) throws -> [Baseline] {
    if baseline == nil, !FileManager.default.fileExists(atPath: baselinesFolder()) {
      return try RunReferences(ofRun: run.folder)?.baselines ?? []
    }
    let baselines =
      try baseline.map { try BaselineFile(readingFile: $0).baselines }
      ?? BaselineFile.load(folder: baselinesFolder())
    // Recorded predictions that are not what the numbers say make the numbers worthless.
    let place = baseline.map { ($0 as NSString).deletingLastPathComponent } ?? baselinesFolder()
    for baseline in baselines { _ = try baseline.predictions(in: place.isEmpty ? "." : place) }
    return baselines
  }
}

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract:
      "The paper's printed figures and its claims about single parts: what a run says of them.",
    discussion: """
      Printed figures are held to the protocol and to the grid that the counts allow. Where the run has \
      variants that differ in one part (docs/experiments/ablations.yaml), each part's claim holds, is \
      contradicted or cannot be decided, by tests over folds adjusted for their number.
      """)

  @Argument(help: ArgumentHelp("A run's folder; none for the figures alone.", valueName: "run"))
  var folder: String?
  @Option(help: "The file of printed figures; baselines/paper.json by default.")
  var registry: String?
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let evidence = try folder.map { try Evidence(of: RecordedRun(readingFolder: $0)) }
    let rows = claims(in: try registered(), evidence: evidence)
    let parts = evidence?.componentClaims() ?? []
    if json {
      let document = ClaimsDocument(printed: rows, parts: parts)
      try tell(String(decoding: canonicalJSON(document, pretty: true), as: UTF8.self))
    } else {
      try tell(
        rows.table
          + parts.map { "\n\n\($0.corpus), \($0.metric.abbreviation)\n\($0.claims.table)" }.joined()
      )
    }
  }
}

extension ClaimsCommand {
  /// The printed figures: the registry's; else those that the run keeps.
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
    abstract: "Say where a number comes from: formula, value, interval, cells, files, protocol.",
    discussion: """
      The number is named by corpus, variant, metric and averaging: "ravdess full ua pooled", "… folds", \
      "… speakers", "… fold 3", "… speaker Actor_07", "… seed 1".
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Argument(help: "The number, such as \"ravdess full ua pooled\".")
  var number: [String]
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let explanation = try Evidence(of: RecordedRun(readingFolder: folder))
      .explanation(of: number.joined(separator: " "))
    try tell(
      json
        ? String(decoding: canonicalJSON(explanation, pretty: true), as: UTF8.self)
        : explanation.text)
  }
}

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "List what two runs differ in: protocol, settings, numbers.")

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run-a"))
  var first: String
  @Argument(help: ArgumentHelp("Another run's folder.", valueName: "run-b"))
  var second: String
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let differences = try Evidence(of: RecordedRun(readingFolder: first))
      .differences(from: Evidence(of: RecordedRun(readingFolder: second)))
    try tell(
      json
        ? String(decoding: canonicalJSON(differences, pretty: true), as: UTF8.self)
        : differences.text)
  }
}

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "How often intervals hold the truth, and tests and gate raise false alarms.",
    discussion: "On drawn data, where the truth is known. docs/coverage.md was written by it.")

  @Option(help: "Trials of each situation.")
  var trials = 2000
  @Option(help: "The seed.")
  var seed: UInt64 = 1
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(trials) else {
      throw ValidationError("--trials \(trials): expected 1 to 1000000")
    }
  }

  func run() throws {
    let rows = simulate(trials: trials, random: RandomStream(seed: seed))
    try tell(
      json ? String(decoding: canonicalJSON(rows, pretty: true), as: UTF8.self) : rows.markdown,
      terminator: json ? "\n" : "")
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
