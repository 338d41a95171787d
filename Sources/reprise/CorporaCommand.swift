// `reprise corpora`: what a corpus holds, whether it leaks, and SYNTHETIC corpora to try things on.
import ArgumentParser
import Audits
import Corpora
import Files
import Foundation
import Settings
import StandIns

struct CorporaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpora", abstract: "List, inspect, audit, import or synthesize corpora.",
    discussion: help(examples: [
      "Compare a corpus with its published counts.":
        "reprise corpora inspect ravdess=/data/ravdess",
      "Look at your own corpus: see docs/manifests.md.":
        "reprise corpora inspect mine=/data/mine/manifest.csv",
      "Write SYNTHETIC corpora to try things on.":
        "reprise corpora synthesize stand-ins",
    ]),
    subcommands: [
      ListCommand.self, InspectCommand.self, AuditCommand.self, ImportCommand.self,
      SynthesizeCommand.self,
    ])

  struct CorpusOptions: ParsableArguments {
    @Argument(
      help: ArgumentHelp(
        """
        A corpus and its folder. Names: \
        \(CorpusDefinition.registered.map(\.id).joined(separator: ", ")); \
        any other with a manifest.
        """, valueName: "name=path"))
    var corpus: CorpusArgument
    @OptionGroup var folds: FoldOptions

    @Flag(help: "Exit with code 1 if the corpus is INCOMPLETE.")
    var strict = false

    /// Reads the corpus and warns on standard error if it is incomplete.
    func read() throws -> Corpus {
      let read = try Corpus.read(
        named: corpus.name, at: corpus.path,
        preferring: folds.settings.foldList(of: corpus.name))
      for warning in read.warnings { complain(warning) }
      return read
    }

    /// Throws for an incomplete corpus if `--strict` was given.
    func require(_ corpus: Corpus) throws {
      if strict, corpus.isIncomplete { throw IncompleteCorpus() }
    }
  }

  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the utterances of a corpus, sorted by id.",
      discussion: help(
        """
        Opens no sound. Warns on standard error if the corpus is INCOMPLETE; in JSON every row has \
        the key is_incomplete. \(exitCodes)
        """,
        examples: [
          "Write a table of id, label, speaker, session, fold and path.":
            "reprise corpora list ravdess=/data/ravdess > ravdess.csv"
        ]))

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

    @OptionGroup var options: CorpusOptions
    @Option(help: "The form of the list.")
    var format: Format = .csv

    func run() throws {
      let corpus = try options.read()
      switch format {
      case .csv: try tell(corpus.csv, terminator: "")
      case .json: try tell(String(decoding: corpus.json(), as: UTF8.self))
      }
      if !corpus.copies.isEmpty {
        let count = corpus.copies.count
        complain(
          "\(corpus.root): \(count) \(count == 1 ? "id has" : "ids have") several files; the first "
            + "in byte order is listed. `reprise corpora inspect` compares their sound")
      }
      try options.require(corpus)
    }
  }

  struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Compare a corpus with its published counts, and list what was left out.",
      discussion: help(
        """
        Opens sound only where several files have one id, which must hold the same samples. Warns \
        on standard error if the corpus is INCOMPLETE; JSON has the key is_incomplete. \(exitCodes)
        """,
        examples: [
          "Check your copy of RAVDESS.":
            "reprise corpora inspect ravdess=/data/ravdess",
          "Look at a SYNTHETIC corpus.":
            "reprise corpora inspect savee=runs/reproduce/stand-ins/savee",
        ]))

    @OptionGroup var options: CorpusOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let corpus = try options.read()
      let inspection = CorpusInspection(corpus, copies: try compareCopies(of: corpus))
      try tell(
        json
          ? String(decoding: canonicalJSON(inspection, pretty: true), as: UTF8.self)
          : inspection.table)
      try options.require(corpus)
    }
  }

  struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "audit",
      abstract: "Look for leaks between training and test: speakers, duplicates, texts.",
      discussion: help(
        """
        Reads every recording once. Exit codes: 0 no leak, or only allowed ones; 1 a leak; 2 the \
        corpus cannot be read, or two files of one id hold different sound. What an INCOMPLETE \
        corpus lacks is not checked: a warning says so, and --strict turns it into exit code 1.
        """,
        examples: [
          "Audit your copy of RAVDESS.":
            "reprise corpora audit ravdess=/data/ravdess",
          "Let near duplicates pass.":
            "reprise corpora audit ravdess=/data/ravdess --allow near-duplicates",
        ]))

    @OptionGroup var options: CorpusOptions
    @Option(
      help: ArgumentHelp(
        "A kind of leak that does not fail the audit. Repeatable.", valueName: "leak"))
    var allow: [AuditAllowance] = []
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let corpus = try options.read()
      let audit = try Audits.audit(of: corpus, allowing: Set(allow))
      try tell(
        json ? String(decoding: canonicalJSON(audit, pretty: true), as: UTF8.self) : audit.text,
        terminator: json ? "\n" : "")
      if !audit.leaks.isEmpty { throw FailedAudit() }
      try options.require(corpus)
    }
  }

  struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Write the manifest of a corpus from the lists of another program.",
      discussion: help(
        """
        Prints CSV with the columns of docs/manifests.md. Opens no sound. Exit codes: 0 the \
        manifest was written; 2 a list cannot be read.
        """,
        examples: [
          "From EmoBox's fold lists.":
            "reprise corpora import emobox /data/emodb/*.jsonl > manifest.csv",
          "From nkululeko's lists.":
            "reprise corpora import nkululeko /data/emovo.csv > manifest.csv",
        ]))

    @Argument(help: "emobox, audformat or nkululeko.")
    var format: ManifestFormat
    @Argument(help: "The lists.")
    var files: [String]
    @Option(help: "The column with the label, in CSV tables.")
    var label = "emotion"
    @Option(
      help: "A folder to put before relative paths; the manifest's folder is the starting point.")
    var root: String?

    func run() throws {
      try tell(
        try importedManifest(format, files, label: label, root: root), terminator: "")
    }
  }

  struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "synthesize",
      abstract: "Write four SYNTHETIC corpora, laid out like the real ones.",
      discussion: help(
        "They let you try everything without a corpus. Results on them mean nothing.",
        examples: [
          "Write the four corpora into a folder.":
            "reprise corpora synthesize stand-ins"
        ]))

    @Argument(help: "The folder to write them into.")
    var directory: String
    @Option(help: "The seed. The same seed gives the same bytes.")
    var seed: UInt64 = StandInsSeed.default

    func run() throws {
      for written in try StandIns.write(to: directory, seed: seed) {
        try tell("SYNTHETIC \(written.corpus.id)=\(written.path)")
      }
    }
  }
}

/// The fold lists of corpora that have several.
struct FoldOptions: ParsableArguments {
  @Option(help: "The list of folds for RAVDESS.")
  var ravdessFolds = ProtocolSettings.RAVDESSFolds.emobox
  @Option(help: "The list of folds for MSP-IMPROV.")
  var mspImprovFolds = ProtocolSettings.MSPIMPROVFolds.session

  /// The protocol with these lists.
  var settings: ProtocolSettings {
    var settings = ProtocolSettings()
    settings.ravdessFolds = ravdessFolds
    settings.mspImprovFolds = mspImprovFolds
    return settings
  }
}

extension ProtocolSettings.RAVDESSFolds: ExpressibleByArgument {}

extension ProtocolSettings.MSPIMPROVFolds: ExpressibleByArgument {}

extension AuditAllowance: ExpressibleByArgument {}

extension ManifestFormat: ExpressibleByArgument {}

/// The exit codes of the commands that look at a corpus without an audit.
private let exitCodes =
  "Exit codes: 0 the corpus was read; 1 it is INCOMPLETE and --strict was given; 2 it cannot be "
  + "read."
