// `reprise verify`: compares the program's numbers with the golden fixtures.
import ArgumentParser
import Conformance
import Devices
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
  @Option(
    help: ArgumentHelp(
      """
      Check what this device computes instead of the CPU: gpu, gpu:N, or cpu for the CPU in the \
      place of a GPU (docs/gpu.md).
      """, valueName: "device"))
  var device: DeviceChoice?
  @Flag(help: "Print every array as JSON.")
  var json = false
  @Option(help: ArgumentHelp("Also write the result as JUnit XML.", valueName: "file"))
  var junit: String?

  func run() throws {
    let device = try device.map { try Device.open($0, mirrored: true) }
    let tensorCores = try self.device.map { try Device.open($0) }
    let checks: [Check]
    if let device, let tensorCores {
      checks = deviceChecks(on: device, tensorCores: tensorCores)
    } else {
      checks = allChecks
    }
    let verification = try Verification(
      folder: golden ?? DataHome.ofThisProcess.requireGolden(), checks: checks,
      only: only.isEmpty && device != nil ? checks.map(\.fixture) : only,
      threads: device == nil ? ProcessInfo.processInfo.activeProcessorCount : 1)
    if let junit { try Data(verification.junit.utf8).writeAtomically(to: junit) }
    if json {
      try tell(String(decoding: canonicalJSON(verification, pretty: true), as: UTF8.self))
    } else {
      try tell(verification.text)
    }
    var passed = verification.passed
    if let device {
      // The CPU in the place of a GPU would take minutes, and tests launch these kernels there.
      if only.isEmpty, !device.facts.isStandIn { try launchLargeKernels(on: device) }
      let agreements = device.agreements
      if !json { try tell("\n" + Self.text(agreements, of: device)) }
      passed = passed && agreements.allSatisfy { $0.other == 0 }
    }
    if !passed { throw FailedVerification() }
  }

  /// A line for each kernel: how many of its numbers have other bits on the CPU.
  static func text(_ agreements: [KernelAgreement], of device: Device) -> String {
    let other =
      device.facts.isStandIn
      ? "the CPU with the items of each group in the other order" : "the CPU in its place"
    let lines = agreements.map {
      "\($0.other == 0 ? "ok  " : "FAIL")  \($0.kernel): \($0.other) of \($0.numbers) numbers of "
        + "other bits in \($0.launches) launches"
    }
    return (["\(device.name) beside \(other):"] + lines).joined(separator: "\n")
  }
}
