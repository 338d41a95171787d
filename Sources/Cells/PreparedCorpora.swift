// The corpora of a run in the form that training reads: one store of recordings and features for
// each corpus and each choice of signal and feature settings. A store is made once and shared by
// all cells.
package import Backbones
import BuildStamp
package import Corpora
import Files
import Foundation
package import Audio
package import Runs
package import Settings
package import Training

/// Every corpus of a run with all its signal and feature settings.
package struct PreparedCorpora: Sendable {
  private let byKey: [String: PreparedCorpus]
  /// The caches of frames from pretrained backbones.
  private let caches: [FrameCache]
  /// The identity of each corpus, including its sound, by name.
  private let identities: [String: String]

  /// Opens the stores of corpora and makes missing ones.
  ///
  /// - Parameters:
  ///   - cells: the cells that will read them.
  ///   - folder: the folder of the stores.
  ///   - requireSound: called before a store is made, to check that the corpus has not changed
  ///     since it was recorded.
  ///   - watch: called with a corpus's title, the number of prepared recordings, and their total.
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
        if let frames = backbone.given.folder(corpus.corpus, settings) {
          byKey[use] = PreparedCorpus(
            utterances, classes: corpus.classes, frames: frames, settings)
          continue
        }
        let total = utterances.count
        // The key of an existing store proves its sound. A new store must be made from the recorded
        // sound.
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

  /// The corpus for a cell with these settings.
  package subscript(corpus: String, settings: VariantSettings) -> PreparedCorpus {
    get throws {
      let key = try Self.key(identities[corpus] ?? "", settings)
      guard let prepared = byKey[try Self.key(key, use: settings)] else {
        preconditionFailure("no features of \(corpus) were prepared under these settings")
      }
      return prepared
    }
  }

  /// Returns the key of a store for a variant's network.
  private static func key(_ store: String, use settings: VariantSettings) throws -> String {
    guard settings.model.backbone != .compact else { return store }
    return store + settings.model.backbone.rawValue
      + String(decoding: try canonicalJSON(settings.pretrained), as: UTF8.self)
  }

  /// Whether this holds everything that the cells read.
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

  /// The savings of the frame caches, or nil if there are none.
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
  /// Makes the store for the first of some variants and returns the digests of the clips' sound.
  /// Doing both at once decodes each clip only once. The store gets its name later, from `name`.
  ///
  /// - Parameter folder: the folder of the stores. It is created if needed.
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

  /// Names the store made by `hear`, once the digest of the corpus's sound is known.
  package static func name(
    _ corpus: CorpusFacts, _ settings: VariantSettings, in folder: String
  ) throws {
    let path = FeatureStore.path(folder: folder, key: try key(corpus.identity, settings))
    rename(FeatureStore.path(folder: folder, key: heardKey), path)
  }

  private static let heardKey = "heard-\(getpid())"
}

extension CorpusFacts {
  /// The identity of the corpus: its clips' descriptions and their sound.
  fileprivate var identity: String { fingerprint + "\n" + (sound ?? "") }
}
