// Results that are not what they claim to be. The program then computes, draws, records and judges
// nothing from them.

/// The scored utterances are not those of the protocol, or two places hold the same predictions.
///
/// The program exits with the code of `Verdict.incomparable`.
package struct IncomparableError: Error, Equatable, Sendable {
  /// What is wrong and where, one sentence each.
  package let problems: [String]
  /// What to do next.
  package let remedy: String

  package init(problems: [String], remedy: String) {
    (self.problems, self.remedy) = (problems, remedy)
  }

  /// At most five problems, and the number of further ones.
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
