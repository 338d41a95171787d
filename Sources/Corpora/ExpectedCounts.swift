// The expected number of utterances of each part of a corpus. Published numbers and the markers of
// synthetic corpora share this form.

/// A part of a corpus: the utterances that meet every condition.
package struct CountScope: Codable, Hashable, Sendable {
  /// Only this class; nil for all.
  package var label: String?
  /// Only these folds, counted from 1; empty for all.
  package var folds: [Int] = []
  /// Only this speaker; nil for all.
  package var speaker: String?
  /// Only turns of this type of MSP-IMPROV, `P`, `R`, `S` or `T`; nil for all.
  package var turnType: String?

  package init(
    label: String? = nil, folds: [Int] = [], speaker: String? = nil, turnType: String? = nil
  ) {
    self.label = label
    self.folds = folds
    self.speaker = speaker
    self.turnType = turnType
  }

  /// Whether `utterance` of `corpus` belongs to this part.
  func contains(_ utterance: Utterance, of corpus: CorpusDefinition) -> Bool {
    (label ?? utterance.label) == utterance.label
      && (speaker ?? utterance.speaker) == utterance.speaker
      && (folds.isEmpty || folds.contains(utterance.fold))
      && (turnType.map { corpus.turnType(of: utterance.id) == $0 } ?? true)
  }
}

extension CountScope: CustomStringConvertible {
  package var description: String {
    var parts: [String] = []
    if let label { parts.append("class \(label)") }
    if let turnType { parts.append("type \(turnType)") }
    if let speaker { parts.append("speaker \(speaker)") }
    if let first = folds.first {
      parts.append(
        folds.count == 1
          ? "fold \(first)" : "folds \(folds.map(String.init).joined(separator: "+"))")
    }
    return parts.isEmpty ? "all" : parts.joined(separator: ", ")
  }
}

/// The expected number of utterances in one part.
package struct ExpectedCount: Codable, Hashable, Sendable {
  package let scope: CountScope
  package let count: Int

  package init(_ scope: CountScope, _ count: Int) {
    self.scope = scope
    self.count = count
  }
}

extension ExpectedCount {
  /// The total, classes, folds, and each class in each fold, from a table `folds[fold][class]`.
  static func grid(classes: [String], folds: [[Int]]) -> [ExpectedCount] {
    var counts = [ExpectedCount(CountScope(), folds.joined().reduce(0, +))]
    for (column, label) in classes.enumerated() {
      let total = folds.reduce(0) { $0 + $1[column] }
      counts.append(ExpectedCount(CountScope(label: label), total))
    }
    for (fold, row) in folds.enumerated() {
      counts.append(ExpectedCount(CountScope(folds: [fold + 1]), row.reduce(0, +)))
    }
    for (fold, row) in folds.enumerated() {
      for (label, count) in zip(classes, row) {
        counts.append(ExpectedCount(CountScope(label: label, folds: [fold + 1]), count))
      }
    }
    return counts
  }
}

/// The expected contents of a corpus.
package struct ExpectedCorpus: Sendable {
  /// The source of the numbers.
  package enum Source: String, Codable, Sendable {
    case published
    /// Written by this program into the synthetic corpus.
    case marker = "SYNTHETIC marker"
    /// Given beside a manifest.
    case described = "expected"
  }

  package let source: Source
  package let counts: [ExpectedCount]
  /// Every id in byte order; nil if unknown.
  package let ids: [String]?

  package init(source: Source, counts: [ExpectedCount], ids: [String]?) {
    (self.source, self.counts, self.ids) = (source, counts, ids)
  }

  /// The number expected for one part; nil if unknown.
  package func count(of scope: CountScope) -> Int? { counts.first { $0.scope == scope }?.count }
}
