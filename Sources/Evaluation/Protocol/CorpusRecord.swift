// What a corpus says about its utterances, and whether predictions cover exactly the utterances
// that a fold scores. A checksum proves that a file is unchanged. This check proves that it is the
// right file.

/// The corpus facts behind every score.
package struct CorpusRecord: Codable, Hashable, Sendable {
  /// One utterance in the corpus.
  package struct Utterance: Codable, Hashable, Sendable {
    package let id: String
    package let speaker: String
    /// The index of its class.
    package let label: Int
    /// The fold that tests it, counted from 1.
    package let fold: Int

    package init(id: String, speaker: String, label: Int, fold: Int) {
      (self.id, self.speaker, self.label, self.fold) = (id, speaker, label, fold)
    }
  }

  /// The corpus's name, for messages.
  package let corpus: String
  /// The class names in order.
  package let classes: [String]
  /// The number of folds.
  package let folds: Int
  /// What a fold scores: `test`, or `inner-validation`, which is the test part of the next fold.
  package let evaluateOn: String
  package let utterances: [Utterance]

  package init(
    corpus: String, classes: [String], folds: Int, evaluateOn: String, utterances: [Utterance]
  ) {
    (self.corpus, self.classes, self.folds) = (corpus, classes, folds)
    (self.evaluateOn, self.utterances) = (evaluateOn, utterances)
  }

  /// The utterances that a fold scores.
  package func scored(inFold fold: Int) -> [Utterance] {
    let part = testPart(ofFold: fold)
    return utterances.filter { $0.fold == part }
  }

  /// The fold whose test part `fold` scores.
  func testPart(ofFold fold: Int) -> Int {
    Evaluation.testPart(ofFold: fold, folds: folds, evaluateOn: evaluateOn)
  }

  /// The number of scored utterances of each class in a fold, `[K]`.
  package func supports(inFold fold: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for utterance in scored(inFold: fold) where counts.indices.contains(utterance.label) {
      counts[utterance.label] += 1
    }
    return counts
  }
}

/// The fold whose test part `fold` scores: the fold itself, or the next one for inner validation.
func testPart(ofFold fold: Int, folds: Int, evaluateOn: String) -> Int {
  evaluateOn == "test" || !(1...max(1, folds)).contains(fold) ? fold : fold % max(1, folds) + 1
}

extension CorpusRecord {
  /// Returns how a cell's predictions differ from what its fold scores, one phrase each. The list
  /// is empty if each utterance occurs once, matches the corpus, and has its greatest probability
  /// on the predicted class.
  package func differences(of file: PredictionFile, fold: Int) -> [String] {
    guard file.classes == classes else {
      return [
        "has the classes \(listed(file.classes)), expected \(listed(classes)) in this order"
      ]
    }
    let part = scored(inFold: fold)
    let expected = Dictionary(part.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let elsewhere = Dictionary(
      utterances.map { ($0.id, $0.fold) }, uniquingKeysWith: { first, _ in first })
    var found = FoundDifferences()
    var seen: Set<String> = []
    for row in file.predictions {
      guard seen.insert(row.id).inserted else {
        found.add(.repeated, row.id)
        continue
      }
      guard let own = expected[row.id] else {
        if let other = elsewhere[row.id] {
          found.add(.foreign, "\(row.id) (of fold \(other))")
        } else {
          found.add(.unknown, row.id)
        }
        continue
      }
      if row.truth != own.label {
        found.add(.truth, "\(row.id) (\(name(row.truth)), expected \(name(own.label)))")
      }
      if row.speaker != own.speaker {
        found.add(.speaker, "\(row.id) (\(row.speaker), expected \(own.speaker))")
      }
      if row.fold != fold { found.add(.fold, "\(row.id) (\(row.fold), expected \(fold))") }
      if !row.choosesGreatest { found.add(.choice, "\(row.id) (\(name(row.predicted)))") }
    }
    for utterance in part where !seen.contains(utterance.id) { found.add(.missing, utterance.id) }
    return found.phrases(of: part.count, fold: fold, corpus: corpus)
  }

  private func name(_ label: Int) -> String {
    classes.indices.contains(label) ? classes[label] : "class \(label)"
  }
}

extension Prediction {
  /// Whether the predicted class has the greatest probability; true if no probabilities are kept.
  var choosesGreatest: Bool {
    guard probabilities.indices.contains(predicted) else { return probabilities.isEmpty }
    let own = probabilities[predicted]
    return probabilities.allSatisfy { $0 <= own }
  }
}

/// Differing utterances by kind of difference.
private struct FoundDifferences {
  enum Kind: CaseIterable { case unknown, foreign, missing, repeated, truth, speaker, fold, choice }

  private var counts: [Kind: Int] = [:]
  private var examples: [Kind: [String]] = [:]

  mutating func add(_ kind: Kind, _ example: String) {
    counts[kind, default: 0] += 1
    if examples[kind, default: []].count < 3 { examples[kind, default: []].append(example) }
  }

  /// The phrases, in the order of the kinds.
  func phrases(of expected: Int, fold: Int, corpus: String) -> [String] {
    Kind.allCases.compactMap { kind in
      guard let count = counts[kind], let first = examples[kind] else { return nil }
      let ids = "\(listed(first))\(count > first.count ? " …" : "")"
      return switch kind {
      case .unknown: "\(count) ids are not in \(corpus): \(ids)"
      case .foreign: "\(count) ids are not scored in fold \(fold): \(ids)"
      case .missing: "\(count) of the \(expected) utterances of fold \(fold) are missing: \(ids)"
      case .repeated: "\(count) ids occur more than once: \(ids)"
      case .truth: "\(count) have another class than the corpus: \(ids)"
      case .speaker: "\(count) have another speaker than the corpus: \(ids)"
      case .fold: "\(count) have another fold than their cell: \(ids)"
      case .choice:
        "\(count) have a predicted class that has not the greatest probability: \(ids)"
      }
    }
  }
}

private func listed(_ names: [String]) -> String { names.joined(separator: ", ") }
