// By hand: a fixture of two times three numbers passes. Every possible fault fails with its own
// message, and nothing is skipped.
import Foundation
import Golden
import TestSupport
import Testing

private func verify(_ root: String, _ checks: [Check] = [doubling], only: [String] = [])
  -> Verification
{
  Verification(folder: root, checks: checks, only: only, threads: 2)
}

@Suite struct `A verification` {
  /// A way to damage the fixture, and words of the error.
  struct Spoilt: Sendable, CustomTestStringConvertible {
    let id: String
    var hashes = true
    let words: String
    let spoil: @Sendable (inout Manifest, inout [String: Data]) -> Void
    var testDescription: String { id }
  }

  static let spoilt: [Spoilt] = [
    Spoilt(id: "an element by ten tolerances", words: "case/y[1,2]: found 1.0, expected 1.00002") {
      put(1.00002, at: 5, into: &$1["case/y"]!)
    },
    Spoilt(id: "a whole number", words: "case/count[0]: found 6, expected 7") {
      put(7, at: 0, into: &$1["case/count"]!)
    },
    Spoilt(id: "an input", words: "case/y[0,0]: found 2.2, expected 2.0") {
      put(Float(1.1), at: 0, into: &$1["case/x"]!)
    },
    Spoilt(id: "a changed byte", hashes: false, words: "case/y was changed: expected SHA-256") {
      put(2.5, at: 0, into: &$1["case/y"]!)
    },
    Spoilt(id: "a changed hash", hashes: false, words: "case/x was changed: expected SHA-256 00000")
    {
      manifest, _ in manifest.arrays[1].sha256 = String(repeating: "0", count: 64)
    },
    Spoilt(id: "a missing array", words: "the array case/y is missing") {
      $1["case/y"] = nil
    },
    Spoilt(id: "an unlisted array", words: "the array case/z is not in the manifest") {
      $1["case/z"] = Data(repeating: 0, count: 4)
    },
    Spoilt(
      id: "an input of a shape that cannot be",
      words: "case/x: expected shape [2, any], found [3, 2]"
    ) {
      manifest, _ in manifest.arrays[1].shape = [3, 2]
    },
    Spoilt(
      id: "an element type nobody uses",
      words: "case/count: expected elements of type I32, found I32"
    ) {
      manifest, arrays in
      manifest.arrays[0].type = "I32"
      arrays["case/count"] = Data(repeating: 0, count: 4)
    },
    Spoilt(id: "NaN in the reference", words: "case/y: element [0, 1] is not a finite number") {
      put(Double.nan, at: 1, into: &$1["case/y"]!)
    },
    Spoilt(id: "NaN computed", words: "case/y: element [0, 0] is not a finite number") {
      manifest, arrays in
      manifest.cases[0].parameters["factor"] = .number(1e39)
      put(Float(1e30), at: 0, into: &arrays["case/x"]!)
    },
    Spoilt(id: "no case", words: "has no cases, so it proves nothing") { manifest, _ in
      manifest.cases = []
    },
    Spoilt(id: "no expectation", words: "expects nothing") { manifest, _ in
      manifest.cases[0].expected = []
    },
    Spoilt(
      id: "an output not expected", words: "count was computed but is not in the fixture"
    ) {
      manifest, _ in manifest.cases[0].expected.removeLast()
    },
    Spoilt(id: "an output not computed", words: "case/z was expected but not computed") {
      manifest, arrays in
      manifest.list("case/z")
      arrays["case/z"] = Data(repeating: 0, count: 8)
      manifest.cases[0].expected.append(manifest.cases[0].expected[0])
      manifest.cases[0].expected[2].output = "z"
    },
    Spoilt(id: "an array nobody reads", words: "nothing reads the array case/w") {
      manifest, arrays in
      manifest.list("case/w")
      arrays["case/w"] = Data(repeating: 0, count: 8)
    },
    Spoilt(id: "a parameter nobody reads", words: "nothing reads the parameter slope") {
      manifest, _ in manifest.cases[0].parameters["slope"] = .number(1)
    },
    Spoilt(id: "a missing parameter", words: "no parameter named case/factor") { manifest, _ in
      manifest.cases[0].parameters = [:]
    },
    Spoilt(
      id: "an unknown operation", words: "no operation is named triple; expected one of double"
    ) {
      manifest, _ in manifest.cases[0].operation = "triple"
    },
    Spoilt(id: "a tolerance without reason", words: "no reason named guess") { manifest, _ in
      manifest.cases[0].expected[0].reason = "guess"
    },
    Spoilt(id: "a negative tolerance", words: "tolerances must be finite and not negative") {
      manifest, _ in manifest.cases[0].expected[0].absolute = -1
    },
    Spoilt(id: "another format", words: "format 2, expected 1") { manifest, _ in manifest.format = 2
    },
    Spoilt(id: "another name", words: "has the name tripling, expected doubling") { manifest, _ in
      manifest.name = "tripling"
    },
    Spoilt(id: "no reference", words: "lists no reference") { manifest, _ in
      manifest.references = []
    },
    Spoilt(id: "a case twice", words: "case appears twice") { manifest, _ in
      manifest.cases.append(manifest.cases[0])
    },
  ]

