// The corpora of a run as training reads them: one store of recordings and features for each corpus
// and each choice of signal and feature settings, made once and shared by all cells.
import Audio
import BuildStamp
import Corpora
import Files
import Foundation
import Settings
import Training

/// Every corpus of a run under every signal and feature settings in it.
struct PreparedCorpora: Sendable {
  private let byKey: [String: PreparedCorpus]
  /// The caches of pretrained backbones' frames.
  let caches: [FrameCache]
  private let fingerprints: [CorpusName: String]

  /// Opens the stores of a run, making those that are not there.
  ///
  /// - Parameter cells: those that will read them.
  init(
    _ run: ExperimentRun, for cells: [Cell], threads: Int, watch: (RunEvent) -> Void
  ) throws {
    let folder = run.folder + "/cache"
    try makeFolder(folder)
    try removeLeftovers(in: folder)
    var byKey: [String: PreparedCorpus] = [:]
    fingerprints = Dictionary(
      uniqueKeysWithValues: run.corpora.map { ($0.name, $0.fingerprint) })
    let caches = try run.caches()
    self.caches = FramePrecision.allCases.compactMap { caches[$0] }
    for corpus in run.corpora {
      for settings in cells.filter({ $0.identity.corpus == corpus.name.rawValue })
        .map(\.identity.settings)
      {
        let key = try Self.key(corpus.fingerprint, settings)
        let use = try Self.key(key, use: settings)
        guard byKey[use] == nil else { continue }
        let total = corpus.utterances.count
        let store = try FeatureStore.openOrBuild(
          corpus.utterances.map { FeatureStore.Source(id: $0.id, path: $0.path) },
          folder: folder, key: key, signal: settings.signal, features: settings.features,
          jobs: threads
        ) { watch(.preparing(corpus: corpus.name, done: $0, total: total)) }
        byKey[use] = try PreparedCorpus(
          corpus, store: store, signal: settings.signal, features: settings.features,
          supply: try run.supply(settings, caches), threads: threads)
      }
    }
    self.byKey = byKey
  }

  /// The corpus as a cell with these settings reads it.
  subscript(corpus: CorpusName, settings: VariantSettings) -> PreparedCorpus {
    get throws {
      let key = try Self.key(fingerprints[corpus] ?? "", settings)
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
  func serves(_ cells: [Cell]) -> Bool {
    cells.allSatisfy { cell in
      guard let name = CorpusName(rawValue: cell.identity.corpus),
        let key = try? Self.key(fingerprints[name] ?? "", cell.identity.settings),
        let use = try? Self.key(key, use: cell.identity.settings)
      else { return false }
      return byKey[use] != nil
    }
  }

  /// What the caches of frames did; nil where there are none.
  var savings: FrameCache.Savings? {
    caches.isEmpty ? nil : caches.map(\.savings).reduce(FrameCache.Savings(), +)
  }

  private static func key(_ fingerprint: String, _ settings: VariantSettings) throws -> String {
    let parts = [
      programVersion, fingerprint,
      String(decoding: try canonicalJSON(settings.signal), as: UTF8.self),
      String(decoding: try canonicalJSON(settings.features), as: UTF8.self),
    ]
    return String(sha256(parts.joined(separator: "\n")).prefix(32))
  }
}
