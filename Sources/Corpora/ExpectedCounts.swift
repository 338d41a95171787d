// How many utterances a corpus should have, part by part: the form shared by the published numbers
// and by the marker of a synthetic corpus.

/// A part of a corpus: the utterances that fit every condition that is set.
package struct CountScope: Codable, Hashable, Sendable {
  /// Only this class; nil for all.
  package var label: String?
  /// Only these folds, counted from 1; empty for all.
  package var folds: [Int] = []
  /// Only this speaker; nil for all.
  package var speaker: String?
  /// Only turns of this type, `P`, `R`, `S` or `T` of MSP-IMPROV; nil for all.
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

/// The number of utterances one part should have.
package struct ExpectedCount: Codable, Hashable, Sendable {
  package let scope: CountScope
  package let count: Int

  package init(_ scope: CountScope, _ count: Int) {
    self.scope = scope
    self.count = count
  }
}

extension ExpectedCount {
  /// The total, the classes, the folds, and each class in each fold, of a table
  /// `folds[fold][class]`.
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

/// What a corpus should consist of.
package struct ExpectedCorpus: Sendable {
  /// Whose numbers these are.
  package enum Source: String, Codable, Sendable {
    case published
    /// Written by this program into the synthetic corpus itself.
    case marker = "SYNTHETIC marker"
  }

  package let source: Source
  package let counts: [ExpectedCount]
  /// Every id, sorted by bytes, where they are known.
  package let ids: [String]?

  package init(source: Source, counts: [ExpectedCount], ids: [String]?) {
    (self.source, self.counts, self.ids) = (source, counts, ids)
  }

  /// The number expected for one part, where there is one.
  package func count(of scope: CountScope) -> Int? { counts.first { $0.scope == scope }?.count }
}
