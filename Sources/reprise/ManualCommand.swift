// `reprise manual`: the man pages, for whoever installs or packages the program.
import ArgumentParser
import BuildStamp
import Files
import Foundation

struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Write the man pages into a folder.",
    discussion: help(
      "Writes one page for the program and one for each command, from the texts of --help.",
      examples: ["Write the pages, then read one.": "reprise manual man && man man/reprise-run.1"]),
    shouldDisplay: false)

  @Argument(help: "The folder to write; made if it does not exist.")
  var folder: String

  func run() throws {
    let described = try JSONDecoder().decode(
      DescribedProgram.self, from: Data(Reprise._dumpHelp().utf8))
    try makeFolder(folder)
    for (name, text) in described.command.manualPages(version: releaseVersion) {
      try Data(text.utf8).writeAtomically(to: "\(folder)/\(name).1")
    }
  }
}

/// What ArgumentParser tells of a program: the texts of its help.
struct DescribedProgram: Decodable {
  let command: DescribedCommand
}

struct DescribedCommand: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool?
  let subcommands: [DescribedCommand]?
  let arguments: [DescribedArgument]?

  /// Without hidden ones and ArgumentParser's own `help`.
  var shownCommands: [DescribedCommand] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  var shownArguments: [DescribedArgument] {
    (arguments ?? []).filter { $0.shouldDisplay != false }
  }
}

struct DescribedArgument: Decodable {
  struct Name: Decodable {
    let kind: String
    let name: String

    var text: String { (kind == "long" ? "--" : "-") + name }
  }

  let kind: String
  let abstract: String?
  let discussion: String?
  let valueName: String?
  let defaultValue: String?
  let allValues: [String]?
  let names: [Name]?
  let isOptional: Bool
  let isRepeating: Bool
  let shouldDisplay: Bool?
}
