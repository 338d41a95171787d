// Golden: a device's head passes the fixtures of pooling, losses and optimiser in the CPU's
// tolerances. Negative control: an element ten tolerances off is found.
import CDevice
import Conformance
import Devices
import Golden
import Randomness
import TestSupport
import Testing

private let checked = ["pooling", "losses", "optimizer"]

/// The fixture's cases that a device's head computes.
private func fixture(_ name: String) throws -> Fixture {
  var fixture = try Fixture(folder: packageRoot + "/golden/" + name)
  // The contrastive loss of rows that are not unit vectors, and operations that have no kernel of
  // their own. Their results are part of the other cases.
  let others = fixture.manifest.cases.filter {
    ["supcon", "unitRows", "greatest"].contains($0.operation)
  }.map(\.name)
  fixture.manifest.cases.removeAll { others.contains($0.name) }
  fixture.manifest.arrays.removeAll { array in
    others.contains { array.name.hasPrefix($0 + "/") }
  }
  return fixture
}

private func check(_ name: String) throws -> Check {
  let device = try Device.open(.cpu)
  return try #require(deviceHeadChecks(device).first { $0.fixture == name })
}

@Suite(.timeLimit(.minutes(30))) struct `The head on a device` {
  @Test(arguments: checked)
  func `passes the fixtures of the CPU`(_ name: String) throws {
    let verdict = FixtureVerdict(try check(name), try fixture(name))
    #expect(verdict.passed, "\(verdict.problems) \(verdict.arrays.filter { !$0.passed })")
    #expect(verdict.arrays.count > 10)
  }

  @Test(arguments: checked)
  func `fails where one element lies ten tolerances off`(_ name: String) throws {
    var fixture = try fixture(name)
    var random = RandomStream(seed: 3).split(name)
    for entry in fixture.manifest.cases {
      for expectation in entry.expected where expectation.comparison != .atMost {
        let name = "\(entry.name)/\(expectation.output)"
        let array = try #require(fixture.arrays[name])
        guard array.elements.count > 0 else { continue }
        fixture.arrays[name] = array.moved(
          at: random.integer(below: array.elements.count), by: expectation)
      }
    }
    let verdict = FixtureVerdict(try check(name), fixture)
    #expect(!verdict.passed)
    #expect(verdict.arrays.filter { $0.passed && $0.comparison != .atMost }.isEmpty)
  }
}
