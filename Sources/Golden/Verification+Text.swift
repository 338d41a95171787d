// What a verification prints: one row per fixture, and below it every array that failed.
import Foundation

extension Verification {
  /// The table, and a line that says how it ended.
  package var text: String {
    var lines = [Verification.columns.map(\.title)]
    lines += fixtures.map(\.cells)
    let widths = Verification.columns.indices.map { column in
      lines.map { $0[column].count }.max() ?? 0
    }
    var text = ""
    for (index, line) in lines.enumerated() {
      let cells = zip(zip(line, widths), Verification.columns).map { cell, column in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column.isNumber ? space + cell.0 : cell.0 + space
      }
      text += cells.joined(separator: "  ").trimmingTrailingSpaces + "\n"
      guard index > 0 else { continue }
      for complaint in fixtures[index - 1].complaints { text += "  \(complaint)\n" }
    }
    return text + summary
  }

  /// One line: how many of the fixtures passed.
  package var summary: String {
    let passed = fixtures.count(where: \.passed)
    let elements = fixtures.reduce(0) { $0 + $1.elements }
    let arrays = fixtures.reduce(0) { $0 + $1.arrays.count }
    return "\(passed) of \(fixtures.count) fixtures passed: \(arrays) arrays, \(elements) numbers"
  }

  private static let columns = [
    (title: "fixture", isNumber: false), (title: "reference", isNumber: false),
    (title: "arrays", isNumber: true), (title: "numbers", isNumber: true),
    (title: "worst array", isNumber: false), (title: "shape", isNumber: false),
    (title: "element", isNumber: false), (title: "absolute", isNumber: true),
    (title: "relative", isNumber: true), (title: "ULP", isNumber: true),
    (title: "tolerance", isNumber: false), (title: "used", isNumber: true),
    (title: "verdict", isNumber: false),
  ]
}

extension FixtureVerdict {
  /// The row's cells; the array shown is the one that uses most of its tolerance, the errors are
  /// the greatest in that array.
  fileprivate var cells: [String] {
    let verdict = passed ? "passed" : "FAILED"
    guard let worst else {
      return [name, reference, "0", "0", "", "", "", "", "", "", "", "", verdict]
    }
    return [
      name, reference, "\(arrays.count)", "\(elements)", worst.name, extents(worst.shape),
      extents(worst.worst), short(worst.absoluteError), short(worst.relativeError),
      worst.ulpText, worst.toleranceText, worst.usedText, verdict,
    ]
  }

  /// A line for each thing that is wrong.
  package var complaints: [String] {
    problems
      + arrays.filter { !$0.passed }.map { array in
        "\(array.name)\(extents(array.worst)): found \(array.found), expected \(array.expected), "
          + "tolerance \(array.toleranceText); \(array.usedText) of it used"
      }
  }
}

extension Judgement {
  /// The tolerance in a few characters.
  package var toleranceText: String {
    if comparison == .equal || (absoluteTolerance == 0 && relativeTolerance == 0) { return "equal" }
    let bound = comparison == .atMost ? "at most +" : ""
    return bound + "\(short(absoluteTolerance)) + \(short(relativeTolerance))·|x|"
  }

  /// The error in units of the last place.
  package var ulpText: String {
    ulpError < 1e4 ? String(format: "%.1f", ulpError) : short(ulpError)
  }

  /// The share of the tolerance that is used, in per cent.
  package var usedText: String {
    used > 1e4 ? "over 10⁶ %" : String(format: "%.0f %%", 100 * used)
  }
}

/// Indices or extents, without a place to break a line: `[3,4]`.
package func extents(_ values: [Int]) -> String {
  "[" + values.map { String($0) }.joined(separator: ",") + "]"
}

/// A number of two digits: `1.2e-7`.
package func short(_ value: Double) -> String {
  guard value != 0 else { return "0" }
  return String(format: "%.1e", value).replacingOccurrences(of: "e-0", with: "e-")
    .replacingOccurrences(of: "e+0", with: "e+")
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
