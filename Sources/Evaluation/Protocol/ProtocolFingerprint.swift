// The identity of a protocol. Two scores are comparable if their fingerprints are equal. The
// fingerprint is a hash of hashes, so two different ones can say what differs.
import Files

/// What was scored and how, with one hash per part.
package struct ProtocolFingerprint: Codable, Hashable, Sendable {
  /// Increased whenever the same protocol would get another fingerprint.
  package static let currentVersion = 1

  package let version: Int
  /// First 12 digits of SHA-256 over the ids, one per line, in byte order.
  package let utterances: String
  /// Hash of the lines `id,class`: the class of each utterance.
  package let labels: String
  /// Hash of the lines `id,fold`.
  package let folds: String
  /// Hash of the lines `id,speaker`: the clusters.
  package let speakers: String
  /// Hash of the sorted lines `subject,reason`: what was found and left out.
  package let exclusions: String
  /// Hash of the class names in order and the definitions of all metrics.
  package let metrics: String
  /// Which utterances of a fold are scored: `test` or `inner-validation`.
  package let evaluateOn: String

  /// One utterance as the protocol sees it.
  package struct Item: Sendable {
    let id: String
    let label: String
    let fold: Int
    let speaker: String

    package init(id: String, label: String, fold: Int, speaker: String) {
      (self.id, self.label, self.fold, self.speaker) = (id, label, fold, speaker)
    }
  }

  /// - Parameters:
  ///   - items: the scored utterances, in any order.
  ///   - exclusions: what was left out, as `subject,reason`, in any order.
  package init(
    items: [Item], classes: [String], exclusions: [String], evaluateOn: String
  ) {
    let items = items.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    func digest(_ lines: [String]) -> String {
      String(sha256(lines.map { $0 + "\n" }.joined()).prefix(12))
    }
    version = Self.currentVersion
    utterances = digest(items.map(\.id))
    labels = digest(items.map { "\($0.id),\($0.label)" })
    folds = digest(items.map { "\($0.id),\($0.fold)" })
    speakers = digest(items.map { "\($0.id),\($0.speaker)" })
    self.exclusions = digest(
      exclusions.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    metrics = digest(classes + Metric.allCases.map(\.definition))
    self.evaluateOn = evaluateOn
  }

  /// The whole fingerprint in 16 digits.
  package var digest: String {
    let parts = [
      "\(version)", utterances, labels, folds, speakers, exclusions, metrics, evaluateOn,
    ]
    return String(sha256(parts.joined(separator: "|")).prefix(16))
  }

  /// How two protocols differ, one phrase each; empty if they are equal.
  package func differences(from other: ProtocolFingerprint) -> [String] {
    if version != other.version {
      return [
        "fingerprints of other versions: \(version) vs \(other.version); record the baseline again"
      ]
    }
    func phrase(_ what: String, _ part: KeyPath<ProtocolFingerprint, String>) -> String? {
      let (own, others) = (self[keyPath: part], other[keyPath: part])
      return own == others ? nil : "other \(what): \(own) vs \(others)"
    }
    // Other utterances imply other labels, folds and speakers, so those need no mention.
    if let phrase = phrase("utterances", \.utterances) {
      return [phrase] + [self.phraseOfSplit(other), self.phraseOfMetrics(other)].compactMap { $0 }
    }
    return [
      phrase("labels of the same utterances", \.labels),
      phrase("assignment of utterances to folds", \.folds),
      phrase("speakers of the same utterances", \.speakers),
      phrase("exclusions", \.exclusions), phraseOfMetrics(other), phraseOfSplit(other),
    ].compactMap { $0 }
  }

  /// How the scored utterances differ. Exclusions and the scored part do not count.
  func differencesOfUtterances(from other: ProtocolFingerprint) -> [String] {
    [
      ("ids", utterances, other.utterances), ("classes", labels, other.labels),
      ("folds", folds, other.folds), ("speakers", speakers, other.speakers),
      ("names of classes", metrics, other.metrics),
    ].filter { version == other.version && $0.1 != $0.2 }.map {
      "other \($0.0): \($0.1) vs \($0.2)"
    }
  }

  private func phraseOfMetrics(_ other: ProtocolFingerprint) -> String? {
    metrics == other.metrics
      ? nil : "other classes or definitions of metrics: \(metrics) vs \(other.metrics)"
  }

  private func phraseOfSplit(_ other: ProtocolFingerprint) -> String? {
    evaluateOn == other.evaluateOn
      ? nil : "scored on other data: \(evaluateOn) vs \(other.evaluateOn)"
  }
}
