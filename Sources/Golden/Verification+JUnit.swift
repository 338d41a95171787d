// A verification as JUnit XML for CI systems: a suite per fixture and a case per array.
import Files

extension Verification {
  /// The result in JUnit's form.
  package var junit: String {
    var text =
      #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n<testsuites name=\"reprise verify\">\n"
    for fixture in fixtures {
      let failures = fixture.problems.count + fixture.arrays.count { !$0.passed }
      let count = fixture.problems.count + fixture.arrays.count
      text +=
        "  <testsuite name=\"\(fixture.name.xmlAttribute)\" tests=\"\(count)\" "
        + "failures=\"\(failures)\">\n"
      for problem in fixture.problems {
        text += testCase("fixture", of: fixture, failure: problem)
      }
      for array in fixture.arrays {
        text += testCase(
          array.name, of: fixture,
          failure: array.passed
            ? nil
            : "element \(extents(array.worst)): found \(array.found), expected \(array.expected), "
              + "tolerance \(array.toleranceText)")
      }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private func testCase(_ name: String, of fixture: FixtureVerdict, failure: String?) -> String {
    let head =
      "    <testcase classname=\"golden.\(fixture.name.xmlAttribute)\" "
      + "name=\"\(name.xmlAttribute)\""
    guard let failure else { return head + "/>\n" }
    return head + "><failure message=\"\(failure.xmlAttribute)\"/></testcase>\n"
  }
}
