// The unit of work: one variant, corpus, fold and seed. A cell is addressed by the hash of all that
// determines its numbers, so a finished one is found again whatever run asks for it.
import Files
import Foundation
package import Settings

/// One training and its evaluation, spelled out.
package struct Cell: Codable, Hashable, Sendable {
  /// All that determines the cell's numbers; the variant's name is not among it.
  package struct Identity: Hashable, Sendable {
    package let programVersion: String
    package let corpus: String
    package let corpusFingerprint: String
    /// The digest of the corpus's sound; nil in cells of version 0.5 and before.
    package let sound: String?
    /// The name of the list of folds.
    package let foldList: String
    package let evaluateOn: ProtocolSettings.EvaluationSplit
    package let fold: Int
    package let seed: Int
    package let settings: VariantSettings
    /// The fingerprint of the pretrained network; nil for a variant that uses none.
    package let backboneFingerprint: String?

    package init(
      programVersion: String, corpus: String, corpusFingerprint: String, sound: String?,
      foldList: String, evaluateOn: ProtocolSettings.EvaluationSplit, fold: Int, seed: Int,
      settings: VariantSettings, backboneFingerprint: String? = nil
    ) {
      (self.programVersion, self.corpus) = (programVersion, corpus)
      (self.corpusFingerprint, self.sound) = (corpusFingerprint, sound)
      (self.foldList, self.evaluateOn) = (foldList, evaluateOn)
      (self.fold, self.seed, self.settings) = (fold, seed, settings)
      self.backboneFingerprint = backboneFingerprint
    }
  }

  package let variant: String
  /// Whether this training only stands beside its variant's, with speakers held out to choose an
  /// epoch.
  package let isCompanion: Bool
  package let identity: Identity
  /// The SHA-256 of the identity's canonical JSON.
  package let hash: String

  /// A cell that this program makes.
  package init(variant: String, isCompanion: Bool = false, identity: Identity) throws {
    self.init(
      variant: variant, isCompanion: isCompanion, identity: identity,
      recordedHash: sha256(try canonicalJSON(identity)))
  }

  /// A cell as some program recorded it.
  init(variant: String, isCompanion: Bool, identity: Identity, recordedHash: String) {
    (self.variant, self.isCompanion) = (variant, isCompanion)
    (self.identity, hash) = (identity, recordedHash)
  }

  /// The cell's name for people: `ravdess full fold 1 seed 1`.
  package var title: String {
    "\(identity.corpus) \(variant) fold \(identity.fold) seed \(identity.seed)"
      + (isCompanion ? " beside" : "")
  }

  /// The name of the cell's folder, which begins with what people look for and ends with the hash.
  package var folderName: String {
    "\(identity.corpus)-fold\(identity.fold)-seed\(identity.seed)-\(hash.prefix(16))"
  }
}

extension Cell.Identity: Codable {
  private enum Key: String, CodingKey {
    case programVersion, corpus, corpusFingerprint, sound, foldList, evaluateOn, fold, seed
    case settings, backboneFingerprint
    /// Of version 0.5 and before: RAVDESS's list of folds, whatever the corpus.
    case ravdessFolds
  }

  package init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
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
      settings: try keys.decode(VariantSettings.self, forKey: .settings),
      backboneFingerprint: try keys.decodeIfPresent(String.self, forKey: .backboneFingerprint))
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
    try keys.encode(settings, forKey: .settings)
    try keys.encodeIfPresent(backboneFingerprint, forKey: .backboneFingerprint)
  }
}
