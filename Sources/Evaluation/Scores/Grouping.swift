// A division of a corpus's utterances by one of their properties.

/// A division of utterances into groups, such as by the speaker's sex.
package struct Grouping: Sendable, Hashable {
  /// The property, such as `sex`.
  package let name: String
  /// The groups in their order, such as `female` and `male`.
  package let groups: [String]
  /// The place of each utterance's group by id. Others are in no group.
  let places: [String: Int]

  /// The most groups of a division that is shown.
  package static let mostGroups = 24

  /// Divides utterances by a value.
  ///
  /// - Parameters:
  ///   - values: the value of each utterance by id; nil where it is unknown.
  ///   - order: the groups in their order; by default the values, numbers first by size.
  /// - Returns: nil unless the utterances have 2 to `mostGroups` different values.
  package init?(_ name: String, of values: [(id: String, value: String?)], order: [String]? = nil) {
    let found = Set(values.compactMap(\.value))
    guard (2...Self.mostGroups).contains(found.count) else { return nil }
    let groups =
      order?.filter(found.contains)
      ?? found.sorted { a, b in
        switch (Int(a), Int(b)) {
        case (let x?, let y?) where x != y: x < y
        case (_?, nil): true
        case (nil, _?): false
        default: a.utf8.lexicographicallyPrecedes(b.utf8)
        }
      }
    guard groups.count == found.count else { return nil }
    let ranks = Dictionary(
      groups.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { a, _ in a })
    (self.name, self.groups) = (name, groups)
    places = Dictionary(
      values.compactMap { id, value in value.flatMap { ranks[$0] }.map { (id, $0) } },
      uniquingKeysWith: { a, _ in a })
  }

  /// Divides utterances into four groups by length, of about equal size.
  ///
  /// An utterance of exactly the length of a bound is in the shorter group.
  ///
  /// - Parameter seconds: the length of each utterance by id; nil where it is unknown.
  /// - Returns: nil for fewer than 8 known lengths, or if two bounds round to the same hundredth.
  package init?(lengths seconds: [(id: String, value: Double?)]) {
    let known = seconds.compactMap(\.value).filter(\.isFinite).sorted()
    guard known.count >= 8, let least = known.first, let greatest = known.last else { return nil }
    let bounds = (1...3).map { known[known.count * $0 / 4 - 1] }
    let ends = ([least] + bounds + [greatest]).map { fixed($0, digits: 2) }
    guard Set(ends).count == 5 else { return nil }
    let names = (0..<4).map { "\(ends[$0]) to \(ends[$0 + 1]) s" }
    self.init(
      "length",
      of: seconds.map { id, value in
        guard let value, value.isFinite else { return (id, nil) }
        return (id, names[bounds.count { value > $0 }])
      }, order: names)
  }
}
