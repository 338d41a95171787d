// The unit of work: one variant, corpus, fold and seed. A cell is addressed by the hash of all that
// determines its numbers, so a finished one is found again whatever run asks for it.
import Files
import Foundation
package import Settings

/// One training and its evaluation, spelled out.
package struct Cell: Codable, Hashable, Sendable {
  /// All that determines the cell's numbers; the variant's name is not among it.
  package struct Identity: Codable, Hashable, Sendable {
    package let programVersion: String
    package let corpus: String
    package let corpusFingerprint: String
    package let ravdessFolds: ProtocolSettings.RAVDESSFolds
    package let evaluateOn: ProtocolSettings.EvaluationSplit
    package let fold: Int
    package let seed: Int
    package let settings: VariantSettings
    /// The fingerprint of the pretrained network; nil for a variant that uses none.
    package let backboneFingerprint: String?

    package init(
      programVersion: String, corpus: String, corpusFingerprint: String,
      ravdessFolds: ProtocolSettings.RAVDESSFolds, evaluateOn: ProtocolSettings.EvaluationSplit,
      fold: Int, seed: Int, settings: VariantSettings, backboneFingerprint: String? = nil
    ) {
      self.programVersion = programVersion
      self.corpus = corpus
      self.corpusFingerprint = corpusFingerprint
      self.ravdessFolds = ravdessFolds
      self.evaluateOn = evaluateOn
      self.fold = fold
      self.seed = seed
      self.settings = settings
      self.backboneFingerprint = backboneFingerprint
    }
  }

  package let variant: String
  /// Whether this training only stands beside its variant's, with speakers held out to choose an epoch.
  package let isCompanion: Bool
  package let identity: Identity
  /// The SHA-256 of the identity's canonical JSON.
  package let hash: String

  package init(variant: String, isCompanion: Bool = false, identity: Identity) throws {
    self.variant = variant
    self.isCompanion = isCompanion
    self.identity = identity
    hash = sha256(try canonicalJSON(identity))
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
