// Golden: the arithmetics of tensor cores stay within the tolerances that the fixture of pretrained
// networks has for them. Negative controls: a tolerance ten times smaller, an element beyond its
// tolerance, and a missing tolerance are found.
import Conformance
import Devices
import Golden
import Randomness
import TestSupport
import Testing

private let arithmetics = ["gpu-3xtf32", "gpu-tf32"]

private func fixture() throws -> Fixture { try Fixture(folder: packageRoot + "/golden/pretrained") }

/// Computes on the CPU in the place of a GPU.
private func check(_ arithmetic: String) throws -> Check {
  let device = try Device.open(.cpu)
  return try #require(
    deviceChecks(on: device, tensorCores: device).first { $0.arithmetic == arithmetic })
}

extension Fixture {
  /// Changes the tolerance of every expected array in an arithmetic.
  fileprivate mutating func change(
    _ arithmetic: String, _ change: (inout Manifest.Tolerance?) -> Void
  ) {
    for index in manifest.cases.indices {
      for place in manifest.cases[index].expected.indices {
        change(&manifest.cases[index].expected[place].arithmetics[default: [:]][arithmetic])
      }
    }
  }
}

extension Optional {
  fileprivate subscript(default value: @autoclosure () -> Wrapped) -> Wrapped {
    get { self ?? value() }
    set { self = newValue }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `The arithmetics of tensor cores` {
  @Test(arguments: arithmetics)
  func `stay within the tolerances of the fixture`(_ arithmetic: String) throws {
    let verdict = FixtureVerdict(try check(arithmetic), try fixture())
    #expect(verdict.passed, "\(verdict.problems) \(verdict.complaints)")
    #expect(verdict.name == "pretrained in " + arithmetic)
    // The states and their weighted sum of six checkpoints.
    #expect(verdict.arrays.count { $0.comparison == .within } >= 6 * 4)
  }

  @Test(arguments: arithmetics)
  func `fail where tolerances are ten times smaller`(_ arithmetic: String) throws {
    var fixture = try fixture()
    fixture.change(arithmetic) { tolerance in
      tolerance?.absolute /= 10
      tolerance?.relative /= 10
    }
    let verdict = FixtureVerdict(try check(arithmetic), fixture)
    #expect(!verdict.passed && verdict.problems.isEmpty, "\(verdict.problems)")
    #expect(verdict.arrays.contains { !$0.passed })
  }

  @Test(arguments: arithmetics)
  func `fail where an element lies ten tolerances off`(_ arithmetic: String) throws {
    var fixture = try fixture()
    var random = RandomStream(seed: 9).split(arithmetic)
    for entry in fixture.manifest.cases where entry.operation == "states" {
      for expectation in entry.expected {
        var expectation = expectation
        if let own = expectation.arithmetics?[arithmetic] {
          (expectation.absolute, expectation.relative) = (own.absolute, own.relative)
        }
        let name = "\(entry.name)/\(expectation.output)"
        let array = try #require(fixture.arrays[name])
        fixture.arrays[name] = array.moved(
          at: random.integer(below: array.elements.count), by: expectation)
      }
    }
    let verdict = FixtureVerdict(try check(arithmetic), fixture)
    #expect(verdict.arrays.count > 6 * 4 && verdict.arrays.allSatisfy { !$0.passed })
  }

  @Test(arguments: arithmetics)
  func `fail without a tolerance`(_ arithmetic: String) throws {
    var fixture = try fixture()
    fixture.change(arithmetic) { $0 = nil }
    let verdict = FixtureVerdict(try check(arithmetic), fixture)
    #expect(!verdict.passed)
    #expect(
      verdict.problems.contains { $0.contains("the manifest has no tolerance for " + arithmetic) },
      "\(verdict.problems)")
  }
}
