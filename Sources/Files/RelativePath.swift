// Paths stored in files. None may lead out of its folder, by its components or through a symbolic
// link.
import Foundation

/// A path below a folder, as stored in a file: components without `.`, `..` or NUL.
package struct RelativePath: Hashable, Sendable {
  package let text: String
  package let components: [String]

  /// Why a text is not such a path, or why its target must not be used.
  package enum Problem: Error, Equatable, Sendable {
    case empty
    /// It is absolute or contains `..`.
    case leads(out: String)
    /// It contains `.`, an empty component or a NUL character.
    case malformed(String)
    /// A component is a symbolic link, given by its path below the folder.
    case link(String)
  }

  /// - Throws: `Problem`, judged by the text of the path only.
  package init(_ text: String) throws(Problem) {
    guard !text.isEmpty else { throw .empty }
    let components = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard !text.hasPrefix("/"), !components.contains("..") else { throw .leads(out: text) }
    guard !components.contains(where: { $0.isEmpty || $0 == "." || $0.utf8.contains(0) }) else {
      throw .malformed(text)
    }
    (self.text, self.components) = (text, components)
  }

  /// Whether it is a file name without folders.
  package var isName: Bool { components.count == 1 }

  /// Returns the path below `folder`. No existing component may be a symbolic link.
  ///
  /// - Throws: `Problem.link`.
  package func path(below folder: String) throws(Problem) -> String {
    var path = folder
    for (index, component) in components.enumerated() {
      path += "/" + component
      if isSymbolicLink(path) {
        throw .link(components[...index].joined(separator: "/"))
      }
    }
    return path
  }
}

/// Returns the path of `text` below `folder`; see `RelativePath`.
package func path(
  _ text: String, below folder: String
) throws(RelativePath.Problem) -> String {
  try RelativePath(text).path(below: folder)
}

/// Whether `path` is a symbolic link, even a dangling one.
package func isSymbolicLink(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
}

/// Throws if `path` is a symbolic link. Called for folders that are written to or moved.
///
/// - Throws: `FileError.damaged`.
package func requireNoLink(_ path: String) throws(FileError) {
  guard isSymbolicLink(path) else { return }
  throw .damaged(
    path: path, problem: "is a symbolic link; nothing is read, written or moved through it",
    remedy: "put a folder in its place, or move the whole run and link to that")
}

extension RelativePath.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "has an empty path in it"
    case .leads(let text): "names \(text.debugDescription), which leads out of its folder"
    case .malformed(let text): "names \(text.debugDescription), which is no plain path"
    case .link(let text): "names \(text.debugDescription), which is a symbolic link"
    }
  }
}
