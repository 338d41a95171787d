// The format of numbers in a report.
import Evaluation
import Foundation

/// Returns a share as a percentage without the sign; "–" for nil.
func inPercent(_ share: Double?, digits: Int = 1) -> String {
  share.map { fixed(100 * $0, digits: digits) } ?? "–"
}

/// Returns "mean ± standard deviation" in percent; "–" for nil.
func inPercent(_ spread: Spread?) -> String { spread?.percentages ?? "–" }

/// Returns a difference of shares in percentage points, with its sign.
func points(_ difference: Double?) -> String {
  guard let difference else { return "–" }
  let text = String(format: "%+.1f", difference * 100)
  return text == "-0.0" ? "0.0" : text == "+0.0" ? "0.0" : signed(text)
}

/// Returns a whole number. From 10 000 on, thin spaces separate groups of three digits.
func grouped(_ number: Int) -> String {
  let digits = String(abs(number))
  guard digits.count > 4 else { return (number < 0 ? "−" : "") + digits }
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "\u{2009}" }
    text.append(digit)
  }
  return (number < 0 ? "−" : "") + text
}

/// Returns a date to the minute, in UTC.
func timestamp(_ date: Date) -> String {
  date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: " UTC")
}

private func signed(_ text: String) -> String {
  text.hasPrefix("-") ? "−" + text.dropFirst() : text
}

/// Returns a number with at most two decimals; "–" for nil.
func plain(_ number: Double?) -> String {
  guard let number else { return "–" }
  let text = String(format: "%.2f", number)
  return signed(text.hasSuffix(".00") ? String(text.dropLast(3)) : text)
}
