// Where the manifest of a corpus is: a CSV file, or a folder with a file `manifest.csv`.
import Foundation

/// The folder and the name of a manifest.
package struct ManifestPlace: Hashable, Sendable {
  /// The name of a manifest that is given by its folder.
  package static let usualName = "manifest.csv"

  package let folder: String
  package let name: String

  package init(folder: String, name: String) { (self.folder, self.name) = (folder, name) }

  /// Recognises a file, a folder with a file `manifest.csv`, and any path that ends in `.csv`; nil
  /// for everything else.
  package init?(_ path: String) {
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, isFolder.boolValue {
      guard manager.fileExists(atPath: path + "/" + Self.usualName) else { return nil }
      self.init(folder: path, name: Self.usualName)
    } else if exists || path.hasSuffix(".csv") {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      let above = parts.dropLast().joined(separator: "/")
      self.init(
        folder: above.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : above,
        name: parts.last.map(String.init) ?? path)
    } else {
      return nil
    }
  }

  /// The path of the manifest.
  package var path: String { folder + "/" + name }
}
