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
      Without an experiment file and without --corpus the four SYNTHETIC stand-in corpora are made and \
      used. Finished cells are never run again; an interrupted run goes on when it is started again with the \
      same --out, or by `reprise run FOLDER`. Several processes may work on one folder, on one machine or on \
      many: see docs/clusters.md. Ctrl-C keeps what is done.
      """)

  @Argument(
    help: "An experiment file (YAML), of which docs/settings.md lists the keys, or a run's folder.")
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
  @OptionGroup var work: CapacityOptions
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
  @Flag(help: "Say what the run would take: cells, passes, hours, memory, disk; start nothing.")
  var plan = false
  @Flag(help: "Lay out the run's folder and check the corpora, for `reprise slurm`; start nothing.")
  var noStart = false
  @Flag(help: "Do what all cells share, features and audits, for `reprise cell`; train nothing.")
  var prepare = false
  @Flag(help: "Try cells again that failed before.")
  var retryFailed = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...1e6).contains(mixtureCache) else {
      throw ValidationError("--mixture-cache \(mixtureCache): expected 0 to 1000000 GB")
    }
    guard [plan, noStart, prepare].count(where: { $0 }) <= 1 else {
      throw ValidationError("expected one of --plan, --no-start and --prepare")
    }
    if let experiment, isRun(experiment), let out, absolutePath(out) != absolutePath(experiment) {
      throw ValidationError(
        "\(experiment) is a run's folder: --out \(out) would leave it; give the experiment file")
    }
  }

  func run() throws {
    let progress = ProgressLine(quiet: output.quiet)
    let run = try opened(progress)
    // Where training starts, its audit does this.
    if plan || noStart { try run.requireEqualCopies(threads: work.cores) }
    for warning in try run.backboneWarnings() { complain("warning: \(warning)") }
    if plan { return try tellPlan(of: run) }
    if noStart || prepare {
      try run.layOut(retryFailed: retryFailed)
      if prepare { try run.prepare(threads: work.cores) { progress.watch($0) } }
      progress.finish()
      let left = try run.pending().count
      return try tell("\(run.folder): \(left) of \(try run.trainings().count) cells to do")
    }
    let failures = try run.run(work.options, retryFailed: retryFailed) { progress.watch($0) }
    let document = ResultsDocument(try run.results(), run: run.experiment.name) {
      run.signature(of: $0).text
    }
    try run.record(document)
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

  /// The run of a folder that is one, or of an experiment.
  private func opened(_ progress: ProgressLine) throws -> ExperimentRun {
    let budget = Int(mixtureCache * 1e9)
    if let experiment, isRun(experiment) {
      guard corpus.isEmpty, seeds == nil, folds == nil, profile == nil, backbone == nil else {
        throw ValidationError(
          "\(experiment) is a run's folder, whose settings stand: give the experiment file to change them"
        )
      }
      return try ExperimentRun(
        openingFolder: experiment, frames: cache.map(absolutePath), mixtureBudget: budget)
    }
    let (settings, folder) = try settings(progress)
    return try ExperimentRun(
      settings, folder: folder, frames: cache.map(absolutePath), mixtureBudget: budget)
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
      try requireOwnFolders(of: absolutePath(folder))
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

/// Whether a run lies there.
private func isRun(_ path: String) -> Bool {
  FileManager.default.fileExists(atPath: path + "/experiment.json")
}

/// The path from the root on, so that a run can be opened from any folder.
func absolutePath(_ path: String) -> String {
  URL(fileURLWithPath: path).standardizedFileURL.path
}
