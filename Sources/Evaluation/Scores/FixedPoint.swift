// Numbers as text with a fixed number of digits, the same in every locale.
import Foundation

/// Returns `value` with `digits` digits after the point.
package func fixed(_ value: Double, digits: Int) -> String {
  String(format: "%.\(digits)f", locale: nil, value)
}