  @Test func `passes a sound fixture`() throws {
    try withTemporaryFolder { root in
      let result = verify(try writeDoubling(to: root))
      #expect(result.passed, "\(result.text)")
      let fixture = try #require(result.fixtures.first)
      #expect(fixture.arrays.map(\.name) == ["case/y", "case/count"])
      #expect(fixture.reference == "pencil 1.0" && fixture.elements == 7)
      #expect(result.summary == "1 of 1 fixtures passed: 2 arrays, 7 numbers")
      #expect(result.text.contains("passed\n1 of 1"))
    }
  }

  @Test(arguments: spoilt)
  func `fails a spoilt one, saying how`(_ spoilt: Spoilt) throws {
    try withTemporaryFolder { root in
      let result = verify(try writeDoubling(to: root, hashes: spoilt.hashes, spoil: spoilt.spoil))
      #expect(!result.passed)
      let complaints = result.fixtures.flatMap(\.complaints)
      #expect(complaints.contains { $0.contains(spoilt.words) }, "\(complaints)")
      #expect(result.text.contains("FAILED"))
      #expect(result.junit.contains("<failure"))
    }
  }

  @Test func `fails what is not there, and what nobody checks`() throws {
    let other = Check("other", ["any": { _ in [] }])
    try withTemporaryFolder { root in
      func complaints(_ result: Verification) -> String {
        #expect(!result.passed)
        return result.fixtures.flatMap(\.complaints).joined(separator: "\n")
      }
      #expect(complaints(verify(root)).contains("no fixtures found"))
      #expect(complaints(verify(root + "/nowhere")).contains("no fixtures found"))
      try writeDoubling(to: root)
      #expect(
        complaints(verify(root, [doubling, other])).contains("the fixture other is missing"))
      #expect(complaints(verify(root, [other])).contains("no check reads a fixture named doubling"))
      #expect(
        complaints(verify(root, only: ["nothing"]))
          .contains("named nothing; expected one of doubling"))
      let untried = Check("doubling", ["double": { _ in [] }, "halve": { _ in [] }])
      #expect(complaints(verify(root, [untried])).contains("no case tries the operation halve"))
      try FileManager.default.removeItem(atPath: root + "/doubling/manifest.json")
      #expect(complaints(verify(root)).contains("holds arrays but no manifest.json"))
    }
  }

  @Test func `fails an array of another shape than listed`() throws {
    try withTemporaryFolder { root in
      let path = try writeDoubling(to: root) + "/doubling/manifest.json"
      let manifest = try String(contentsOfFile: path, encoding: .utf8)
      try manifest.replacingOccurrences(of: "[2,3]", with: "[3,2]")
        .write(toFile: path, atomically: true, encoding: .utf8)
      #expect(verify(root).text.contains("case/x: expected shape [3, 2], found [2, 3]"))
    }
  }

  @Test func `does not depend on threads, and passes over folders without fixtures`() throws {
    try withTemporaryFolder { root in
      try writeDoubling(to: root)
      try FileManager.default.createDirectory(
        atPath: root + "/generators", withIntermediateDirectories: true)
      let results = [1, 2, 5].map {
        Verification(folder: root, checks: [doubling], threads: $0)
      }
      #expect(results.allSatisfy { $0 == results[0] && $0.passed })
    }
  }
}
