// Kind: end to end. `reprise verify`: its table, JSON and JUnit, and the exit code of its verdict.
import Foundation
import FoundationXML
import Testing

/// The fixtures of the repository.
private let golden = packageRoot + "/golden"

@Suite(.timeLimit(.minutes(30))) struct `Verifying` {
  @Test func `prints a row per fixture and exits with 0`() throws {
    try withFolder { folder in
      let output = try reprise("verify", "--golden", golden, "--junit", "junit.xml", in: folder)
      #expect(output.code == 0 && output.standardError.isEmpty, "\(output.standardOutput)")
      let lines = output.standardOutput.split(separator: "\n")
      let passed = lines.filter { $0.hasSuffix("  passed") }.count
      #expect(passed == lines.count - 2 && passed > 10)
      #expect(lines.last?.hasPrefix("\(passed) of \(passed) fixtures passed: ") == true)
      let junit = try XMLDocument(data: bytes(folder + "/junit.xml"))
      #expect(try junit.nodes(forXPath: "//testsuite").count == passed)
      #expect(try junit.nodes(forXPath: "//testcase").count > 3 * passed)
      #expect(try junit.nodes(forXPath: "//failure").isEmpty)
    }
  }

  @Test func `prints every array as JSON`() throws {
    let output = try reprise("verify", "--golden", golden, "--only", "losses", "--json")
    #expect(output.code == 0)
    let result = try #require(
      JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8)) as? [String: Any])
    let fixtures = try #require(result["fixtures"] as? [[String: Any]])
    #expect(result["passed"] as? Bool == true && fixtures.count == 1)
    let arrays = try #require(fixtures[0]["arrays"] as? [[String: Any]])
    #expect(arrays.count > 20)
    for key in [
      "name", "shape", "absolute_error", "relative_error", "ulp_error", "worst", "used", "reason",
    ] {
      #expect(arrays.allSatisfy { $0[key] != nil }, "\(key)")
    }
  }

  @Test func `exits with 1 for a fixture that was changed, and names it`() throws {
    try withFolder { folder in
      try copy(golden + "/losses", to: folder + "/losses")
      let file = folder + "/losses/arrays.safetensors"
      var data = try bytes(file)
      data[data.count - 1] ^= 0x10
      try write(data, to: file)
      let output = try reprise(
        "verify", "--golden", folder, "--only", "losses", "--junit", folder + "/junit.xml")
      #expect(output.code == 1)
      #expect(output.standardOutput.contains("was changed: expected SHA-256"))
      #expect(output.standardOutput.hasSuffix("0 of 1 fixtures passed: 0 arrays, 0 numbers\n"))
      let junit = try XMLDocument(data: bytes(folder + "/junit.xml"))
      #expect(try junit.nodes(forXPath: "//failure").count == 1)
    }
  }

  @Test func `exits with 1 for what is missing or unknown`() throws {
    try withFolder { folder in
      let empty = try reprise("verify", "--golden", folder)
      #expect(empty.code == 1 && empty.standardOutput.contains("no fixtures found"))
      let unknown = try reprise("verify", "--golden", golden, "--only", "lossses")
      #expect(unknown.code == 1)
      #expect(
        unknown.standardOutput.contains(
          "no check reads a fixture named lossses; expected one of "))
      try copy(golden + "/losses", to: folder + "/losses")
      let missing = try reprise("verify", "--golden", folder)
      #expect(missing.code == 1 && missing.standardOutput.contains("is missing; make it with"))
      #expect(missing.standardOutput.contains("\n1 of "))
    }
  }
}
