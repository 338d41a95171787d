// `reprise corpora`: what a corpus holds, whether its division is sound, and stand-ins for those who
// have none.
import ArgumentParser
import Audits
import Corpora
import Files
import Foundation
import Settings
import StandIns

struct CorporaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpora", abstract: "List, inspect, audit or synthesize corpora.",
    subcommands: [
      ListCommand.self, InspectCommand.self, AuditCommand.self, SynthesizeCommand.self,
    ])

  struct CorpusOptions: ParsableArguments {
    @Argument(
      help:
        "NAME=PATH; the names: \(CorpusDefinition.registered.map(\.id).joined(separator: ", ")).")
    var corpus: CorpusArgument
    @Option(help: "The fold list for RAVDESS: emobox or contiguous.")
    var ravdessFolds = ProtocolSettings.RAVDESSFolds.emobox

    @Flag(help: "Exit with 1 if the corpus is INCOMPLETE.")
    var strict = false

    /// Reads the corpus, and says on standard error if it is not what it should be.
    func read() throws -> Corpus {
      let read = try Corpus.read(
        corpus.definition, at: corpus.path,
        folds: corpus.definition.folds(preferring: ravdessFolds.rawValue))
      if let warning = read.warning { complain(warning) }
      return read
    }

    /// Throws for an incomplete corpus, if such a one shall not pass.
    func require(_ corpus: Corpus) throws {
      if strict, corpus.isIncomplete { throw IncompleteCorpus() }
    }
  }

  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "One row per used utterance, sorted by id.",
      discussion: """
        Opens no sound. An INCOMPLETE corpus is said on standard error, and in JSON by the key \
        is_incomplete of every row. \(exitCodes)
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

    @OptionGroup var options: CorpusOptions
    @Option(help: "csv or json.")
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
          "\(corpus.root): \(count) \(count == 1 ? "id has" : "ids have") several files, of which the "
            + "first in byte order is listed; `reprise corpora inspect` compares their sound")
      }
      try options.require(corpus)
    }
  }

  struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Counts beside the published ones; what was left out, and why.",
      discussion: """
        Opens sound only where several files have one id: they must hold the same samples. An INCOMPLETE \
        corpus is said on standard error too, and in JSON by the key is_incomplete. \(exitCodes)
        """)

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
      discussion: """
        Reads every recording once. Exits with 0 if nothing leaks or what leaks is allowed, with 1 if \
        something leaks, with 2 if the corpus cannot be read or two files of one id hold different sound. \
        An INCOMPLETE corpus has not passed, for what is missing may leak: it is said on standard error, and \
        with --strict the exit code is 1.
        """)

    @OptionGroup var options: CorpusOptions
    @Option(
      help: """
        A kind of finding that shall not fail the audit: speaker-overlap, session-overlap, \
        exact-duplicates or near-duplicates; may be repeated.
        """)
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

  struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "synthesize",
      abstract: "Write the four SYNTHETIC stand-in corpora in their genuine layouts.")

    @Argument(help: "The folder to write them into.")
    var directory: String
    @Option(help: "The seed; the same one gives the same bytes.")
    var seed: UInt64 = StandInsSeed.default

    func run() throws {
      for written in try StandIns.write(to: directory, seed: seed) {
        try tell("SYNTHETIC \(written.corpus.id)=\(written.path)")
      }
    }
  }
}

extension ProtocolSettings.RAVDESSFolds: ExpressibleByArgument {}

extension AuditAllowance: ExpressibleByArgument {}

/// The exit codes of the commands that look at a corpus without an audit.
private let exitCodes =
  "Exits with 0, also if the corpus is INCOMPLETE, unless --strict is given: then with 1. Exits with 2 if "
  + "the corpus cannot be read."
