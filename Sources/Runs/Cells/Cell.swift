// The unit of work: one variant, corpus, fold and seed. Its address is the hash of everything that
// determines its numbers, so any run finds a finished cell again.
package import Experiments
import Files
import Foundation
package import Settings

/// One training and its evaluation.
package struct Cell: Codable, Hashable, Sendable {
  /// Everything that determines the cell's numbers. The variant's name does not.
  package struct Identity: Hashable, Sendable {
    package let programVersion: String
    package let corpus: String
    package let corpusFingerprint: String
    /// The digest of the corpus's sound; nil in cells of version 0.5 and earlier, and in cells on
    /// frames from files, which read no sound.
    package let sound: String?
    /// The name of the fold list.
    package let foldList: String
    package let evaluateOn: ProtocolSettings.EvaluationSplit
    package let fold: Int
    package let seed: Int
    package let settings: VariantSettings
    /// The fingerprint of the pretrained network; nil for a variant without one.
    package let backboneFingerprint: String?
    /// The digest of the frames that another program wrote; nil for a variant without them.
    package let frames: String?
    /// The predictions of a system that another program trained; nil for a training.
    package let scored: ScoredSystem?

    package init(
      programVersion: String, corpus: String, corpusFingerprint: String, sound: String?,
      foldList: String, evaluateOn: ProtocolSettings.EvaluationSplit, fold: Int, seed: Int,
      settings: VariantSettings, backboneFingerprint: String? = nil, frames: String? = nil,
      scored: ScoredSystem? = nil
    ) {
      (self.programVersion, self.corpus) = (programVersion, corpus)
      (self.corpusFingerprint, self.sound) = (corpusFingerprint, sound)
      (self.foldList, self.evaluateOn) = (foldList, evaluateOn)
      (self.fold, self.seed, self.settings) = (fold, seed, settings)
      (self.backboneFingerprint, self.frames) = (backboneFingerprint, frames)
      self.scored = scored
    }
  }

  package let variant: String
  /// Whether this is a companion of the variant's training, with speakers held out to select an
  /// epoch.
  package let isCompanion: Bool
  package let identity: Identity
  /// The SHA-256 of the identity's canonical JSON.
  package let hash: String

  /// A cell of this version of the program.
  package init(variant: String, isCompanion: Bool = false, identity: Identity) throws {
    self.init(
      variant: variant, isCompanion: isCompanion, identity: identity,
      recordedHash: sha256(try canonicalJSON(identity)))
  }

  /// A recorded cell of any version.
  init(variant: String, isCompanion: Bool, identity: Identity, recordedHash: String) {
    (self.variant, self.isCompanion) = (variant, isCompanion)
    (self.identity, hash) = (identity, recordedHash)
  }

  /// The cell's name for people, such as `ravdess full fold 1 seed 1`.
  package var title: String {
    "\(identity.corpus) \(variant) fold \(identity.fold) seed \(identity.seed)"
      + (isCompanion ? " beside" : "")
  }

  /// The name of the cell's folder: first what people look for, then the hash.
  package var folderName: String {
    "\(identity.corpus)-fold\(identity.fold)-seed\(identity.seed)-\(hash.prefix(16))"
  }
}

extension Cell.Identity: Codable {
  private enum Key: String, CodingKey {
    case programVersion, corpus, corpusFingerprint, sound, foldList, evaluateOn, fold, seed
    case settings, backboneFingerprint, frames, scored
    /// From version 0.5 and earlier: RAVDESS's fold list, for any corpus.
    case ravdessFolds
  }

  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    let scored = try keys.decodeIfPresent(ScoredSystem.self, forKey: .scored)
    self.init(
      programVersion: try keys.decode(String.self, forKey: .programVersion),
      corpus: try keys.decode(String.self, forKey: .corpus),
      corpusFingerprint: try keys.decode(String.self, forKey: .corpusFingerprint),
      sound: try keys.decodeIfPresent(String.self, forKey: .sound),
      foldList: try keys.decodeIfPresent(String.self, forKey: .foldList)
        ?? keys.decode(String.self, forKey: .ravdessFolds),
      evaluateOn: try keys.decode(ProtocolSettings.EvaluationSplit.self, forKey: .evaluateOn),
      fold: try keys.decode(Int.self, forKey: .fold),
      seed: try keys.decode(Int.self, forKey: .seed),
      settings: scored == nil
        ? try keys.decode(VariantSettings.self, forKey: .settings) : VariantSettings(),
      backboneFingerprint: try keys.decodeIfPresent(String.self, forKey: .backboneFingerprint),
      frames: try keys.decodeIfPresent(String.self, forKey: .frames), scored: scored)
  }

  package func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encode(programVersion, forKey: .programVersion)
    try keys.encode(corpus, forKey: .corpus)
    try keys.encode(corpusFingerprint, forKey: .corpusFingerprint)
    try keys.encodeIfPresent(sound, forKey: .sound)
    try keys.encode(foldList, forKey: .foldList)
    try keys.encode(evaluateOn, forKey: .evaluateOn)
    try keys.encode(fold, forKey: .fold)
    try keys.encode(seed, forKey: .seed)
    // A scored system has no settings.
    if scored == nil { try keys.encode(settings, forKey: .settings) }
    try keys.encodeIfPresent(scored, forKey: .scored)
    try keys.encodeIfPresent(backboneFingerprint, forKey: .backboneFingerprint)
    try keys.encodeIfPresent(frames, forKey: .frames)
  }
}
