// A corpus as a value: its utterances, and whether it is complete. It knows where the sound is and
// never opens it.
import Files
import Foundation

/// A corpus read from a folder.
package struct Corpus: Sendable {
  package let definition: CorpusDefinition
  /// The folder as given by the user.
  package let root: String
  /// The marker of a synthetic corpus; nil for a genuine one.
  package let synthetic: SyntheticMarker?
  /// The division into folds.
  package let foldList: FoldList
  /// The used utterances, sorted by id in byte order.
  package private(set) var utterances: [Utterance]
  /// What was found but is not used.
  package let exclusions: [Exclusion]
  /// Utterances with several files, sorted by id in byte order.
  package let copies: [ClipCopies]
  /// The expected contents: the published counts, or those of its own marker.
  package let expected: ExpectedCorpus
  /// How the corpus differs from `expected`.
  package let check: CountCheck
  /// See `fingerprint(of:synthetic:)`.
  package let fingerprint: String
  /// The origin of a corpus from a manifest; nil for a registered corpus.
  package let manifest: ManifestOrigin?

  /// Whether the signals are synthetic. Every output made from them must say so.
  package var isSynthetic: Bool { synthetic != nil }
  /// Whether counts or labels differ from the expected ones, or clips are unreadable. Every output
  /// made from it must say so.
  package var isIncomplete: Bool { !check.passes }
  /// Whether the speakers are known. If not, each clip counts as a speaker of its own, and every
  /// output made from the corpus must say so.
  package var hasSpeakers: Bool { manifest?.hasSpeakers ?? true }
  /// The classes in their fixed order.
  package var classes: [String] { definition.classes }
  /// The corpus's name on the command line and in files, such as `ravdess`.
  package var id: String { definition.id }
  /// The corpus's own spelling of its name.
  package var title: String { definition.title }
  /// The names of the folds; fold 1 is the first.
  package var foldNames: [String] { foldList.names }
  /// The speakers, sorted by name in byte order.
  package var speakers: [Speaker] {
    Set(utterances.map(\.speaker)).sorted(by: precedes).map {
      Speaker(name: $0, sex: definition.sex(of: $0))
    }
  }

  /// A speaker.
  package struct Speaker: Codable, Hashable, Sendable {
    package let name: String
    /// From the corpus's own names or documentation; nil if they do not say.
    package let sex: Sex?
  }

  /// The corpus with only some of its utterances, for trials that are not results.
  package func sample(_ utterances: [Utterance]) -> Corpus {
    var sample = self
    sample.utterances = utterances
    return sample
  }

  /// Reads a corpus at `path`: its root, or a folder that contains its root.
  ///
  /// Deviating counts are not an error here: see `requireCompleteness(allowIncomplete:)`.
  ///
  /// - Parameters:
  ///   - folds: its division into folds; the usual one by default.
  ///   - needsSound: whether unreadable clips make it incomplete.
  /// - Throws: `CorpusError`, or `FileError` for a label file that cannot be read.
  package static func read(
    _ definition: CorpusDefinition, at path: String, folds: FoldList? = nil,
    needsSound: Bool = true
  ) throws -> Corpus {
    var root = path
    while root.utf8.count > 1, root.utf8.last == UInt8(ascii: "/") { root.removeLast() }
    let index = try FileIndex(root: root)
    let folds = folds ?? definition.usualFolds
    let findings = try definition.findings(in: index, folds: folds)
    let below = root.utf8.count + 1
    let marker = try SyntheticMarker.standing(
      over: findings.utterances.map { String($0.path.utf8.dropFirst(below)) ?? $0.path },
      in: index, corpus: definition)
    return Corpus(
      definition: definition, root: root, synthetic: marker, foldList: folds, findings: findings,
      skipped: index.skipped, needsSound: needsSound)
  }

  private init(
    definition: CorpusDefinition, root: String, synthetic: SyntheticMarker?, foldList: FoldList,
    findings: Findings, skipped: [Exclusion], needsSound: Bool
  ) {
    self.definition = definition
    self.root = root
    self.synthetic = synthetic
    self.foldList = foldList
    utterances = findings.utterances.sorted { precedes($0.id, $1.id) }
    exclusions = findings.exclusions + skipped
    let used = Set(utterances.map(\.id))
    copies = findings.copies.filter { used.contains($0.id) }.sorted { precedes($0.id, $1.id) }
    expected = synthetic?.expected ?? definition.published
    // A stand-in has its own labels.
    check = CountCheck(
      utterances, of: definition, withoutClip: findings.withoutClip,
      labels: synthetic == nil ? findings.labels : nil,
      unreadable: needsSound ? unreadable(utterances, below: root) : [], expected: expected)
    fingerprint = Corpus.fingerprint(of: utterances, synthetic: synthetic)
    manifest = nil
  }

  /// A corpus from a manifest. There is nothing to leave out and nothing to compare it with, except
  /// the counts that its own description gives.
  init(
    definition: CorpusDefinition, root: String, synthetic: SyntheticMarker?, foldList: FoldList,
    utterances: [Utterance], exclusions: [Exclusion] = [], manifest: ManifestOrigin,
    needsSound: Bool = true
  ) {
    (self.definition, self.root, self.synthetic) = (definition, root, synthetic)
    (self.foldList, self.manifest) = (foldList, manifest)
    self.utterances = utterances.sorted { precedes($0.id, $1.id) }
    (self.exclusions, copies) = (exclusions, [])
    expected = definition.published
    check = CountCheck(
      utterances, of: definition, withoutClip: [], labels: nil,
      unreadable: needsSound ? unreadable(utterances, below: root) : [], expected: expected)
    fingerprint = Corpus.fingerprint(of: self.utterances, synthetic: synthetic)
  }

  /// Throws if the counts differ from the expected ones, unless that is allowed.
  package func requireCompleteness(allowIncomplete: Bool) throws {
    guard isIncomplete, !allowIncomplete else { return }
    throw CorpusError.countsDiffer(
      corpus: definition, path: root, check: check, causes: exclusions.likelyCauses)
  }

  /// What every output made from the corpus must say, one line each.
  package var warnings: [String] {
    [warning, hasSpeakers ? nil : "\(root): \(title): \(ManifestOrigin.withoutSpeakers)"]
      .compactMap { $0 }
  }

  /// A one-line warning about an incomplete corpus; nil for a complete one.
  package var warning: String? {
    guard isIncomplete else { return nil }
    let first = check.lines.first.map { ": " + $0 } ?? ""
    return "\(root): \(title) is INCOMPLETE: \(check.summary)\(first)"
      + (check.lines.count > 1 ? " and \(check.lines.count - 1) more" : "")
      + exclusions.likelyCauses.map { "; " + $0 }.joined()
  }

  /// Returns the SHA-256, in hexadecimal, of the lines `id,label,speaker,session,fold`, sorted by
  /// id in byte order, each followed by a line feed. These are the first five columns of the
  /// listing without its header. Paths do not count. For a synthetic corpus a line
  /// `SYNTHETIC,program,seed` comes first, because its ids alone do not identify a synthesis.
  static func fingerprint(of utterances: [Utterance], synthetic: SyntheticMarker?) -> String {
    fingerprint(of: utterances, synthetic: synthetic.map { ($0.program, $0.seed) })
  }

  /// The same for a marker as stored in a record.
  package static func fingerprint(
    of utterances: [Utterance], synthetic: (program: String, seed: UInt64)?
  ) -> String {
    var lines = synthetic.map { "SYNTHETIC,\($0.program),\($0.seed)\n" } ?? ""
    for utterance in utterances {
      let session = utterance.session.map(String.init) ?? ""
      lines +=
        "\(utterance.id),\(utterance.label),\(utterance.speaker),\(session),\(utterance.fold)\n"
    }
    return sha256(lines)
  }
}

/// Returns the unreadable clips as `PATH: REASON`, with the path below the root.
private func unreadable(_ utterances: [Utterance], below root: String) -> [String] {
  utterances.compactMap { utterance in
    guard access(soundFile(of: utterance.path), R_OK) != 0 else { return nil }
    let reason = String(cString: strerror(errno))
    return "\(visible(utterance.file(below: root))): \(reason)"
  }
}
