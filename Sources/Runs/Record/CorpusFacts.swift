// What a run records about a corpus, so that readers of the run need no corpus: see docs/format.md.
package import Corpora
package import Evaluation
import Files
package import Settings

/// The facts of a corpus behind a run, in the run's `corpora/NAME.json`.
package struct CorpusFacts: Codable, Hashable, Sendable {
  /// The corpus's name on the command line, such as `ravdess`.
  package var corpus: String
  /// The corpus's own spelling of its name.
  package var title: String
  /// Its path when the run was made, or when it was last found.
  package var path: String
  /// The name of the manifest at that path; nil for a registered corpus.
  package var manifest: String?
  /// Whether the manifest lacks speakers; nil if the speakers are known. Each utterance then counts
  /// as a speaker of its own.
  package var isWithoutSpeakers: Bool?
  /// Licence and citation from `corpus.yaml`, one line each; nil without them.
  package var about: [String]?
  /// The classes in their fixed order.
  package var classes: [String]
  /// The name of the fold list, such as `emobox`.
  package var foldList: String
  /// The names of the folds; fold 1 is the first.
  package var foldNames: [String]
  /// The SHA-256 of ids, labels, speakers, sessions and folds: see `Corpus.fingerprint`.
  package var fingerprint: String
  /// The SHA-256 of all clips' decoded samples: see `CorpusSound`; nil in runs of version 0.5 and
  /// earlier.
  package var sound: String?
  /// Frames that another program wrote; nil if the run uses none.
  package var frames: Frames?
  /// The program and seed of a synthetic corpus; nil for recordings of people.
  package var synthetic: Synthetic?
  /// How the corpus differs from its expected contents, one line each; empty for a complete one.
  package var incompleteness: [String]
  /// The published number of utterances of each class; nil if one is unknown.
  package var publishedCounts: [Int]?
  /// What was found and is not used; nil in runs of version 0.5 and earlier.
  package var exclusions: [Exclusion]?
  /// Sorted by id in byte order.
  package var utterances: [Utterance]

  package struct Synthetic: Codable, Hashable, Sendable {
    package var program: String
    package var seed: UInt64

    package init(program: String, seed: UInt64) { (self.program, self.seed) = (program, seed) }
  }

  /// Frames that another program wrote.
  package struct Frames: Codable, Hashable, Sendable {
    /// The folder or the safetensors file.
    package var path: String
    /// The SHA-256 of ids, shapes and numbers. It is part of the cells' addresses.
    package var digest: String
    /// The features of a frame.
    package var width: Int
    /// The number of layers of each array; nil for arrays of one layer.
    package var layers: Int?
    /// The precision of the files: float16 or float32.
    package var precision: String
    /// The frames of all utterances together.
    package var total: Int
    /// The number of arrays without an utterance, which are not used.
    package var unused: Int

    package init(
      path: String, digest: String, width: Int, layers: Int?, precision: String, total: Int,
      unused: Int
    ) {
      (self.path, self.digest, self.width) = (path, digest, width)
      (self.layers, self.precision) = (layers, precision)
      (self.total, self.unused) = (total, unused)
    }
  }

  package struct Exclusion: Codable, Hashable, Sendable {
    package var subject: String
    package var reason: String
    /// The label, if it was excluded as not one of the used classes.
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
    /// `female` or `male`; nil if the corpus does not say.
    package var sex: String?
    package var session: Int?
    /// The fold that tests it, from 1.
    package var fold: Int
    /// The sound file below the corpus's path; nil in runs of version 0.5 and earlier.
    package var file: String?
    /// Seconds of sound.
    package var duration: Double?
    /// The SHA-256 of its decoded samples.
    package var sound: String?
    /// The spoken words; nil if the corpus does not say, and in runs of version 0.6.1 and earlier.
    package var text: String?
    /// Further values by name, such as `strong` for `intensity`; nil like the text.
    package var attributes: [String: String]?

    package init(
      id: String, label: String, speaker: String, sex: String? = nil, session: Int?, fold: Int,
      file: String? = nil, duration: Double? = nil, sound: String? = nil,
      attributes: UtteranceAttributes = .none
    ) {
      (self.id, self.label, self.speaker, self.sex) = (id, label, speaker, sex)
      (self.session, self.fold, self.file) = (session, fold, file)
      (self.duration, self.sound) = (duration, sound)
      text = attributes.text
      self.attributes = attributes.values.isEmpty ? nil : attributes.values
    }
  }

  package init(
    corpus: String, title: String, path: String, manifest: String? = nil,
    isWithoutSpeakers: Bool? = nil, about: [String]? = nil, classes: [String], foldList: String,
    foldNames: [String], fingerprint: String, sound: String? = nil, synthetic: Synthetic? = nil,
    incompleteness: [String] = [], publishedCounts: [Int]? = nil, exclusions: [Exclusion]? = nil,
    utterances: [Utterance]
  ) {
    (self.corpus, self.title, self.path) = (corpus, title, path)
    (self.manifest, self.isWithoutSpeakers) = (manifest, isWithoutSpeakers)
    self.about = about
    (self.classes, self.foldList, self.foldNames) = (classes, foldList, foldNames)
    (self.fingerprint, self.sound, self.synthetic) = (fingerprint, sound, synthetic)
    (self.incompleteness, self.publishedCounts) = (incompleteness, publishedCounts)
    (self.exclusions, self.utterances) = (exclusions, utterances)
  }

  package var isSynthetic: Bool { synthetic != nil }
  package var isIncomplete: Bool { !incompleteness.isEmpty }
  package var hasSpeakers: Bool { isWithoutSpeakers != true }
  /// Whether the corpus has a fixed test set, which is its fold 1.
  package var isSplit: Bool { manifest != nil && foldList == FoldList.splitName }
  /// Whether the protocol tests an utterance. With a fixed test set, it tests only that.
  package func tests(_ utterance: Utterance) -> Bool { !isSplit || utterance.fold == 1 }

  /// The place to read the corpus from: its folder or its manifest.
  package var place: String { manifest.map { path + "/" + $0 } ?? path }

  /// The digest of its frames from files for a variant; nil for a variant with another backbone.
  package func framesIdentity(for settings: VariantSettings) -> String? {
    settings.model.backbone == .frames ? frames?.digest : nil
  }

  /// The digest of its sound for a variant; nil for a variant on frames from files, which reads no
  /// sound.
  package func soundIdentity(for settings: VariantSettings) -> String? {
    settings.model.backbone == .frames ? nil : sound
  }

  /// Moves the corpus to a folder, or to a manifest.
  mutating func move(to place: String) {
    if manifest != nil, let found = ManifestPlace(place) {
      (path, manifest) = (found.folder, found.name)
    } else {
      path = place
    }
  }

  package static func document(_ corpus: String) -> String { "corpora/\(corpus).json" }
}

