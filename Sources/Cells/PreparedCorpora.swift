// The corpora of a run as training reads them: one store of recordings and features for each corpus
// and each choice of signal and feature settings, made once and shared by all cells.
package import Backbones
import BuildStamp
package import Corpora
import Files
import Foundation
package import Audio
package import Runs
package import Settings
package import Training

/// Every corpus of a run under every signal and feature settings in it.
package struct PreparedCorpora: Sendable {
  private let byKey: [String: PreparedCorpus]
  /// The caches of pretrained backbones' frames.
  private let caches: [FrameCache]
  /// What tells a corpus from every other, sound included, by its name.
  private let identities: [String: String]

  /// Opens the stores of corpora, making those that are not there.
  ///
  /// - Parameters: - cells: those that will read them. - folder: where the stores lie. -
  ///   requireSound: called before a store is made, for a corpus that may have changed since it was
  ///   recorded. - watch: is told a corpus's title, how many recordings are prepared, and of how
  ///   many.
  package init(
    _ corpora: [CorpusFacts], for cells: [Cell], in folder: String, _ backbone: BackboneUse,
    threads: Int, requireSound: (CorpusFacts) throws -> Void,
    watch: (String, Int, Int) -> Void
  ) throws {
    try makeFolder(folder)
    try removeLeftovers(in: folder)
    var byKey: [String: PreparedCorpus] = [:]
    identities = Dictionary(
      corpora.map { ($0.corpus, $0.identity) }, uniquingKeysWith: { first, _ in first })
    let caches = try backbone.caches()
    self.caches = FramePrecision.allCases.compactMap { caches[$0] }
    for corpus in corpora {
      let utterances = corpus.corpusUtterances
      for settings in cells.filter({ $0.identity.corpus == corpus.corpus })
        .map(\.identity.settings)
      {
        let key = try Self.key(corpus.identity, settings)
        let use = try Self.key(key, use: settings)
        guard byKey[use] == nil else { continue }
        let total = utterances.count
        // A store is of the recorded sound by its key; a new one must be made of it.
        if access(FeatureStore.path(folder: folder, key: key), F_OK) != 0 {
          try requireSound(corpus)
        }
        let store = try FeatureStore.openOrBuild(
          utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) },
          folder: folder, key: key, signal: settings.signal, features: settings.features,
          jobs: threads
        ) { watch(corpus.title, $0, total) }
        byKey[use] = try PreparedCorpus(
          utterances, classes: corpus.classes, store: store, signal: settings.signal,
          features: settings.features,
          supply: try backbone.supply(settings, caches), threads: threads)
      }
    }
    self.byKey = byKey
  }

  /// The corpus as a cell with these settings reads it.
  package subscript(corpus: String, settings: VariantSettings) -> PreparedCorpus {
    get throws {
      let key = try Self.key(identities[corpus] ?? "", settings)
      guard let prepared = byKey[try Self.key(key, use: settings)] else {
        preconditionFailure("no features of \(corpus) were prepared under these settings")
      }
      return prepared
    }
  }

  /// Returns the key of a store as a variant's network reads it.
  private static func key(_ store: String, use settings: VariantSettings) throws -> String {
    guard settings.model.backbone == .pretrained else { return store }
    return store + String(decoding: try canonicalJSON(settings.pretrained), as: UTF8.self)
  }

  /// Whether these cells can read from here.
  package func serves(_ cells: [Cell]) -> Bool {
    cells.allSatisfy { cell in
      guard
        let key = try? Self.key(
          identities[cell.identity.corpus] ?? "", cell.identity.settings),
        let use = try? Self.key(key, use: cell.identity.settings)
      else { return false }
      return byKey[use] != nil
    }
  }

  /// What the caches of frames did; nil where there are none.
  package var savings: FrameSavings? {
    caches.isEmpty ? nil : caches.map { FrameSavings($0.savings) }.reduce(FrameSavings(), +)
  }

  private static func key(_ corpus: String, _ settings: VariantSettings) throws -> String {
    let parts = [
      programVersion, corpus,
      String(decoding: try canonicalJSON(settings.signal), as: UTF8.self),
      String(decoding: try canonicalJSON(settings.features), as: UTF8.self),
    ]
    return String(sha256(parts.joined(separator: "\n")).prefix(32))
  }
}

extension PreparedCorpora {
  /// Makes the store that the first of some variants reads, before it is known how the corpus
  /// sounds, and returns the digests of its clips: each is decoded once for both.
  ///
  /// - Parameter folder: where stores lie; it is made.
  package static func hear(
    _ utterances: [Utterance], _ settings: VariantSettings, in folder: String, threads: Int,
    watch: (Int) -> Void
  ) throws -> [SoundDigest] {
    try makeFolder(folder)
    return try FeatureStore.buildListening(
      utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) },
      path: FeatureStore.path(folder: folder, key: heardKey), signal: settings.signal,
      features: settings.features, jobs: threads, progress: watch)
  }

  /// Gives the store that `hear` made its name, now that it is known how the corpus sounds.
  package static func name(
    _ corpus: CorpusFacts, _ settings: VariantSettings, in folder: String
  ) throws {
    let path = FeatureStore.path(folder: folder, key: try key(corpus.identity, settings))
    rename(FeatureStore.path(folder: folder, key: heardKey), path)
  }

  private static let heardKey = "heard-\(getpid())"
}

extension CorpusFacts {
  /// What tells the corpus from every other: what is said of its clips, and how they sound.
  fileprivate var identity: String { fingerprint + "\n" + (sound ?? "") }
}
