// The verdicts of the gate and their exit codes.

/// The outcome of comparing a run with a baseline.
package enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
  /// Not worse by the margin: the whole interval lies above -δ.
  case pass
  /// A gain too large for an ordinary change. Look for a leak first.
  case tooGood = "too-good"
  /// The noise is too large for a decision.
  case inconclusive
  /// Something else was measured, or too little, or nothing.
  case incomparable
  /// Worse: the whole interval lies below 0, and not all of it lies above -δ.
  case regressed

  /// The exit code of `reprise check`, documented in docs/gate.md. Codes 2 and 64 mean that nothing
  /// was judged.
  package var exitCode: Int32 {
    switch self {
    case .pass: 0
    case .regressed: 3
    case .inconclusive: 4
    case .incomparable: 5
    case .tooGood: 6
    }
  }

  /// The verdict's name in tables.
  package var title: String {
    switch self {
    case .pass: "PASS"
    case .tooGood: "TOO GOOD"
    case .inconclusive: "INCONCLUSIVE"
    case .incomparable: "INCOMPARABLE"
    case .regressed: "REGRESSED"
    }
  }

  /// The worst of several verdicts. An empty list never passes.
  package static func worst(of verdicts: [Verdict]) -> Verdict {
    allCases.last { verdicts.contains($0) } ?? .incomparable
  }
}
