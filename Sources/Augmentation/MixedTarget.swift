// The soft label of a mixed utterance.

/// Returns `(1 - share) · target + share · partner`, class by class.
package func mixedTarget(_ target: [Float], with partner: [Float], share: Double) -> [Float] {
  precondition(
    target.count == partner.count, "targets of \(target.count) and \(partner.count) classes")
  precondition((0...1).contains(share), "share \(share) outside 0 to 1")
  return zip(target, partner).map { Float((1 - share) * Double($0) + share * Double($1)) }
}
