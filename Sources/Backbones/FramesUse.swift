// The frames of a run that another program wrote, one folder or file for each corpus.
package import Experiments
import Foundation
package import Runs
package import Settings
package import Training

/// The frames from files that the variants of an experiment use.
package struct FramesUse: Sendable {
  /// By the name of the corpus. Empty for a run without such a variant.
  private let folders: [String: FrameFolder]
  /// The names of the corpora, in the experiment's order.
  private let corpora: [String]

  /// A run that uses no such frames.
  package init() { (folders, corpora) = ([:], []) }

  /// Opens the frames of every corpus if a variant uses them, and checks every variant.
  ///
  /// - Throws: `FramesUseError`, `FrameFolderError`, `FileError`.
  package init(of experiment: ExperimentSettings, _ corpora: [CorpusFacts], threads: Int) throws {
    let places = experiment.frames ?? []
    let users = experiment.variants.filter { $0.settings.model.backbone == .frames }
    let names = corpora.map(\.corpus)
    guard let first = users.first else {
      if let place = places.first { throw FramesUseError.unused(corpus: place.name) }
      (folders, self.corpora) = ([:], names)
      return
    }
    if let stray = places.first(where: { !names.contains($0.name) }) {
      throw FramesUseError.unknownCorpus(name: stray.name, known: names)
    }
    var folders: [String: FrameFolder] = [:]
    for corpus in corpora {
      guard let path = places.last(where: { $0.name == corpus.corpus })?.path else {
        throw FramesUseError.missing(variant: first.name, corpus: corpus.corpus)
      }
      guard access(path, F_OK) == 0 else {
        throw FramesUseError.gone(corpus: corpus.corpus, path: path)
      }
      let folder = try FrameFolder(
        path, of: corpus.utterances.map(\.id), corpus: corpus.title, threads: threads)
      for variant in users {
        try folder.requireLayers(variant.settings.pretrained.layers, variant: variant.name)
        let (width, heads) = (folder.width, variant.settings.model.heads)
        guard variant.settings.model.pooling != .flam || width % heads == 0 && width <= 64 * heads
        else {
          throw FramesUseError.heads(
            variant: variant.name, path: path, width: width, heads: heads)
        }
      }
      folders[corpus.corpus] = folder
    }
    (self.folders, self.corpora) = (folders, names)
  }

  /// The frames of a corpus for a variant; nil for a variant with another backbone.
  package func folder(_ corpus: String, _ settings: VariantSettings) -> FrameFolder? {
    settings.model.backbone == .frames ? folders[corpus] : nil
  }

  /// The facts of a corpus's frames for the record; nil for a run without them.
  package func facts(_ corpus: String) -> CorpusFacts.Frames? {
    folders[corpus].map {
      CorpusFacts.Frames(
        path: $0.path, digest: $0.digest, width: $0.width, layers: $0.layers,
        precision: $0.precision.rawValue, total: $0.total, unused: $0.unused.count)
    }
  }

  /// Warnings for the user: arrays that belong to no utterance.
  package var warnings: [String] {
    corpora.compactMap { corpus in
      guard let folder = folders[corpus], !folder.unused.isEmpty else { return nil }
      let examples = folder.unused.prefix(3).joined(separator: ", ")
      return "\(folder.path): frames of \(folder.unused.count) ids that \(corpus) does not have "
        + "are not used: \(examples)" + (folder.unused.count > 3 ? ", …" : "")
    }
  }
}

/// The reason why frames from files cannot be used.
package enum FramesUseError: Error, Equatable, Sendable {
  /// A variant needs the frames of a corpus, and the experiment does not say where they are.
  case missing(variant: String, corpus: String)
  /// The frames of a corpus are not at their place.
  case gone(corpus: String, path: String)
  /// Frames were given for a corpus, and no variant uses them.
  case unused(corpus: String)
  /// Frames were given for a corpus that the experiment does not have.
  case unknownCorpus(name: String, known: [String])
  /// FLAM's heads do not divide the features of a frame, or are too wide.
  case heads(variant: String, path: String, width: Int, heads: Int)
}

extension FramesUseError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let variant, let corpus):
      """
      variant \(variant): model.backbone is frames, and the experiment has no frames of \(corpus): \
      give --frames \(corpus)=FOLDER, or add `frames: {\(corpus): FOLDER}` to its file
      """
    case .gone(let corpus, let path):
      "\(path): the frames of \(corpus) are not there; say where they are with "
        + "--frames \(corpus)=PATH"
    case .unused(let corpus):
      """
      frames of \(corpus) were given, and no variant uses frames; write model: {backbone: frames} \
      in the experiment file, as docs/experiments/frames.yaml does
      """
    case .unknownCorpus(let name, let known):
      """
      frames of \(name) were given, and the experiment has no such corpus; it has \
      \(known.joined(separator: ", "))
      """
    case .heads(let variant, let path, let width, let heads):
      """
      variant \(variant): model.heads: expected a divisor of the \(width) features of a frame, and \
      at most 64 features for each head, found \(heads) (\(path)); \(Self.remedy(width))
      """
    }
  }

  /// The heads that fit, or what to do if none fit.
  private static func remedy(_ width: Int) -> String {
    let fitting = (1...256).filter { width % $0 == 0 && width <= 64 * $0 }
    guard !fitting.isEmpty else { return "write model: {pooling: mean}" }
    return "write model: {heads: N}, where N can be "
      + fitting.prefix(6).map(String.init).joined(separator: ", ")
  }
}
