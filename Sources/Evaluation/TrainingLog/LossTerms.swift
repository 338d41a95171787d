// The loss of a batch or an epoch, term by term.
import Files
package import Settings

/// The unweighted value of each term, and their weighted sum. A term of weight 0 is not computed
/// and is 0.
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

  /// Adds `other`, weighted: for means over steps.
  package mutating func add(_ other: LossTerms, weight: Double) {
    for term in LossTerm.allCases { self[term] += weight * other[term] }
    total += weight * other.total
  }
}

extension LossTerms: Codable {
  /// Reads the terms. One that is not there was not known when the log was written: it is 0.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NamedKey.self)
    for term in LossTerm.allCases {
      let key = NamedKey(term.rawValue)
      if container.contains(key) { self[term] = try container.decode(Double.self, forKey: key) }
    }
    total = try container.decode(Double.self, forKey: NamedKey("total"))
  }

  /// Writes the terms. One that came later is written where it was computed: the log of a training
  /// without it stays as it was.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for term in LossTerm.allCases where Self.first.contains(term) || self[term] != 0 {
      try container.encode(self[term], forKey: NamedKey(term.rawValue))
    }
    try container.encode(total, forKey: NamedKey("total"))
  }

  /// The terms that have been there from the beginning.
  private static let first: [LossTerm] = [.kl, .focal, .center, .supcon]
}

extension LossTerm {
  /// The term's place among all.
  fileprivate var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
