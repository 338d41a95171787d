// What the gate can say, and how a program learns of it.

/// The outcome of holding a run to a baseline.
package enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
  /// Not worse by the margin: the whole interval lies above -δ.
  case pass
  /// Better than any change is likely to make it: look for a leak before believing it.
  case tooGood = "too-good"
  /// The noise is too great to tell.
  case inconclusive
  /// Something else was measured, or not enough of it, or nothing.
  case incomparable
  /// Worse: the whole interval lies below 0, and does not lie above -δ.
  case regressed

  /// The exit code of `reprise check`, documented in docs/gate.md; 2 and 64 mean that nothing was
  /// judged.
  package var exitCode: Int32 {
    switch self {
    case .pass: 0
    case .regressed: 3
    case .inconclusive: 4
    case .incomparable: 5
    case .tooGood: 6
    }
  }

  /// The word in tables.
  package var title: String {
    switch self {
    case .pass: "PASS"
    case .tooGood: "TOO GOOD"
    case .inconclusive: "INCONCLUSIVE"
    case .incomparable: "INCOMPARABLE"
    case .regressed: "REGRESSED"
    }
  }

  /// The verdict on several comparisons: the worst of them; nothing compared is never a pass.
  package static func worst(of verdicts: [Verdict]) -> Verdict {
    allCases.last { verdicts.contains($0) } ?? .incomparable
  }
}