extension CorpusFacts {
  /// The utterances in the form that training and partitions use.
  package var corpusUtterances: [Corpora.Utterance] {
    let places = Dictionary(
      classes.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    return utterances.map {
      Corpora.Utterance(
        id: $0.id, label: $0.label, classIndex: places[$0.label] ?? 0, speaker: $0.speaker,
        session: $0.session, fold: $0.fold,
        path: $0.file.map { $0.hasPrefix("/") ? $0 : path + "/" + $0 } ?? path + "/")
    }
  }

  /// The facts behind every score.
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

  /// Utterances that the corpus has and the protocol does not score, as `subject,label`. Files that
  /// are not clips of the corpus do not count. They depend on the machine, not on the protocol.
  package var unusedLabels: [String] {
    (exclusions ?? []).compactMap { exclusion in
      exclusion.unusedLabel.map { "\(exclusion.subject),\($0)" }
    }
  }

  /// The first impossible fact; nil if there is none.
  package var problem: String? {
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
      guard (utterance.attributes ?? [:]).allSatisfy(UtteranceAttributes.isShort) else {
        return "\(utterance.id): attributes: expected names and values of at most "
          + "\(UtteranceAttributes.mostBytes) bytes"
      }
    }
    if let publishedCounts,
      publishedCounts.count != classes.count
        || publishedCounts.contains(where: { $0 < 0 })
    {
      return "published_counts: expected one count for each class"
    }
    guard computedFingerprint == fingerprint else {
      return "fingerprint: does not match the utterances"
    }
    return soundProblem
  }

  /// The digest that `fingerprint` must have.
  package var computedFingerprint: String {
    Corpus.fingerprint(
      of: corpusUtterances, synthetic: synthetic.map { ($0.program, $0.seed) })
  }

  /// What is wrong with the digests of the sound; nil if they agree.
  private var soundProblem: String? {
    guard let sound else { return nil }
    let digests = utterances.compactMap { utterance in
      utterance.sound.map { (utterance.id, $0) }
    }
    guard digests.count == utterances.count, soundDigest(digests) == sound else {
      return "sound: does not match the utterances"
    }
    return nil
  }
}

/// Returns the digest of a corpus's sound: SHA-256 of the lines `id,digest`, each followed by a
/// line feed, in the given order, which is the byte order of the ids.
package func soundDigest(_ clips: [(id: String, digest: String)]) -> String {
  sha256(clips.map { "\($0.id),\($0.digest)\n" }.joined())
}
