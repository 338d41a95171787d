// `reprise score`: the predictions of any program, judged like a run.
import ArgumentParser
import Corpora
import Evaluation
import Experiments
import Files
import Foundation
import Judging
import ReportAssembly
import Reporting
import Runs
import Scoring
import Settings

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score the predictions of any program, and draw a report.",
    discussion: help(
      """
      A file has a row for each utterance: its id and the predicted class. It may also have the \
      true class, speaker, fold, seed, and a probability (p_CLASS) or a logit (logit_CLASS) for \
      each class. The command reads CSV, TSV, JSON lines and plain lines "id class". An id may be \
      the name of a sound file. Columns are recognised by their names.

      Files with the same utterances are seeds 1, 2 and so on. Files of separate folds make one \
      seed together. One --name for each file scores several systems.

      The command writes the folder of a run. report, explain, compare, check and baseline record \
      read it like any other run.
      """,
      examples: [
        "Score a file beside the recorded results on RAVDESS.":
          "reprise score /data/mine.csv --protocol ravdess",
        "Score two seeds of one system by a corpus of your own.":
          "reprise score /data/1.csv /data/2.csv --protocol savee=/data/SAVEE",
      ]))

  @Argument(help: ArgumentHelp("Files of predictions.", valueName: "predictions"))
  var files: [String]
  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp(
      "A corpus as NAME=PATH, a file of `reprise protocol export`, or ravdess or savee.",
      valueName: "protocol"))
  var protocolName: String
  @Option(help: "The system's name; may be repeated, once for each file.")
  var name: [String] = []
  @Option(help: "The folder to write; runs/NAME by default.")
  var out: String?
  @Option(help: "Spellings of classes: hap=happy,ang=angry, or a file of lines \"hap: happy\".")
  var labels: String?
  @Option(help: "The column of ids.") var idColumn: String?
  @Option(help: "The column of predicted classes.") var predictionColumn: String?
  @Option(help: "The column of true classes.") var truthColumn: String?
  @Option(help: "The column of speakers.") var speakerColumn: String?
  @Option(help: "The column of folds.") var foldColumn: String?
  @Option(help: "The column of seeds.") var seedColumn: String?
  @Flag(help: "Columns that are called like classes hold logits.") var logits = false
  @OptionGroup var folds: FoldOptions
  @Flag(help: "Score what is there although utterances are missing; everything says INCOMPLETE.")
  var allowMissing = false
  @Flag(help: "Draw no report.")
  var noReport = false
  @Flag(help: "Print results as JSON.")
  var json = false

  func run() throws {
    let frozen = try protocolFile(protocolName, folds.settings)
    var request = ScoreRequest(files: files, names: name)
    request.labels = try labels.map(LabelSpelling.parsing) ?? []
    request.allowMissing = allowMissing
    request.columns.id = idColumn
    request.columns.prediction = predictionColumn
    request.columns.truth = truthColumn
    request.columns.speaker = speakerColumn
    request.columns.fold = foldColumn
    request.columns.seed = seedColumn
    request.columns.hasLogits = logits
    let scored = try ScoredSystems(request, frozen)
    let title = scored.systems.map(\.name).first ?? "scored"
    let folder = out ?? "runs/" + title
    var fresh: [CorpusResult]?
    let name = (folder as NSString).lastPathComponent
    let run = try scored.write(to: folder, name: name) { run, results in
      fresh = results
      try ResultsDocument(results, run: run).record(in: run.folder)
      try RunReferences(for: run, results, in: baselinesFolder()).record(in: run)
    }
    try tellResults(of: run, noReport ? fresh : nil, scored.remarks)
  }

  /// Draws the report, and prints what the predictions came to.
  ///
  /// - Parameter known: the results, if they need not be read again.
  private func tellResults(
    of run: RecordedRun, _ known: [CorpusResult]?, _ remarks: [String]
  ) throws {
    // The document needs the folders of the cells where they are now.
    let results = try (json ? nil : known) ?? run.results()
    let report = try RunReport(of: run, results)
    let content = noReport && !json ? nil : try report.content()
    if let content, !noReport { _ = try report.write(content) }
    guard !json else {
      let document = AnsweredResults(
        results: ResultsDocument(results, run: run), findings: content?.findings ?? [])
      return try tell(String(decoding: canonicalJSON(document, pretty: true), as: UTF8.self))
    }
    let summary =
      content.map { RunSummary(run: run, content: $0, failedCells: 0).text }
      ?? lines(results).joined(separator: "\n")
    let protocols = results.map { "Protocol: \($0.signature.text)" }
    try tell((remarks + protocols + ["", summary]).joined(separator: "\n"))
  }

  /// The scores without intervals, one line for each system.
  private func lines(_ results: [CorpusResult]) -> [String] {
    results.flatMap { result in
      result.variants.map { variant in
        func share(_ metric: Metric) -> String {
          variant.summary.pooled(metric).map { fixed(100 * $0.mean, digits: 1) } ?? "–"
        }
        return "\(result.corpus.title)  \(variant.name)  WA \(share(.accuracy)) %  "
          + "UA \(share(.unweightedAverageRecall)) %  pooled, "
          + "\(variant.summary.completeSeeds.count) of \(variant.summary.expectedSeeds.count) seeds"
          + (result.corpus.isIncomplete ? "  INCOMPLETE" : "")
      }
    }
  }
}

struct ProtocolCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocol", abstract: "Freeze the protocol of a corpus to one small file.",
    discussion: help(
      examples: [
        "Freeze the protocol of a corpus.":
          "reprise protocol export savee=/data/SAVEE > savee.protocol.json"
      ]),
    subcommands: [ExportCommand.self])

  struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Print ids, labels, speakers and folds of a corpus as JSON, without sound.",
      discussion: help(
        """
        `reprise score --protocol FILE` then needs no corpus. Scores with the file have the \
        fingerprint of the corpus itself.
        """,
        examples: [
          "Freeze the protocol of RAVDESS.":
            "reprise protocol export ravdess=/data/ravdess > ravdess.protocol.json",
          "Freeze that of SAVEE.":
            "reprise protocol export savee=/data/SAVEE > savee.protocol.json",
        ]))

    @Argument(
      help: ArgumentHelp(
        "A corpus and its folder, such as savee=/data/SAVEE.", valueName: "name=path"))
    var corpus: String
    @OptionGroup var folds: FoldOptions

    func run() throws {
      let frozen = ProtocolFile(of: try protocolFile(corpus, folds.settings).corpus)
      try tell(String(decoding: frozen.data(), as: UTF8.self), terminator: "")
    }
  }
}

/// The protocol that the user named: a corpus, a file, or one that the program brings along.
private func protocolFile(
  _ name: String, _ settings: ProtocolSettings
) throws -> ProtocolFile {
  if !FileManager.default.fileExists(atPath: name), name.contains("=") {
    let choice = try corpusChoice(name)
    let corpus = try Corpus.read(
      named: choice.name, at: choice.path ?? "", preferring: settings.foldList(of: choice.name))
    for warning in corpus.warnings { complain(warning) }
    return ProtocolFile(of: CorpusFacts(corpus), at: corpus.root)
  }
  if FileManager.default.fileExists(atPath: name) { return try ProtocolFile(readingFile: name) }
  let own = baselinesFolder() + "/protocols/" + name + ProtocolFile.suffix
  guard FileManager.default.fileExists(atPath: own) else {
    throw ScoreError(
      name, "is neither NAME=PATH nor a protocol file",
      remedy: "give for example ravdess=/data/ravdess, ravdess\(ProtocolFile.suffix), or ravdess")
  }
  return try ProtocolFile(readingFile: own)
}
