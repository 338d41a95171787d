// A printed accuracy is a quotient of whole numbers: k of n utterances right, or a mean of such
// quotients. If no k gives the printed value, then n or the averaging differs from what is stated.
import Foundation

/// Whether a printed figure is possible under its stated protocol.
package struct Granularity: Codable, Hashable, Sendable {
  /// n: the figure is k/n. For a mean of R runs, n is R times as large.
  package let denominator: Int
  /// As printed, in per cent.
  package let percent: Double
  /// Digits after the point, as printed.
  package let digits: Int
  /// Every k for which 100 k/n prints as this value; empty if there is none.
  package let counts: [Int]

  /// - Parameters:
  ///   - denominator: n ≥ 1.
  ///   - digits: 0…6.
  package init(percent: Double, digits: Int, denominator: Int) {
    precondition(
      denominator > 0 && (0...6).contains(digits), "k/\(denominator), \(digits) digits")
    self.denominator = denominator
    self.percent = percent
    self.digits = digits
    let unit = pow(10, -Double(digits))
    // Print rounds half to even or half away from zero, so both ends count.
    let (low, high) = (percent - unit / 2 - 1e-9, percent + unit / 2 + 1e-9)
    let n = Double(denominator)
    let first = max(0, Int((low / 100 * n).rounded(.up)))
    let last = min(denominator, Int((high / 100 * n).rounded(.down)))
    counts = first <= last ? Array(first...last) : []
  }

  /// Returns n for a figure over all utterances: their number for WA; `K · lcm(class counts)` for
  /// UA, the mean of K recalls. Nil for F1, and if n is too large to rule anything out.
  package static func denominator(of metric: Metric, classCounts: [Int]) -> Int? {
    switch metric {
    case .accuracy: return classCounts.reduce(0, +)
    case .unweightedAverageRecall:
      func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
      let multiple = classCounts.reduce(1) { a, b in
        a > 1_000_000 || b == 0 ? a : a / gcd(a, b) * b
      }
      return multiple > 1_000_000 ? nil : multiple * classCounts.count
    case .macroF1, .weightedF1: return nil
    }
  }

  /// Whether the printed precision can rule anything out: 100/n > 10^-digits, so that a printed
  /// value has fewer than one k on average.
  package var isInformative: Bool { 100 / Double(denominator) > pow(10, -Double(digits)) }

  /// The share of all printed values that some k gives: the chance that a wrong n goes unnoticed.
  package var coverage: Double {
    min(1, Double(denominator + 1) / (100 * pow(10, Double(digits)) + 1))
  }

  /// The finding in words.
  package var finding: String {
    let n = "\(denominator)"
    guard !counts.isEmpty else {
      return
        "off the grid: no k of \(n) gives \(fixed(percent, digits: digits)) %; it is a mean of "
        + "several runs, of other utterances, or averaged otherwise"
    }
    let k =
      counts.count == 1 ? "k = \(counts[0])" : "k = \(counts[0]) to \(counts[counts.count - 1])"
    return isInformative
      ? "on the grid of k/\(n): \(k) (\(fixed(100 * coverage, digits: 0)) % of printed values are)"
      : "on the grid of k/\(n), as every printed value is: says nothing"
  }
}
