// What lies in a folder. Symbolic links are named and never followed; a folder that cannot be read
// is an error, not an empty one.
import Foundation

/// Something in a folder.
package struct FolderEntry: Equatable, Sendable {
  package enum Kind: Equatable, Sendable { case file, folder, link, other }

  /// Below the folder that was asked for.
  package let path: String
  package let kind: Kind
  /// Bytes of a file.
  package let size: Int
  /// When it was last changed, seconds since 1970.
  package let changed: Double
  /// Whether its name is text; else `path` has replacement characters and opens nothing.
  package let isText: Bool

  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Returns the names in a folder, sorted; none where there is no folder.
///
/// - Throws: `FileError.cannotRead` with the system's reason.
package func fileNames(in path: String) throws(FileError) -> [String] {
  try rawNames(path).map { String(decoding: $0, as: UTF8.self) }.sorted()
}

/// Returns all that lies below a folder, each folder before what is in it, sorted by the bytes of
/// the names.
///
/// - Parameter isEntered: whether what is in the folder of this path is wanted.
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
    // Others may remove it meanwhile.
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

/// The names in a folder as bytes, in no order.
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
