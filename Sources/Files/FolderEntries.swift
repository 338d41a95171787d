// Lists folders. Symbolic links are listed and never followed. An unreadable folder is an error,
// not an empty list.
import Foundation

/// Something in a folder.
package struct FolderEntry: Equatable, Sendable {
  package enum Kind: Equatable, Sendable { case file, folder, link, other }

  /// The path below the requested folder.
  package let path: String
  package let kind: Kind
  /// The size of a file in bytes.
  package let size: Int
  /// The time of the last change, in seconds since 1970.
  package let changed: Double
  /// Whether its name is valid text. If not, `path` has replacement characters and cannot be
  /// opened.
  package let isText: Bool

  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Returns the names in a folder, sorted; empty if the folder does not exist.
///
/// - Throws: `FileError.cannotRead` with the system's reason.
package func fileNames(in path: String) throws(FileError) -> [String] {
  try rawNames(path).map { String(decoding: $0, as: UTF8.self) }.sorted()
}

/// Returns everything below a folder, sorted by the bytes of the names, each folder before its
/// contents.
///
/// - Parameter isEntered: whether to list the contents of the folder with this path.
/// - Throws: `FileError.cannotRead` with the system's reason.
package func entries(
  below folder: String, isEntered: (String) -> Bool = { _ in true }
) throws(FileError) -> [FolderEntry] {
  var found: [FolderEntry] = []
  try walk(folder, "", isEntered, &found)
  return found
}

private func walk(
  _ folder: String, _ prefix: String, _ isEntered: (String) -> Bool, _ found: inout [FolderEntry]
) throws(FileError) {
  let place = prefix.isEmpty ? folder : folder + "/" + prefix.dropLast()
  for name in try rawNames(place).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
    let text = String(decoding: name, as: UTF8.self)
    let isText = text.utf8.elementsEqual(name)
    var status = stat()
    let full = Array(place.utf8) + [UInt8(ascii: "/")] + name + [0]
    // Another process may remove it meanwhile.
    let failed = full.withUnsafeBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.map { lstat($0, &status) } ?? -1
    }
    if failed != 0 { continue }
    let kind: FolderEntry.Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    let path = prefix + text
    found.append(
      FolderEntry(
        path: path, kind: kind, size: Int(status.st_size),
        changed: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9,
        isText: isText))
    if kind == .folder, isText, isEntered(path) { try walk(folder, path + "/", isEntered, &found) }
  }
}

/// The names in a folder as bytes, in no particular order.
private func rawNames(_ path: String) throws(FileError) -> [[UInt8]] {
  guard let stream = opendir(path) else {
    if errno == ENOENT { return [] }
    throw .cannotRead(path: path, reason: SystemFailure.last.words)
  }
  defer { closedir(stream) }
  var names: [[UInt8]] = []
  while true {
    errno = 0
    guard let entry = readdir(stream) else {
      let failure = SystemFailure.last
      if failure.code == 0 { return names }
      throw .cannotRead(path: path, reason: failure.words)
    }
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let start = UnsafeRawPointer(entry) + offset
    let name = UnsafeRawBufferPointer(
      start: start, count: strlen(start.assumingMemoryBound(to: CChar.self)))
    if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(Array(name)) }
  }
}
