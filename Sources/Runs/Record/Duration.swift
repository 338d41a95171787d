// Times for people.
import Foundation

/// Hours, minutes and seconds in the shortest form.
package func duration(_ seconds: Double) -> String {
  let whole = Int(min(seconds, 359_999).rounded())
  let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60)
  return h > 0
    ? String(format: "%d h %02d min", h, m)
    : m > 0 ? String(format: "%d min %02d s", m, s) : "\(s) s"
}
