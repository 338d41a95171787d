// `reprise verify`: compares the program's numbers with the golden fixtures.
import ArgumentParser
import Conformance
import Experiments
import Files
import Foundation
import Golden

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compare the program's numbers with those of PyTorch, librosa and others.",
    discussion: help(
      """
      Prints a row for each fixture: the array that uses most of its tolerance, and the greatest \
      errors in it. Exit code 1 means that a fixture failed. golden/generate.py makes the fixtures.
      """,
      examples: [
        "Check all fixtures.":
          "reprise verify",
        "Check the loss functions alone.":
          "reprise verify --only losses",
      ]))

  @Option(
    help: ArgumentHelp("The folder of the fixtures; golden/ by default.", valueName: "folder"))
  var golden: String?
  @Option(help: ArgumentHelp("Check only this fixture. Repeatable.", valueName: "name"))
  var only: [String] = []
  @Flag(help: "Print every array as JSON.")
  var json = false
  @Option(help: ArgumentHelp("Also write the result as JUnit XML.", valueName: "file"))
  var junit: String?

  func run() throws {
    let verification = try Verification(
      folder: golden ?? DataHome.ofThisProcess.requireGolden(), checks: allChecks, only: only,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    if let junit { try Data(verification.junit.utf8).writeAtomically(to: junit) }
    if json {
      try tell(String(decoding: canonicalJSON(verification, pretty: true), as: UTF8.self))
    } else {
      try tell(verification.text)
    }
    if !verification.passed { throw FailedVerification() }
  }
}
