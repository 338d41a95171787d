// Checks the parameters of cases against the bounds that shipped code requires of its callers. A
// fixture that was tampered with gives an error, and nothing traps.
import Golden

extension CaseReader {
  /// The parameter `name`, within `bounds`.
  func number(_ name: String, within bounds: ClosedRange<Double>) throws -> Double {
    let value = try number(name)
    guard bounds.contains(value) else {
      throw GoldenError.missingParameter(name: "\(name) within \(bounds)")
    }
    return value
  }

  /// The parameter `name`, a whole number within `bounds`.
  func count(_ name: String, within bounds: ClosedRange<Int>) throws -> Int {
    let value = try count(name)
    guard bounds.contains(value) else {
      throw GoldenError.missingParameter(name: "\(name) within \(bounds)")
    }
    return value
  }
}
