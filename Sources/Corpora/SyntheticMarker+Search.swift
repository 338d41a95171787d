// Finds the marker of a corpus. The marker belongs to the sound, not to the path. A link to a
// stand-in, to one of its folders or to one of its clips leads to its marker.
import Files
import Foundation

extension SyntheticMarker {
  /// Returns the marker above the utterances below a root; nil for a genuine corpus. The marker may
  /// be at the root, above it, or between it and the clips. For links, the targets' folders count
  /// too.
  ///
  /// - Parameter paths: paths of the used clips below the root.
  /// - Throws: `CorpusError.mixedWithSynthetic` if only some clips have a marker or their markers
  ///   differ; `.malformedMarker` if the marker belongs to another corpus.
  static func standing(
    over paths: [String], in index: FileIndex, corpus: CorpusDefinition
  ) throws -> SyntheticMarker? {
    var search = MarkerSearch(index)
    let marker = paths.first.map { search.marker(of: $0) } ?? search.above
    for other in paths where search.marker(of: other)?.identity != marker?.identity {
      throw CorpusError.mixedWithSynthetic(
        corpus: corpus, path: index.root, first: paths[0], second: other)
    }
    guard let marker else { return nil }
    let found = try SyntheticMarker(path: marker.path)
    guard found.corpus == corpus.id else {
      let other = CorpusDefinition.registered.first { $0.id == found.corpus }?.title
      throw CorpusError.malformedMarker(
        path: marker.path,
        reason: "is the marker of \(other ?? found.corpus), not of \(corpus.title)")
    }
    return found
  }
}

extension SyntheticMarker {
  /// Returns the marker above clips anywhere on the disk; nil if no clip has one.
  ///
  /// - Throws: `CorpusError.mixedWithSynthetic` if only some clips have a marker or their markers
  ///   differ.
  static func standing(
    over paths: [String], of corpus: CorpusDefinition, root: String
  ) throws -> SyntheticMarker? {
    var known: [String: MarkerPlace?] = [:]
    func marker(of path: String) -> MarkerPlace? {
      let isLink = isSymbolicLink(path)
      let real = isLink ? realPath(path) ?? path : path
      let folder = real.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(real[..<$0]) } ?? "."
      if let marker = known[folder] { return marker }
      let marker = realPath(folder).flatMap(MarkerPlace.init(atOrAbove:))
      known[folder] = marker
      return marker
    }
    guard let first = paths.first else { return nil }
    let found = marker(of: first)
    for other in paths where marker(of: other)?.identity != found?.identity {
      throw CorpusError.mixedWithSynthetic(
        corpus: corpus, path: root, first: first, second: other)
    }
    return try found.map { try SyntheticMarker(path: $0.path) }
  }
}

/// The file of a marker.
private struct MarkerPlace {
  let path: String
  /// The path without links, which identifies the marker.
  let identity: String

  init(_ path: String) {
    self.path = path
    identity = realPath(path) ?? path
  }

  /// Finds the marker in a folder, given by an absolute path, or in the nearest folder above.
  init?(atOrAbove folder: String) {
    var folder = folder[...]
    while true {
      let path = "\(folder)/\(SyntheticMarker.fileName)"
      if FileManager.default.fileExists(atPath: path) {
        self.init(path)
        return
      }
      guard let slash = folder.lastIndex(of: "/") else { return nil }
      folder = folder[..<slash]
    }
  }
}

/// Looks for the markers of the clips below a root.
private struct MarkerSearch {
  private let index: FileIndex
  /// The marker at the root or above it.
  let above: MarkerPlace?
  /// The folders below the root with a marker, each followed by a slash.
  private let folders: [(path: String, marker: MarkerPlace)]
  /// The markers found at or above link-free folders.
  private var known: [Substring: MarkerPlace?] = [:]

  init(_ index: FileIndex) {
    self.index = index
    let named = MarkerPlace(
      atOrAbove: URL(fileURLWithPath: index.root).standardizedFileURL.path)
    let real = realPath(index.root).flatMap(MarkerPlace.init(atOrAbove:))
    // The target of the path counts first. The path as given is shown if both are the same.
    above = named?.identity == real?.identity ? named : real ?? named
    folders = index.files.compactMap { file in
      let folder = file.folders.joined(separator: "/") + "/"
      guard file.path == folder + SyntheticMarker.fileName else { return nil }
      return (folder, MarkerPlace(index.root + "/" + file.path))
    }
  }

  /// Returns the marker of a clip, by its path below the root.
  mutating func marker(of path: String) -> MarkerPlace? {
    linked(path) ?? folders.first { path.hasPrefix($0.path) }?.marker ?? above
  }

  /// Returns the marker above the target of a link.
  private mutating func linked(_ path: String) -> MarkerPlace? {
    guard index.linked.contains(path), let real = realPath(index.root + "/" + path),
      let slash = real.lastIndex(of: "/")
    else { return nil }
    let folder = real[..<slash]
    if let marker = known[folder] { return marker }
    let marker = MarkerPlace(atOrAbove: String(folder))
    known[folder] = marker
    return marker
  }
}

/// Returns the absolute path without links; nil if nothing exists at `path`.
private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(validatingCString: resolved)
}
