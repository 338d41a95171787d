// `reprise run`: an experiment from corpora to PDF.
import ArgumentParser
import Corpora
import Evaluation
import Audits
import Execution
import Experiments
import Files
import Foundation
import ReportAssembly
import Runs
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
  @Flag(
    help: """
      Train all cells anew where the run was made of other sound or by another version. The old cells' files stay.
      """)
  var retrain = false
  @Flag(help: "Read every clip again, also those that look unchanged since they were hashed.")
  var rehash = false
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
    let run: ExperimentRun
    switch try opened(progress) {
    case .toDo(let opened): run = opened
    case .record(let record):
      return try tellResults(record.results(), of: record, [], progress)
    }
    // Where training starts, its audit does this.
    if plan || noStart { try run.requireEqualCopies(threads: work.cores) }
    for warning in try run.backboneWarnings() { complain("warning: \(warning)") }
    if plan { return try tellPlan(of: run) }
    if noStart || prepare {
      try run.layOut(retryFailed: retryFailed, retrain: retrain)
      if prepare { try run.prepare(threads: work.cores) { progress.watch($0) } }
      progress.finish()
      let left = try run.pending().count
      return try tell("\(run.folder): \(left) of \(try run.trainings().count) cells to do")
    }
    var options = work.options
    options.interruption = StopRequest.interruption
    let failures = try run.run(options, retryFailed: retryFailed, retrain: retrain) {
      progress.watch($0)
    }
    let record = try run.record()
    let results = try record.results()
    try ResultsDocument(results, run: record).record(in: run.folder)
    try RunReferences(for: record, results, in: baselinesFolder()).record(in: record)
    try tellResults(results, of: record, failures, progress)
  }

  /// Draws the report, and tells what the run came to.
  private func tellResults(
    _ results: [CorpusResult], of record: RecordedRun,
    _ failures: [(cell: Cell, reason: String)], _ progress: ProgressLine
  ) throws {
    let report = try RunReport(of: record, results)
    progress.say("drawing the report")
    let written = try report.write()
    progress.finish()
    let document = ResultsDocument(results, run: record)
    if output.json {
      try tell(String(decoding: canonicalJSON(document, pretty: true), as: UTF8.self))
    } else {
      try tell(document.table)
      try tell(written.joined(separator: "\n"))
    }
    if !failures.isEmpty { throw FailedCells() }
  }

  /// What there is to do: an experiment with its corpora, or nothing but to read a finished run.
  private enum Opened {
    case toDo(ExperimentRun)
    case record(RecordedRun)
  }

  /// The run of a folder that is one, or of an experiment.
  private func opened(_ progress: ProgressLine) throws -> Opened {
    if let experiment, isRun(experiment) {
      guard seeds == nil, folds == nil, profile == nil, backbone == nil else {
        throw ValidationError(
          "\(experiment) is a run's folder, whose settings stand: give the experiment file to change them"
        )
      }
      return try continued(experiment, progress)
    }
    let (settings, folder) = try settings(progress)
    return .toDo(try opened(settings, folder, progress))
  }

  /// A run that was begun: its corpora are needed as long as there is something to train.
  private func continued(_ folder: String, _ progress: ProgressLine) throws -> Opened {
    var settings = try ExperimentSettings(ofRun: folder)
    for choice in try corpus.map(corpusChoice) {
      guard let index = settings.corpora.firstIndex(where: { $0.name == choice.name }) else {
        throw ValidationError(
          "--corpus \(choice.name)=…: the run has "
            + settings.corpora.map(\.name).joined(separator: ", "))
      }
      settings.corpora[index].path = choice.path
    }
    let gone = settings.corpora.first {
      $0.path.map { !FileManager.default.fileExists(atPath: $0) } ?? true
    }
    guard let gone else { return .toDo(try opened(settings, folder, progress)) }
    let record = try RecordedRun(readingFolder: folder)
    let corpus = record.corpus(gone.name)
    let missing = RunError.missingCorpus(
      run: folder, corpus: gone.name, title: corpus?.title ?? gone.name,
      path: gone.path ?? corpus?.path ?? "")
    let isNamed = try self.corpus.map(corpusChoice).contains { $0.name == gone.name }
    guard !isNamed, !plan, !noStart, !prepare, !retrain, try record.pending().isEmpty,
      record.failures().isEmpty
    else { throw missing }
    complain(
      "\(corpus?.title ?? gone.name) is not at \(gone.path ?? ""): every cell is finished, so the run's record "
        + "is read and nothing is trained")
    return .record(record)
  }

  private func opened(
    _ settings: ExperimentSettings, _ folder: String, _ progress: ProgressLine
  ) throws -> ExperimentRun {
    var reading = SoundReading(index: folder + "/cache")
    (reading.distrustsIndex, reading.threads) = (rehash, work.cores)
    reading.preparesFeatures = !noStart
    reading.watch = { progress.watch(.hashing(corpus: $0, done: $1, total: $2)) }
    return try ExperimentRun(
      settings, folder: folder, sound: plan ? nil : reading, frames: cache.map(absolutePath),
      mixtureBudget: Int(mixtureCache * 1e9))
  }

  private func tellPlan(of run: ExperimentRun) throws {
    let plan = try run.plan()
    try tell(
      output.json
        ? String(decoding: canonicalJSON(plan, pretty: true), as: UTF8.self) : plan.text)
  }

  /// The experiment with what the command line changes, and the run's folder.
  private func settings(_ progress: ProgressLine) throws -> (ExperimentSettings, String) {
    let known = CorpusDefinition.registered.map {
      KnownCorpus(name: $0.id, folds: $0.usualFolds.folds.count)
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
        ? written.map(\.corpus.id) : settings.corpora.map(\.name)
      settings.corpora = wanted.map { name in
        ExperimentSettings.CorpusChoice(
          name: name,
          path: settings.corpora.first { $0.name == name }?.path
            ?? written.first { $0.corpus.id == name }?.path)
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
