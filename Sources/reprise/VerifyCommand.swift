// The command that holds the program's numerics to the golden fixtures.
import ArgumentParser
import Conformance
import Experiments
import Files
import Foundation
import Golden

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold the program's numbers to reference values of other libraries.",
    discussion: """
      One row per fixture: the array that uses most of its tolerance, and the greatest errors in it. \
      Exits with 0 only if every fixture passed, else with 1. golden/generate.py makes the fixtures.
      """)

  @Option(help: ArgumentHelp("The folder of the fixtures; golden/ by default.", valueName: "dir"))
  var golden: String?
  @Option(help: ArgumentHelp("Verify this fixture alone; may be repeated.", valueName: "name"))
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
