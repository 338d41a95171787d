// The rules behind a score. Two scores are compared only if their rules agree; otherwise the
// program says why not.

/// What was tested, and how it was divided; nil if a publication does not say.
package struct ProtocolSignature: Codable, Hashable, Sendable {
  /// The corpus's name, such as `ravdess`.
  package var corpus: String
  /// The name of the fold list: `session`, `emo-superb`, `speaker`, `emobox` or
  /// `contiguous`.
  package var foldList: String?
  /// Number of folds in the list.
  package var folds: Int?
  /// The names of the classes.
  package var classes: [String]
  /// Test utterances of all folds together.
  package var utterances: Int?
  /// What is scored: `test` or `inner-validation`.
  package var evaluateOn: String
  /// Whether the speech is synthetic.
  package var synthetic: Bool
  /// Whether the corpus deviates from the published counts.
  package var incomplete: Bool
  /// The protocol's identity; nil for a published result, whose utterances are not listed.
  package var fingerprint: ProtocolFingerprint?

  package init(
    corpus: String, foldList: String?, folds: Int?, classes: [String], utterances: Int?,
    evaluateOn: String = "test", synthetic: Bool = false, incomplete: Bool = false,
    fingerprint: ProtocolFingerprint? = nil
  ) {
    self.corpus = corpus
    self.foldList = foldList
    self.folds = folds
    self.classes = classes
    self.utterances = utterances
    self.evaluateOn = evaluateOn
    self.synthetic = synthetic
    self.incomplete = incomplete
    self.fingerprint = fingerprint
  }

  /// The protocol in one line for people, with every part that changes a score:
  ///
  ///     ravdess|n:1440|classes:8|folds:emobox-6|scored:test|metrics:1f2e…|v:1|fp:0a1b…
  package var text: String {
    func text(_ number: Int?) -> String { number.map(String.init) ?? "?" }
    var parts = [
      corpus + (synthetic ? "-SYNTHETIC" : "") + (incomplete ? "-INCOMPLETE" : ""),
      "n:\(text(utterances))", "classes:\(classes.count)",
      "folds:\(foldList ?? "?")-\(text(folds))", "scored:\(evaluateOn)",
    ]
    if let fingerprint {
      parts += [
        "metrics:\(fingerprint.metrics.prefix(6))", "excluded:\(fingerprint.exclusions.prefix(6))",
        "v:\(fingerprint.version)", "fp:\(fingerprint.digest)",
      ]
    }
    return parts.joined(separator: "|")
  }
}

/// How far two scores can be compared.
package enum Comparability: Codable, Hashable, Sendable {
  /// Their difference is meaningful.
  case comparable
  /// Both may be shown, but not subtracted.
  case shownOnly(reasons: [String])
  /// The scores may not be shown together.
  case refused(reason: String)
}

extension ProtocolSignature {
  /// How far one of our scores under this protocol compares with one under `other`.
  package func comparability(with other: ProtocolSignature) -> Comparability {
    if corpus != other.corpus {
      return .refused(reason: "other corpus: \(corpus) vs \(other.corpus)")
    }
    if synthetic != other.synthetic {
      return .refused(reason: "SYNTHETIC speech is never compared with real speech")
    }
    var reasons: [String] = []
    if let list = foldList, let otherList = other.foldList {
      if list != otherList { reasons.append("other folds: \(list) vs \(otherList)") }
    } else {
      reasons.append("the folds are not published")
    }
    note("folds", folds, other.folds, in: &reasons)
    if classes.sorted() != other.classes.sorted() {
      reasons.append(
        "other classes: \(classes.joined(separator: " ")) vs "
          + other.classes.joined(separator: " "))
    }
    note("utterances", utterances, other.utterances, in: &reasons)
    if evaluateOn != other.evaluateOn {
      reasons.append("scored on other data: \(evaluateOn) vs \(other.evaluateOn)")
    }
    if let own = fingerprint, let others = other.fingerprint {
      let differences = own.differences(from: others)
      // The name of the fold list is clearer than two hashes.
      reasons +=
        reasons.isEmpty ? differences : differences.filter { !$0.hasPrefix("other assign") }
    }
    // With equal fingerprints, both lack the same utterances.
    if incomplete || other.incomplete, fingerprint == nil || fingerprint != other.fingerprint {
      reasons.append("the corpus is incomplete (\(incomplete ? "this run" : "the baseline"))")
    }
    return reasons.isEmpty ? .comparable : .shownOnly(reasons: reasons)
  }

  private func note(_ what: String, _ ours: Int?, _ theirs: Int?, in reasons: inout [String]) {
    guard let ours, let theirs else {
      reasons.append("the number of \(what) is not recorded")
      return
    }
    if ours != theirs { reasons.append("other number of \(what): \(ours) vs \(theirs)") }
  }
}
