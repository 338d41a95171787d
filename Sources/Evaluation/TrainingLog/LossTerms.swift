// The loss of a batch or an epoch, split into terms.
import Files
package import Settings

/// The unweighted terms and their weighted sum. A term of weight 0 is not computed and is 0.
package struct LossTerms: Equatable, Sendable {
  private var values = [Double](repeating: 0, count: LossTerm.allCases.count)
  /// The weighted sum.
  package var total = 0.0

  package init() {}

  /// The unweighted value of a term.
  package subscript(term: LossTerm) -> Double {
    get { values[term.index] }
    set { values[term.index] = newValue }
  }

  /// The terms by name, in the paper's order, then the total.
  package var named: [(name: String, value: Double)] {
    LossTerm.allCases.map { ($0.rawValue, self[$0]) } + [("total", total)]
  }

  /// Adds `other` times `weight`, for means over steps.
  package mutating func add(_ other: LossTerms, weight: Double) {
    for term in LossTerm.allCases { self[term] += weight * other[term] }
    total += weight * other.total
  }
}

extension LossTerms: Codable {
  /// Reads the terms. A missing term is 0: the version that wrote the log did not have it.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NamedKey.self)
    for term in LossTerm.allCases {
      let key = NamedKey(term.rawValue)
      if container.contains(key) { self[term] = try container.decode(Double.self, forKey: key) }
    }
    total = try container.decode(Double.self, forKey: NamedKey("total"))
  }

  /// Writes the terms. A newer term is written only if it was computed. Logs without it keep their
  /// format.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for term in LossTerm.allCases where Self.first.contains(term) || self[term] != 0 {
      try container.encode(self[term], forKey: NamedKey(term.rawValue))
    }
    try container.encode(total, forKey: NamedKey("total"))
  }

  /// The terms of the first version.
  private static let first: [LossTerm] = [.kl, .focal, .center, .supcon]
}

extension LossTerm {
  /// The term's index among all terms.
  fileprivate var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
