// `reprise corpora`: what a corpus holds, and stand-ins for those who have none.
import ArgumentParser
import Corpora
import Files
import Foundation
import StandIns

struct CorporaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpora", abstract: "List, inspect or synthesize corpora.",
    subcommands: [ListCommand.self, InspectCommand.self, SynthesizeCommand.self])

  struct CorpusOptions: ParsableArguments {
    @Argument(help: "NAME=PATH; the names: iemocap, msp-improv, ravdess, savee.")
    var corpus: CorpusArgument
    @Option(help: "The fold list for RAVDESS: emobox or contiguous.")
    var ravdessFolds: FoldList = .emobox

    func read() throws -> Corpus {
      try Corpus.read(corpus.name, at: corpus.path, ravdessFolds: ravdessFolds)
    }
  }

  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "One row per used utterance, sorted by id.")

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
    }
  }

  struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Counts beside the published ones; what was left out, and why.")

    @OptionGroup var options: CorpusOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      let inspection = CorpusInspection(try options.read())
      try tell(
        json
          ? String(decoding: canonicalJSON(inspection, pretty: true), as: UTF8.self)
          : inspection.table)
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
        try tell("SYNTHETIC \(written.corpus.rawValue)=\(written.path)")
      }
    }
  }
}

extension FoldList: ExpressibleByArgument {}
