// What a run records of a corpus, so that whoever reads the run needs no corpus: docs/format.md.
package import Corpora
package import Evaluation
import Files

/// The facts of a corpus on which a run rests, in `corpora/NAME.json` of the run.
package struct CorpusFacts: Codable, Hashable, Sendable {
  /// The corpus's name on the command line, such as `ravdess`.
  package var corpus: String
  /// The corpus's own spelling of its name.
  package var title: String
  /// Where it lay when the run was made, or when it was last found.
  package var path: String
  /// The classes in their fixed order.
  package var classes: [String]
  /// The name of the list of folds, such as `emobox`.
  package var foldList: String
  /// The names of the folds; fold 1 is the first.
  package var foldNames: [String]
  /// The SHA-256 of ids, labels, speakers, sessions and folds: see `Corpus.fingerprint`.
  package var fingerprint: String
  /// The SHA-256 of all clips' decoded samples: see `CorpusSound`; nil in runs of version 0.5 and
  /// before.
  package var sound: String?
  /// Which computed signals they are; nil for recordings of people.
  package var synthetic: Synthetic?
  /// In what the corpus differs from what it should be, a line each; empty for a whole one.
  package var incompleteness: [String]
  /// The published number of utterances of each class; nil where one is not known.
  package var publishedCounts: [Int]?
  /// What was seen and is not used; nil in runs of version 0.5 and before.
  package var exclusions: [Exclusion]?
  /// In the byte order of their ids.
  package var utterances: [Utterance]

  package struct Synthetic: Codable, Hashable, Sendable {
    package var program: String
    package var seed: UInt64

    package init(program: String, seed: UInt64) { (self.program, self.seed) = (program, seed) }
  }

  package struct Exclusion: Codable, Hashable, Sendable {
    package var subject: String
    package var reason: String
    /// The label, where the reason is that it is none of the used classes.
    package var unusedLabel: String?

    package init(subject: String, reason: String, unusedLabel: String? = nil) {
      (self.subject, self.reason, self.unusedLabel) = (subject, reason, unusedLabel)
    }
  }

  package struct Utterance: Codable, Hashable, Sendable {
    package var id: String
    /// The class's name.
    package var label: String
    package var speaker: String
    /// `female` or `male`; nil where the corpus does not say.
    package var sex: String?
    package var session: Int?
    /// The fold in which it is tested, from 1.
    package var fold: Int
    /// The sound file below the corpus's path; nil in runs of version 0.5 and before.
    package var file: String?
    /// Seconds of sound.
    package var duration: Double?
    /// The SHA-256 of its decoded samples.
    package var sound: String?

    package init(
      id: String, label: String, speaker: String, sex: String? = nil, session: Int?, fold: Int,
      file: String? = nil, duration: Double? = nil, sound: String? = nil
    ) {
      (self.id, self.label, self.speaker, self.sex) = (id, label, speaker, sex)
      (self.session, self.fold, self.file) = (session, fold, file)
      (self.duration, self.sound) = (duration, sound)
    }
  }

  package init(
    corpus: String, title: String, path: String, classes: [String], foldList: String,
    foldNames: [String], fingerprint: String, sound: String? = nil, synthetic: Synthetic? = nil,
    incompleteness: [String] = [], publishedCounts: [Int]? = nil, exclusions: [Exclusion]? = nil,
    utterances: [Utterance]
  ) {
    (self.corpus, self.title, self.path) = (corpus, title, path)
    (self.classes, self.foldList, self.foldNames) = (classes, foldList, foldNames)
    (self.fingerprint, self.sound, self.synthetic) = (fingerprint, sound, synthetic)
    (self.incompleteness, self.publishedCounts) = (incompleteness, publishedCounts)
    (self.exclusions, self.utterances) = (exclusions, utterances)
  }

  package var isSynthetic: Bool { synthetic != nil }
  package var isIncomplete: Bool { !incompleteness.isEmpty }

  package static func document(_ corpus: String) -> String { "corpora/\(corpus).json" }
}

extension CorpusFacts {
  /// The utterances as training and partitions take them.
  package var corpusUtterances: [Corpora.Utterance] {
    let places = Dictionary(
      classes.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    return utterances.map {
      Corpora.Utterance(
        id: $0.id, label: $0.label, classIndex: places[$0.label] ?? 0, speaker: $0.speaker,
        session: $0.session, fold: $0.fold, path: path + "/" + ($0.file ?? ""))
    }
  }

  /// The facts on which every score rests.
  ///
  /// - Parameter evaluateOn: which utterances of a fold are scored: `test` or `inner-validation`.
  package func record(evaluateOn: String) -> CorpusRecord {
    CorpusRecord(
      corpus: title, classes: classes, folds: foldNames.count, evaluateOn: evaluateOn,
      utterances: corpusUtterances.map {
        CorpusRecord.Utterance(
          id: $0.id, speaker: $0.speaker, label: $0.classIndex, fold: $0.fold)
      })
  }

  /// What a corpus has and the protocol does not score, as `subject,label`. Files that are no clips
  /// of the corpus do not count: they change with the machine, not with the protocol.
  var unusedLabels: [String] {
    (exclusions ?? []).compactMap { exclusion in
      exclusion.unusedLabel.map { "\(exclusion.subject),\($0)" }
    }
  }

  /// Returns the first thing that no corpus can be; nil where there is none.
  var problem: String? {
    guard !classes.isEmpty, classes.count <= 1_000, Set(classes).count == classes.count else {
      return "classes: expected 1 to 1000 different names, found \(classes.count)"
    }
    guard (2...10_000).contains(foldNames.count) else {
      return "fold_names: expected at least 2 folds, found \(foldNames.count)"
    }
    var seen: Set<String> = []
    for utterance in utterances {
      guard seen.insert(utterance.id).inserted else { return "\(utterance.id) stands there twice" }
      guard classes.contains(utterance.label) else {
        return "\(utterance.id): label: expected one of \(classes.joined(separator: ", ")), "
          + "found \(utterance.label)"
      }
      guard (1...foldNames.count).contains(utterance.fold) else {
        return "\(utterance.id): fold: expected 1 to \(foldNames.count), found \(utterance.fold)"
      }
      guard utterance.duration.map({ (0...1e6).contains($0) }) ?? true else {
        return "\(utterance.id): duration: expected seconds, found another number"
      }
    }
    if let publishedCounts,
      publishedCounts.count != classes.count
        || publishedCounts.contains(where: { $0 < 0 })
    {
      return "published_counts: expected one count for each class"
    }
    return soundProblem
  }

  /// Whether the digests say what the utterances say.
  private var soundProblem: String? {
    guard let sound else { return nil }
    let made = Corpus.fingerprint(
      of: corpusUtterances, synthetic: synthetic.map { ($0.program, $0.seed) })
    guard made == fingerprint else {
      return "fingerprint: is not that of the utterances beside it"
    }
    let digests = utterances.compactMap { utterance in
      utterance.sound.map { (utterance.id, $0) }
    }
    guard digests.count == utterances.count, soundDigest(digests) == sound else {
      return "sound: is not that of the utterances beside it"
    }
    return nil
  }
}

/// Returns the digest of a corpus's sound: the SHA-256 of the lines `id,digest`, each ended by a
/// line feed, in the given order, which is the byte order of the ids.
package func soundDigest(_ clips: [(id: String, digest: String)]) -> String {
  sha256(clips.map { "\($0.id),\($0.digest)\n" }.joined())
}
