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
import Reporting
import Runs
import Settings
import StandIns

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train and evaluate an experiment, then draw its report.",
    discussion: help(
      """
      Without an experiment file and --corpus, Reprise makes four SYNTHETIC corpora and uses them. \
      Finished cells are never trained again. To resume an interrupted run, type the same command \
      or `reprise run FOLDER`. Ctrl-C stops within seconds and keeps what is done. Several \
      processes and machines may work on one folder: see docs/clusters.md.
      """,
      examples: [
        "Try everything on SYNTHETIC speech; takes a few minutes.":
          "reprise run --profile quick --out runs/reproduce",
        "Resume a run, or draw the report of a finished one.":
          "reprise run runs/reproduce",
        "Train on your corpus.":
          "reprise run --corpus ravdess=/data/ravdess --out runs/ravdess",
        "Train on the frames of another program.":
          "reprise run frames.yaml --corpus savee=/data/savee --frames savee=frames",
        "See hours, memory and disk first; trains nothing.":
          "reprise run --corpus ravdess=/data/ravdess --out runs/ravdess --plan",
        "Print one JSON event a line, for other programs.":
          "reprise run runs/reproduce --json",
      ]))

  @Argument(
    help: "An experiment file (YAML; docs/settings.md lists its keys) or the folder of a run.")
  var experiment: String?
  @Option(
    help: ArgumentHelp("A corpus and its folder or manifest. Repeatable.", valueName: "name=path"))
  var corpus: [String] = []
  @Option(
    help: ArgumentHelp(
      "The folder of a pretrained network, for variants with model.backbone: pretrained.",
      valueName: "folder"))
  var backbone: String?
  @Option(
    help: ArgumentHelp(
      """
      A corpus and its frames from another program, for variants with model.backbone: frames: a \
      folder of ID.npy files, or one .safetensors file (docs/frames.md). Repeatable.
      """, valueName: "name=path"))
  var frames: [String] = []
  @Option(
    help: ArgumentHelp(
      """
      Where to keep the frames that a pretrained network computes; RUN/frames by default. Runs may \
      share one folder.
      """, valueName: "folder"))
  var cache: String?
  @Option(
    help: ArgumentHelp(
      """
      How many GB of frames of mixtures to keep there; 20 by default, 0 with a GPU. Others are \
      computed each time.
      """, valueName: "gb"))
  var mixtureCache: Double?
  @Option(help: "Seeds, such as 1,2,3.")
  var seeds: NumberList?
  @Option(help: "Folds, counted from 1, such as 1,2; all by default.")
  var folds: NumberList?
  @OptionGroup var work: CapacityOptions
  @Option(help: ArgumentHelp("The folder of the run; runs/NAME by default.", valueName: "folder"))
  var out: String?
  @Option(help: "The settings to start from.")
  var profile: Profile?
  @Flag(help: "Go on although the corpus differs from its published counts.")
  var allowIncomplete = false
  @Option(
    help: ArgumentHelp("A kind of leak that does not stop the run. Repeatable.", valueName: "leak"))
  var allowLeak: [AuditAllowance] = []
  @Flag(help: "Print what the run would take: cells, hours, memory, disk. Train nothing.")
  var plan = false
  @Flag(help: "Check the corpora and make the run's folder, for `reprise slurm`. Train nothing.")
  var noStart = false
  @Flag(help: "Do the work that cells share, for `reprise cell`. Train nothing.")
  var prepare = false
  @Flag(help: "Try failed cells again.")
  var retryFailed = false
  @Flag(
    help: """
      Train all cells anew, after the sound or the program has changed. The old cells stay in the \
      folder.
      """)
  var retrain = false
  @Flag(help: "Read every clip again, even if its size and time are unchanged.")
  var rehash = false
  @OptionGroup var output: ProgressOptions
  @Flag(
    help: """
      Print events as JSON on standard output, one a line (docs/events.md); with --plan the plan.
      """)
  var json = false

  func validate() throws {
    if let mixtureCache, !(0...1e6).contains(mixtureCache) {
      throw ValidationError("--mixture-cache \(mixtureCache): expected 0 to 1000000 GB")
    }
    guard [plan, noStart, prepare].count(where: { $0 }) <= 1 else {
      throw ValidationError("--plan, --no-start and --prepare exclude each other: give one of them")
    }
    if let experiment, isRun(experiment), let out, absolutePath(out) != absolutePath(experiment) {
      throw ValidationError(
        "--out \(out): \(experiment) is the folder of a run, which cannot move; give the "
          + "experiment file to begin a run in another folder")
    }
  }

  func run() throws {
    let progress = Progress(output, events: json && !plan)
    for folder in [experiment, out].compactMap(\.self) { try requireTrained(folder) }
    let run: ExperimentRun
    switch try opened(progress) {
    case .toDo(let opened): run = opened
    case .record(let record):
      return try tellResults(record.results(), of: record, [], progress)
    }
    // Where training starts, its audit does this.
    if plan || noStart { try run.requireEqualCopies(threads: work.cores) }
    for warning in try run.inputWarnings() { complain("warning: \(warning)") }
    if plan { return try tellPlan(of: run) }
    if noStart || prepare {
      try run.layOut(retryFailed: retryFailed, retrain: retrain)
      if prepare { try run.prepare(threads: work.cores) { progress.watch($0) } }
      return try tellPrepared(
        PreparedEvent(
          folder: run.folder, cells: run.trainings().count, open: run.pending().count), progress)
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

  private func tellPrepared(_ event: PreparedEvent, _ progress: Progress) throws {
    try progress.finish()
    if json {
      try progress.tellEvent(event)
    } else if !output.quiet {
      try tell("\(event.folder): \(event.open) of \(event.cells) cells to train")
    }
  }

  /// Draws the report, and prints what the run came to.
  private func tellResults(
    _ results: [CorpusResult], of record: RecordedRun,
    _ failures: [(cell: Cell, reason: String)], _ progress: Progress
  ) throws {
    let report = try RunReport(of: record, results)
    progress.say("drawing the report")
    let content = try report.content()
    let written = try report.write(content)
    try progress.finish()
    if json {
      try progress.tellEvent(
        ResultsEvent(
          folder: record.folder, report: written, findings: content.findings,
          results: ResultsDocument(results, run: record)))
    } else if !output.quiet {
      try tell(RunSummary(run: record, content: content, failedCells: failures.count).text)
    }
    if !failures.isEmpty { throw FailedCells() }
  }

  /// An experiment to work on, or a finished run whose corpora are gone.
  private enum Opened {
    case toDo(ExperimentRun)
    case record(RecordedRun)
  }

  /// The run of a folder that is one, or of an experiment.
  private func opened(_ progress: Progress) throws -> Opened {
    if let experiment, isRun(experiment) {
      guard seeds == nil, folds == nil, profile == nil, backbone == nil else {
        throw ValidationError(
          "\(experiment) is the folder of a run, whose settings cannot change; give the experiment "
            + "file and another --out, or leave out --seeds, --folds, --profile and --backbone")
      }
      return try continued(experiment, progress)
    }
    let (settings, folder) = try settings(progress)
    return .toDo(try opened(settings, folder, progress))
  }

  /// A run that was begun. It needs its corpora while cells are left to train.
  private func continued(_ folder: String, _ progress: Progress) throws -> Opened {
    var settings = try ExperimentSettings(ofRun: folder)
    for choice in try corpus.map({ try corpusChoice($0) }) {
      guard let index = settings.corpora.firstIndex(where: { $0.name == choice.name }) else {
        throw ValidationError(
          "--corpus \(choice.name)=…: the run has no such corpus; it has "
            + settings.corpora.map(\.name).joined(separator: ", "))
      }
      settings.corpora[index].path = choice.path
    }
    let moved = try frameChoices(frames, of: settings)
    settings.moveFrames { name in moved.last { $0.name == name }?.path }
    let gone = settings.corpora.first {
      $0.path.map { !FileManager.default.fileExists(atPath: $0) } ?? true
    }
    let lost = settings.frames?.compactMap(\.path).first {
      !FileManager.default.fileExists(atPath: $0)
    }
    if gone == nil, let lost, frames.isEmpty, let record = try finished(folder) {
      complain(
        "the frames are not at \(lost); every cell is finished, so the report is drawn from the "
          + "run's folder alone")
      return .record(record)
    }
    guard let gone else { return .toDo(try opened(settings, folder, progress)) }
    let record = try RecordedRun(readingFolder: folder)
    let corpus = record.corpus(gone.name)
    let missing = RunError.missingCorpus(
      run: folder, corpus: gone.name, title: corpus?.title ?? gone.name,
      path: gone.path ?? corpus?.path ?? "")
    let isNamed = try self.corpus.map { try corpusChoice($0) }.contains { $0.name == gone.name }
    guard !isNamed, try finished(folder) != nil else { throw missing }
    complain(
      "\(corpus?.title ?? gone.name) is not at \(gone.path ?? ""); every cell is finished, so the "
        + "report is drawn from the run's folder alone")
    return .record(record)
  }

  /// The record of a run whose cells are all finished, if nothing but its report is wanted.
  private func finished(_ folder: String) throws -> RecordedRun? {
    let record = try RecordedRun(readingFolder: folder)
    guard !plan, !noStart, !prepare, !retrain, try record.pending().isEmpty,
      record.failures().isEmpty
    else { return nil }
    return record
  }

  private func opened(
    _ settings: ExperimentSettings, _ folder: String, _ progress: Progress
  ) throws -> ExperimentRun {
    var reading = SoundReading(index: folder + "/cache")
    (reading.distrustsIndex, reading.threads) = (rehash, work.cores)
    reading.preparesFeatures = !noStart
    reading.watch = { progress.watch(.hashing(corpus: $0, done: $1, total: $2)) }
    return try ExperimentRun(
      settings, folder: folder, sound: plan ? nil : reading, frames: cache.map(absolutePath),
      mixtureBudget: mixtureCache.map { Int($0 * 1e9) })
  }

  private func tellPlan(of run: ExperimentRun) throws {
    let plan = try run.plan()
    try tell(json ? String(decoding: canonicalJSON(plan, pretty: true), as: UTF8.self) : plan.text)
  }

  /// The experiment with what the command line changes, and the run's folder.
  private func settings(_ progress: Progress) throws -> (ExperimentSettings, String) {
    let known = CorpusDefinition.registered.map {
      KnownCorpus(name: $0.id, folds: $0.usualFolds.folds.count)
    }
    var settings =
      try experiment.map {
        try ExperimentSettings(readingFile: $0, profile: profile, known: known)
      } ?? ExperimentSettings(profile: profile ?? (corpus.isEmpty ? .quick : .standard))
    try settings.override(
      corpora: corpus.isEmpty ? nil : try corpus.map { try corpusChoice($0) }, seeds: seeds?.values,
      folds: folds?.values, known: known)
    settings.backbone = (backbone ?? settings.backbone).map(absolutePath)
    let given = try frames.map { try corpusChoice($0, example: "ravdess=/data/frames") }
    // Corpora of the command line replace those of the file, and so do their frames.
    let others = (settings.frames ?? []).filter { place in
      !given.contains { $0.name == place.name }
        && (corpus.isEmpty || settings.corpora.contains { $0.name == place.name })
    }.map { ExperimentSettings.CorpusChoice(name: $0.name, path: $0.path.map(absolutePath)) }
    settings.frames = others.isEmpty && given.isEmpty ? nil : others + given
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
      progress.say("making SYNTHETIC corpora")
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

/// The seed of the stand-ins that `run` makes.
enum StandInsSeed { static let `default`: UInt64 = 1 }

/// Takes the values of `--frames` for a run that has frames apart.
func frameChoices(
  _ texts: [String], of experiment: ExperimentSettings
) throws -> [ExperimentSettings.CorpusChoice] {
  let choices = try texts.map { try corpusChoice($0, example: "ravdess=/data/frames") }
  let known = (experiment.frames ?? []).map(\.name)
  for choice in choices where !known.contains(choice.name) {
    throw ValidationError(
      "--frames \(choice.name)=…: the run has no frames of this corpus; it has "
        + (known.isEmpty ? "none" : "those of " + known.joined(separator: ", ")))
  }
  return choices
}

/// Takes `NAME=PATH` apart.
func corpusChoice(
  _ text: String, example: String = "ravdess=/data/ravdess"
) throws -> ExperimentSettings.CorpusChoice {
  guard let equals = text.firstIndex(of: "=") else {
    throw ValidationError("\(text): expected NAME=PATH, such as \(example)")
  }
  let path = String(text[text.index(after: equals)...])
  guard !path.isEmpty else {
    throw ValidationError(
      "\(text): expected NAME=PATH, found no path after the =; such as \(example)")
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
