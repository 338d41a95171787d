// The confusion matrix, from which every score is computed. K classes.

/// Counts of utterances by true and predicted class.
package struct ConfusionMatrix: Codable, Hashable, Sendable {
  /// The names of the classes, `[K]`.
  package let classes: [String]
  /// Utterances by class, `[K][K]`: `counts[truth][predicted]`.
  package private(set) var counts: [[Int]]

  /// - Precondition: `counts` is `[K][K]` and not negative.
  package init(classes: [String], counts: [[Int]]) {
    precondition(
      counts.count == classes.count && counts.allSatisfy { $0.count == classes.count },
      "counts are \(counts.map(\.count)), need \(classes.count) rows of \(classes.count)")
    precondition(counts.joined().allSatisfy { $0 >= 0 }, "negative count in \(counts)")
    self.classes = classes
    self.counts = counts
  }

  /// The largest total of a stored matrix. Sums of many matrices then stay exact.
  package static let greatestTotal = 1_000_000_000

  /// Reads a stored matrix.
  ///
  /// - Throws: `DecodingError` if `counts` is not `[K][K]`, class names are empty or repeated, or a
  ///   count is negative or above `greatestTotal`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    classes = try container.decode([String].self, forKey: .classes)
    counts = try container.decode([[Int]].self, forKey: .counts)
    func wrong(_ key: CodingKeys, _ expected: String, _ found: String) -> DecodingError {
      .dataCorruptedError(
        forKey: key, in: container, debugDescription: "expected \(expected), found \(found)")
    }
    guard !classes.isEmpty, !classes.contains(""), Set(classes).count == classes.count else {
      throw wrong(.classes, "at least one class, each with a name of its own", "\(classes.count)")
    }
    let k = classes.count
    guard counts.count == k, counts.allSatisfy({ $0.count == k }) else {
      throw wrong(.counts, "\(k) rows of \(k) counts", "\(counts.count) rows")
    }
    var total = 0
    for count in counts.joined() {
      guard count >= 0, count <= Self.greatestTotal, total <= Self.greatestTotal - count else {
        throw wrong(
          .counts, "counts of at least 0 and at most \(Self.greatestTotal) together", "\(count)")
      }
      total += count
    }
  }

  private enum CodingKeys: String, CodingKey { case classes, counts }

  /// Counts `predictions`.
  package init(classes: [String], predictions: [Prediction]) {
    self.init(
      classes: classes,
      counts: Array(repeating: Array(repeating: 0, count: classes.count), count: classes.count))
    for prediction in predictions { counts[prediction.truth][prediction.predicted] += 1 }
  }

  /// The number of utterances.
  package var total: Int { counts.joined().reduce(0, +) }

  /// The number of correctly classified utterances.
  package var correct: Int { classes.indices.reduce(0) { $0 + counts[$1][$1] } }

  /// Utterances of class `label`.
  package func support(_ label: Int) -> Int { counts[label].reduce(0, +) }

  /// Utterances predicted as `label`.
  package func chosen(_ label: Int) -> Int { counts.reduce(0) { $0 + $1[label] } }

  /// Each row divided by its sum, `[K][K]`; nil for a class that does not occur.
  package var rowShares: [[Double]?] {
    counts.map { row in
      let sum = row.reduce(0, +)
      return sum == 0 ? nil : row.map { Double($0) / Double(sum) }
    }
  }

  /// The sum of both matrices.
  ///
  /// - Precondition: both have the same classes in the same order.
  package static func + (left: ConfusionMatrix, right: ConfusionMatrix) -> ConfusionMatrix {
    precondition(
      left.classes == right.classes, "classes \(left.classes) and \(right.classes) differ")
    return ConfusionMatrix(
      classes: left.classes,
      counts: zip(left.counts, right.counts).map { zip($0, $1).map { $0 + $1 } })
  }
}
