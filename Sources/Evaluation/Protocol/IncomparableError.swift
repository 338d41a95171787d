// Results that are not of what they are said to be. Nothing is computed, drawn, recorded or judged
// of them.

/// What was scored is not what the protocol scores, or the same predictions stand in two places.
///
/// The program ends with the exit code of `Verdict.incomparable`.
package struct IncomparableError: Error, Equatable, Sendable {
  /// What is wrong and where, a sentence each.
  package let problems: [String]
  /// What to do next.
  package let remedy: String

  package init(problems: [String], remedy: String) {
    (self.problems, self.remedy) = (problems, remedy)
  }

  /// The problems that are told, at most five, and how many there are besides.
  package var told: [String] {
    let rest = problems.count - 5
    return problems.prefix(5) + (rest > 0 ? ["and \(rest) more of the kind"] : [])
  }
}

extension IncomparableError: CustomStringConvertible {
  package var description: String {
    "incomparable: " + told.joined(separator: "; ") + "; " + remedy
  }
}
