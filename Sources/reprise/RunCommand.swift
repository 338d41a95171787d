// `reprise run`: an experiment from corpora to PDF.
import ArgumentParser
import Corpora
import Evaluation
import Experiments
import Files
import Foundation
import Settings
import StandIns

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train and evaluate an experiment, and draw its report.",
    discussion: """
      Without an experiment file and without --corpus the four SYNTHETIC stand-in corpora are \
      made and used. Finished cells are never run again; an interrupted run goes on when it is \
      started again with the same --out.
      """)

  @Argument(help: "An experiment file (YAML); docs/settings.md lists its keys.")
  var experiment: String?
  @Option(help: "A corpus and where it lies, NAME=PATH; may be repeated.")
  var corpus: [String] = []
  @Option(
    help: "The folder of the pretrained network, for variants with model.backbone pretrained.")
  var backbone: String?
  @Option(
    help: """
      The folder of frames that pretrained networks computed; runs may share one. frames in the run's \
      folder by default.
      """)
  var cache: String?
  @Option(
    help: "GB of mixtures' frames to keep there; the others are computed whenever they are drawn.")
  var mixtureCache = 20.0
  @Option(help: "Seeds, separated by commas.")
  var seeds: NumberList?
  @Option(help: "Folds, counted from 1, separated by commas; all by default.")
  var folds: NumberList?
  @Option(help: "Cells that run side by side; the results do not depend on it.")
  var jobs: Int = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: "The run's folder; runs/NAME by default.")
  var out: String?
  @Option(help: "Where settings start from: quick, standard or paper.")
  var profile: Profile?
  @Flag(help: "Go on although a corpus's counts differ from the published ones.")
  var allowIncomplete = false
  @Option(
    help: """
      A leak that does not stop the run: speaker-overlap, session-overlap, exact-duplicates or \
      near-duplicates; may be repeated.
      """)
  var allowLeak: [AuditAllowance] = []
  @Flag(help: "Say what the run would take, in passes, hours and disk, and start nothing.")
  var plan = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    // More threads than that help nowhere, and would only use up memory.
    guard (1...1024).contains(jobs) else {
      throw ValidationError("--jobs \(jobs): expected 1 to 1024")
    }
    guard (0...1e6).contains(mixtureCache) else {
      throw ValidationError("--mixture-cache \(mixtureCache): expected 0 to 1000000 GB")
    }
  }

  func run() throws {
    let progress = ProgressLine(quiet: output.quiet)
    let (settings, folder) = try settings(progress)
    let run = try ExperimentRun(
      settings, folder: folder, frames: cache.map(absolutePath),
      mixtureBudget: Int(mixtureCache * 1e9))
    if plan { return try tellPlan(of: run) }
    try makeFolder(folder)
    let failures = try run.run(jobs: jobs) { progress.watch($0) }
    let document = ResultsDocument(try run.results(), run: settings.name) {
      run.signature(of: $0).text
    }
    try canonicalJSON(document, pretty: true).writeAtomically(to: folder + "/results.json")
    progress.say("drawing the report")
    let written = try run.writeReport()
    progress.finish()
    if output.json {
      try tell(String(decoding: canonicalJSON(document, pretty: true), as: UTF8.self))
    } else {
      try tell(document.table)
      try tell(written.joined(separator: "\n"))
    }
    if !failures.isEmpty { throw FailedCells() }
  }

  private func tellPlan(of run: ExperimentRun) throws {
    let plan = try run.plan()
    try tell(
      output.json
        ? String(decoding: canonicalJSON(plan, pretty: true), as: UTF8.self) : plan.text)
  }

  /// The experiment with what the command line changes, and the run's folder.
  private func settings(_ progress: ProgressLine) throws -> (ExperimentSettings, String) {
    let known = CorpusName.allCases.map {
      KnownCorpus(name: $0.rawValue, folds: $0.foldNames().count)
    }
    var settings =
      try experiment.map {
        try ExperimentSettings(readingFile: $0, profile: profile, known: known)
      } ?? ExperimentSettings(profile: profile ?? (corpus.isEmpty ? .quick : .standard))
    try settings.override(
      corpora: corpus.isEmpty ? nil : try corpus.map(corpusChoice), seeds: seeds?.values,
      folds: folds?.values, known: known)
    settings.backbone = (backbone ?? settings.backbone).map(absolutePath)
    if !allowLeak.isEmpty { settings.allowedLeaks = allowLeak.map(\.rawValue).sorted() }
    if allowIncomplete { settings.protocolSettings.allowIncomplete = true }
    for index in settings.corpora.indices {
      settings.corpora[index].path = settings.corpora[index].path.map(absolutePath)
    }
    if experiment == nil, let out {
      settings.name = URL(fileURLWithPath: out).lastPathComponent
    }
    let folder = out ?? "runs/" + settings.name
    let needed = settings.corpora.contains { $0.path == nil } || settings.corpora.isEmpty
    if needed {
      progress.say("making the SYNTHETIC stand-in corpora")
      let written = try StandIns.write(
        to: absolutePath(folder) + "/stand-ins", seed: StandInsSeed.default)
      let wanted =
        settings.corpora.isEmpty
        ? written.map(\.corpus.rawValue) : settings.corpora.map(\.name)
      settings.corpora = wanted.map { name in
        ExperimentSettings.CorpusChoice(
          name: name,
          path: settings.corpora.first { $0.name == name }?.path
            ?? written.first { $0.corpus.rawValue == name }?.path)
      }
    }
    return (settings, folder)
  }
}

/// The seed of the stand-ins that nobody asked for by name.
enum StandInsSeed { static let `default`: UInt64 = 1 }

/// Takes `NAME=PATH` apart.
func corpusChoice(_ text: String) throws -> ExperimentSettings.CorpusChoice {
  guard let equals = text.firstIndex(of: "=") else {
    throw ValidationError("\(text): expected NAME=PATH, such as ravdess=/data/ravdess")
  }
  let path = String(text[text.index(after: equals)...])
  guard !path.isEmpty else {
    throw ValidationError("\(text): expected NAME=PATH, found no path after the =")
  }
  return ExperimentSettings.CorpusChoice(
    name: String(text[..<equals]), path: absolutePath(path))
}

/// The path from the root on, so that a run can be opened from any folder.
private func absolutePath(_ path: String) -> String {
  URL(fileURLWithPath: path).standardizedFileURL.path
}
