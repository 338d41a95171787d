// By hand: errors, their place, and the verdict at a tolerance and just beyond it.
import Golden
import TestSupport
import Testing

@Suite struct `The judgement of an array` {
  /// Verifies one array of the given elements against others.
  private func judge(
    _ found: Elements, _ expected: Elements, shape: [Int], _ comparison: Manifest.Comparison,
    absolute: Double = 0, relative: Double = 0
  ) throws -> Judgement {
    var fixture = try withTemporaryFolder {
      try Fixture(folder: try writeDoubling(to: $0) + "/doubling")
    }
    fixture.manifest.arrays = []
    fixture.manifest.cases[0].parameters = [:]
    fixture.manifest.cases[0].expected = [fixture.manifest.cases[0].expected[0]]
    fixture.manifest.cases[0].expected[0].comparison = comparison
    fixture.manifest.cases[0].expected[0].absolute = absolute
    fixture.manifest.cases[0].expected[0].relative = relative
    fixture.arrays = ["case/y": GoldenArray(shape: shape, expected)]
    let check = Check("doubling", ["double": { _ in [Output("y", shape: shape, found)] }])
    let verdict = FixtureVerdict(check, fixture)
    #expect(verdict.problems == [])
    return try #require(verdict.arrays.first)
  }

  @Test func `gives the greatest errors and where they are`() throws {
    let judgement = try judge(
      .single([1, 2, 3, 4, 5.5, 6]), .double([1, 2, 3.25, 4, 5, 1e-6]), shape: [2, 3], .within,
      absolute: 0.5, relative: 0.1)
    #expect(judgement.absoluteError == 6 - 1e-6)
    // The last element is below a thousandth of the greatest, which is 5.
    #expect(judgement.relativeError == 0.1)
    #expect(judgement.ulpError == 0.5 / Double(Float(5).ulp))
    #expect(judgement.worst == [1, 2] && !judgement.passed)
    #expect(abs(judgement.used - (6 - 1e-6) / (0.5 + 0.1e-6)) < 1e-12)
  }

  @Test func `passes at the tolerance and fails beyond it`() throws {
    for (value, passes) in [
      (1.5, true), ((1.5 as Double).nextUp, false), (0.5, true), (0.5 - 1e-15, false),
    ] {
      let judgement = try judge(
        .double([value]), .double([1]), shape: [1], .within, absolute: 0.25, relative: 0.25)
      #expect(judgement.passed == passes, "\(value)")
    }
  }

  @Test func `of an upper bound lets anything below pass`() throws {
    for (value, passes) in [(-100, true), (1, true), (1.01, true), (1.011, false)] {
      let judgement = try judge(
        .double([value]), .double([1]), shape: [1], .atMost, relative: 0.0101)
      #expect(judgement.passed == passes, "\(value)")
    }
  }

  @Test func `of equality passes equal elements alone`() throws {
    #expect(try judge(.words([1, .max]), .words([1, .max]), shape: [2], .equal).passed)
    let judgement = try judge(.words([1, 7, 9]), .words([1, 8, 8]), shape: [3], .equal)
    #expect(!judgement.passed && judgement.worst == [1] && judgement.absoluteError == 2)
    #expect(judgement.found == "0x7" && judgement.expected == "0x8")
    #expect(try judge(.double([0.1]), .double([0.1]), shape: [1], .equal).passed)
    let near = try judge(.double([(0.1 as Double).nextUp]), .double([0.1]), shape: [1], .equal)
    #expect(!near.passed && near.ulpError == 1 && near.used == .greatestFiniteMagnitude)
  }

  @Test func `with no tolerance fails the smallest difference`() throws {
    #expect(try judge(.double([2, 3]), .double([2, 3]), shape: [2], .within).passed)
    #expect(
      try !judge(.double([2, (3.0 as Double).nextUp]), .double([2, 3]), shape: [2], .within).passed)
  }
}
