// `reprise plan-power`: how many seeds and folds would show a difference.
import ArgumentParser
import Corpora
import Evaluation
import Experiments
import Files
import Foundation
import Judging
import Randomness
import Runs

struct PowerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan-power",
    abstract: "Say how many seeds and folds would show a difference of so many points.",
    discussion: help(
      """
      Simulates runs with the spread that a finished run or a baseline recorded: between folds, \
      between seeds, and the rest. Judges each by the corrected t over folds, the report's test of \
      methods. Power is how often it finds the difference.

      For an experiment file, the spread is that of the recorded baseline of its corpus. The rows \
      of Holm's adjustment are its variants but one.
      """,
      examples: [
        "Plan for 3 points with the recorded spread on RAVDESS.":
          "reprise plan-power ravdess-compact --difference 3",
        "Plan the ablations before they run.":
          "reprise plan-power docs/experiments/ablations.yaml",
      ]))

  @Argument(
    help: ArgumentHelp(
      "The folder of a run, a file of baselines or its name, or an experiment file.",
      valueName: "source"))
  var source: String
  @Option(help: ArgumentHelp("The difference to find.", valueName: "points"))
  var difference = 2.0
  @Option(help: ArgumentHelp("How often to find it.", valueName: "share"))
  var power = 0.8
  @Option(help: "How many comparisons Holm's adjustment counts; those of the source by default.")
  var rows: Int?
  @Option(help: "The numbers of seeds to try, such as 3,5,10.")
  var seeds: NumberList?
  @Option(help: "The numbers of folds to try, such as 6,12.")
  var folds: NumberList?
  @Option(help: "The metric.")
  var metric = Metric.unweightedAverageRecall
  @Option(
    help: ArgumentHelp(
      "Use only these systems: the first against each other. Repeatable.", valueName: "name"))
  var system: [String] = []
  @Option(help: "How many runs to simulate for each plan.")
  var trials = 20_000
  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 1
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    func require(_ holds: Bool, _ what: String) throws {
      if !holds { throw ValidationError(what) }
    }
    try require(
      difference > 0 && difference <= 100,
      "--difference \(difference): expected more than 0 and at most 100 points")
    try require((0.01...0.99).contains(power), "--power \(power): expected 0.01 to 0.99")
    try require(
      rows.map { (1...1000).contains($0) } ?? true, "--rows \(rows ?? 0): expected 1 to 1000")
    try require((100...1_000_000).contains(trials), "--trials \(trials): expected 100 to 1000000")
    try require(
      system.isEmpty || Set(system).count > 1 && Set(system).count == system.count,
      "--system \(system.joined(separator: " ")): expected at least two systems, each once")
    for (name, values, range) in [
      ("seeds", seeds?.values ?? [1], 1...1000), ("folds", folds?.values ?? [2], 2...200),
    ] {
      try require(
        values.count <= 20 && values.allSatisfy(range.contains),
        "--\(name): expected at most 20 numbers from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  func run() throws {
    let (sources, variants) = try recorded()
    guard !sources.isEmpty else {
      throw PowerSourceError(
        source: source, found: "no recorded result to take the spread from",
        remedy: "give a finished run, or record one with reprise baseline record")
    }
    let documents = try sources.map { source in
      let spread = try source.spread(of: system)
      let question = PowerQuestion(
        difference: difference / 100, power: power,
        rows: rows ?? variants.map { max(1, $0 - 1) } ?? spread.pairs,
        seeds: seeds?.values ?? [1, 2, 3, 5, 10, 20], folds: folds?.values, trials: trials)
      return PowerDocument(
        source: source.source, corpus: source.corpus, metric: metric, speakers: source.speakers,
        plan: PowerPlan(
          question, spread, speakers: source.speakers,
          random: RandomStream(seed: seed).split("power").split(source.corpus)))
    }
    try tell(
      json
        ? String(decoding: canonicalJSON(documents, pretty: true), as: UTF8.self)
        : documents.map(\.text).joined(separator: "\n\n"))
  }

  /// The recorded systems, and the number of variants of an experiment file.
  private func recorded() throws -> (sources: [PowerSource], variants: Int?) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: source, isDirectory: &isFolder), isFolder.boolValue {
      return (try Evidence(of: openRun(source)).powerSources(metric), nil)
    }
    guard ["yaml", "yml"].contains((source as NSString).pathExtension.lowercased()) else {
      let own = baselinesFolder() + "/\(source).json"
      let isName = !source.contains("/") && !FileManager.default.fileExists(atPath: source)
      let path = isName && FileManager.default.fileExists(atPath: own) ? own : source
      let folder = parentFolder(of: path)
      return (
        try BaselineFile(readingFile: path).baselines.powerSources(
          metric, source: path, folder: folder.isEmpty ? "." : folder), nil
      )
    }
    let known = CorpusDefinition.registered.map {
      KnownCorpus(name: $0.id, folds: $0.usualFolds.folds.count)
    }
    let experiment = try ExperimentSettings(readingFile: source, known: known)
    let folder = baselinesFolder()
    let all = try BaselineFile.paths(in: folder).flatMap { path in
      try BaselineFile(readingFile: path).baselines.powerSources(
        metric, source: path, folder: folder)
    }
    let names = Set(experiment.corpora.map(\.name))
    let found = all.filter { names.isEmpty || names.contains($0.corpus) }
      .filter { $0.systems.count > 1 }
    // Of two records of a corpus, the one with more systems knows more of the spread.
    let corpora = found.map(\.corpus).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let richest = corpora.compactMap { corpus in
      found.filter { $0.corpus == corpus }.max { $0.systems.count < $1.systems.count }
    }
    return (richest, experiment.variants.count)
  }
}

/// The plan of one corpus with its origin.
private struct PowerDocument: Encodable {
  let source: String
  let corpus: String
  let metric: Metric
  let speakers: Int?
  let plan: PowerPlan

  var text: String {
    let pairs = plan.spread.pairs
    return "\(corpus), \(metric.abbreviation): \(pairs == 1 ? "2 systems" : "\(pairs + 1) systems")"
      + " of \(source)\n" + plan.text(speakers: speakers)
  }
}
