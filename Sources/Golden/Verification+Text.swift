// The output of a verification: one row per fixture, followed by the arrays that failed.
import Foundation

extension Verification {
  /// The table, followed by a summary line.
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

  /// One line with the number of passed fixtures.
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
  /// The cells of the row. They show the array that uses most of its tolerance, and its greatest
  /// errors.
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

  /// One line for each fault.
  package var complaints: [String] {
    problems
      + arrays.filter { !$0.passed }.map { array in
        "\(array.name)\(extents(array.worst)): found \(array.found), expected \(array.expected), "
          + "tolerance \(array.toleranceText); \(array.usedText) of it used"
      }
  }
}

extension Judgement {
  /// The tolerance as a short text.
  package var toleranceText: String {
    if comparison == .equal || (absoluteTolerance == 0 && relativeTolerance == 0) { return "equal" }
    let bound = comparison == .atMost ? "at most +" : ""
    return bound + "\(short(absoluteTolerance)) + \(short(relativeTolerance))·|x|"
  }

  /// The error in units of the last place.
  package var ulpText: String {
    ulpError < 1e4 ? String(format: "%.1f", ulpError) : short(ulpError)
  }

  /// The used share of the tolerance, in per cent.
  package var usedText: String {
    used > 1e4 ? "over 10⁶ %" : String(format: "%.0f %%", 100 * used)
  }
}

/// Indices or extents without spaces, so that lines do not break within: `[3,4]`.
package func extents(_ values: [Int]) -> String {
  "[" + values.map { String($0) }.joined(separator: ",") + "]"
}

/// A number with two digits: `1.2e-7`.
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
