// Finding the marker of a corpus. It belongs to the sound, not to the path by which that is
// reached: a link to a stand-in, to a folder of it or to one of its clips leads to its marker.
import Foundation

extension SyntheticMarker {
  /// Returns the marker that stands above the utterances found below a root, nil for a genuine
  /// corpus. The marker may stand at the root, above it, or between it and the clips. Of what is
  /// reached through a link, the places that the link leads to count too.
  ///
  /// - Parameter paths: the used clips' paths below the root.
  /// - Throws: `CorpusError.mixedWithSynthetic` where some clips stand below a marker and others do
  ///   not, or below different ones; `.malformedMarker` where it is that of another corpus.
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

/// The file of a marker.
private struct MarkerPlace {
  let path: String
  /// The path that no link is part of: it tells one marker from another.
  let identity: String

  init(_ path: String) {
    self.path = path
    identity = realPath(path) ?? path
  }

  /// Finds the marker in a folder, given by an absolute path, or in the nearest one above it.
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
  /// The folders below the root that hold a marker, each with a slash behind it.
  private let folders: [(path: String, marker: MarkerPlace)]
  /// What was found at or above folders that no link is part of.
  private var known: [Substring: MarkerPlace?] = [:]

  init(_ index: FileIndex) {
    self.index = index
    let named = MarkerPlace(
      atOrAbove: URL(fileURLWithPath: index.root).standardizedFileURL.path)
    let real = realPath(index.root).flatMap(MarkerPlace.init(atOrAbove:))
    // What the path leads to counts first; the path as it was given is shown where that is the
    // same.
    above = named?.identity == real?.identity ? named : real ?? named
    folders = index.files.compactMap { file in
      let folder = file.folders.joined(separator: "/") + "/"
      guard file.path == folder + SyntheticMarker.fileName else { return nil }
      return (folder, MarkerPlace(index.root + "/" + file.path))
    }
  }

  /// Returns the marker that holds for a clip, by its path below the root.
  mutating func marker(of path: String) -> MarkerPlace? {
    linked(path) ?? folders.first { path.hasPrefix($0.path) }?.marker ?? above
  }

  /// Returns the marker above what a link leads to.
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

/// Returns the absolute path of what stands at `path`, without a link in it; nil where nothing
/// does.
private func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(validatingCString: resolved)
}
