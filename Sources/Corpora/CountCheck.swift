// Checks a corpus against its expected counts before training.

/// How a corpus differs from its expected contents.
package struct CountCheck: Hashable, Sendable {
  /// A part with the wrong number of utterances.
  package struct Difference: Hashable, Sendable {
    package let scope: CountScope
    package let found: Int
    package let expected: Int
  }

  /// The source of the expected numbers.
  package let source: ExpectedCorpus.Source
  package let differences: [Difference]
  /// Expected ids that are missing, if all ids are known; otherwise labelled ids without a clip.
  package let missing: [String]
  /// Unexpected ids, if all ids are known.
  package let extra: [String]
  /// How the labels differ from the published list; nil if there is none.
  package let labels: LabelDifferences?
  /// Unreadable clips as `PATH: REASON`.
  package let unreadable: [String]

  /// Whether nothing is known to compare the corpus with.
  private let isUnknown: Bool

  /// Whether the corpus matches its expected contents.
  package var passes: Bool {
    hasAllUtterances && labels?.passes != false && unreadable.isEmpty
  }

  private var hasAllUtterances: Bool {
    differences.isEmpty && missing.isEmpty && extra.isEmpty
  }

  /// A short description, such as `the counts differ from the published ones`.
  package var summary: String {
    guard !passes else {
      return isUnknown
        ? "no expected counts are known" : "the counts are the \(source.rawValue) ones"
    }
    return [
      hasAllUtterances ? nil : "the counts differ from the \(source.rawValue) ones",
      labels?.passes == false ? "labels differ from the published list" : nil,
      unreadable.isEmpty ? nil : "clips cannot be read",
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// Compares utterances, sorted by id, with the expected contents.
  ///
  /// - Parameters:
  ///   - withoutClip: ids with a used label and no sound file.
  ///   - labels: how the labels differ from a list; nil for a corpus that defines its own labels.
  ///   - unreadable: unreadable clips and the reasons.
  init(
    _ utterances: [Utterance], of corpus: CorpusDefinition, withoutClip: [String],
    labels: LabelDifferences?, unreadable: [String], expected: ExpectedCorpus
  ) {
    source = expected.source
    isUnknown = expected.source == .described && expected.counts.isEmpty
    self.labels = labels
    self.unreadable = unreadable
    differences = expected.counts.compactMap { count in
      let found = utterances.reduce(0) { $0 + (count.scope.contains($1, of: corpus) ? 1 : 0) }
      return found == count.count
        ? nil : Difference(scope: count.scope, found: found, expected: count.count)
    }
    if let ids = expected.ids {
      let present = Set(utterances.map(\.id))
      let wanted = Set(ids)
      missing = ids.filter { !present.contains($0) }
      extra = utterances.map(\.id).filter { !wanted.contains($0) }
    } else {
      missing = withoutClip.sorted(by: precedes)
      extra = []
    }
  }

  /// One line per difference, with long lists cut, such as `all: 1439, published 1440`.
  package var lines: [String] {
    let shown = differences.prefix(12).map {
      "\($0.scope): \($0.found), \(source.rawValue) \($0.expected)"
    }
    var lines = Array(shown)
    if differences.count > shown.count {
      lines.append("and \(differences.count - shown.count) more counts")
    }
    if !missing.isEmpty { lines.append("missing: " + shortList(missing)) }
    if !extra.isEmpty { lines.append("extra: " + shortList(extra)) }
    if !unreadable.isEmpty { lines.append("cannot be read: " + shortList(unreadable)) }
    return lines + (labels?.lines ?? [])
  }
}

/// Returns the first ten names and the number of the others.
func shortList(_ names: [String]) -> String {
  let shown = names.prefix(10).joined(separator: ", ")
  return names.count > 10 ? shown + " and \(names.count - 10) more" : shown
}
