// Lists every file below a corpus's root once. A plain walk with `readdir` needs no `stat` per
// file, unlike `FileManager`'s slow enumerator, and sees names as bytes.
import Foundation

/// A file below the root of a corpus.
package struct FoundFile: Sendable {
  /// The folders from the root to the file; empty for a file in the root.
  package let folders: [String]
  /// The path below the root.
  package let path: String
  /// The name without its extension.
  package let stem: String
  /// The text after the last dot of the name, in lower case; empty without a dot.
  package let kind: String

  /// Whether the format is supported for clips.
  package var isAudio: Bool { kind == "wav" || kind == "flac" }
  /// Whether the extension is that of sound in an unsupported format.
  package var isOtherSound: Bool { otherSounds.contains(kind) }
}

/// Extensions of sound files other than WAV and FLAC, without video formats.
private let otherSounds: Set<String> = [
  "3gp", "aac", "aif", "aifc", "aiff", "amr", "ape", "au", "caf", "m4a", "m4b", "mka", "mp2", "mp3",
  "oga", "ogg", "opus", "pcm", "ra", "raw", "rf64", "snd", "sph", "spx", "voc", "w64", "wma", "wv",
]

/// The files below a root, in the byte order of their paths.
package struct FileIndex: Sendable {
  package let root: String
  package private(set) var files: [FoundFile] = []
  /// The paths below the root of files that are links or lie below one.
  private(set) var linked: Set<String> = []
  /// Files that were skipped regardless of the corpus: see `Exclusion.Reason.isSkipped`.
  private(set) var skipped: [Exclusion] = []

  /// Lists everything below `root` and follows symbolic links; a folder reached twice is listed
  /// once. Hidden entries, names that are not UTF-8, unreadable folders, and entries that are
  /// neither file nor folder are skipped, with everything below them.
  ///
  /// - Throws: `CorpusError.missing`, `.notAFolder` or `.cannotList`. The last one means that the
  ///   root cannot be listed, or that the system failed for a passing reason.
  init(root: String) throws {
    self.root = root
    var status = stat()
    guard stat(root, &status) == 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? CorpusError.missing(path: root)
        : CorpusError.cannotList(path: root, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw CorpusError.notAFolder(path: root) }
    var visited: Set<FolderIdentity> = []
    try list(folders: [], relative: "", isLinked: false, visited: &visited)
    files.sort { precedes($0.path, $1.path) }
    skipped.sort { precedes($0.subject, $1.subject) }
  }

  private mutating func list(
    folders: [String], relative: String, isLinked: Bool, visited: inout Set<FolderIdentity>
  ) throws {
    let path = relative.isEmpty ? root : root + "/" + relative
    var subfolders: [(name: String, isLinked: Bool)] = []
    do {
      guard let directory = opendir(path) else {
        return try skipFolder(relative, at: path, because: errno)
      }
      // Close before opening the subfolders, so that a deep tree needs one descriptor.
      defer { closedir(directory) }
      var status = stat()
      guard fstat(dirfd(directory), &status) == 0 else {
        return try skipFolder(relative, at: path, because: errno)
      }
      guard visited.insert(FolderIdentity(status)).inserted else { return }
      while true {
        errno = 0
        guard let entry = readdir(directory) else {
          if errno == 0 { break }
          throw CorpusError.cannotList(path: path, reason: String(cString: strerror(errno)))
        }
        let isLink = isLinked || mayBeLink(entry)
        if let folder = add(entry, in: folders, relative: relative, isLinked: isLink) {
          subfolders.append((folder, isLink))
        }
      }
    }
    // In a fixed order, so that the same one of two links to a folder is always followed.
    for (name, isLinked) in subfolders.sorted(by: { precedes($0.name, $1.name) }) {
      let below = relative.isEmpty ? name : relative + "/" + name
      try list(
        folders: folders + [name], relative: below, isLinked: isLinked, visited: &visited)
    }
  }

  /// Adds an entry of a folder; returns its name if it is a folder to list.
  private mutating func add(
    _ entry: UnsafeMutablePointer<dirent>, in folders: [String], relative: String, isLinked: Bool
  ) -> String? {
    let name = entryName(entry)
    func below(_ name: String) -> String { relative.isEmpty ? name : relative + "/" + name }
    guard let text = String(validatingCString: name) else {
      // A hidden file counts as hidden even if its name is not UTF-8.
      let reason = name.pointee == CChar(UInt8(ascii: ".")) ? Exclusion.Reason.hidden : .notUTF8
      skipped.append(Exclusion(subject: below(escaped(name)), reason: reason))
      return nil
    }
    if text == "." || text == ".." { return nil }
    func skip(_ reason: Exclusion.Reason) {
      skipped.append(Exclusion(subject: below(text), reason: reason))
    }
    if text.utf8.first == UInt8(ascii: ".") {
      skip(.hidden)
      return nil
    }
    switch kind(of: entry, at: root + "/" + below(text)) {
    case .folder: return text
    case .file:
      files.append(found(text, at: below(text), in: folders))
      if isLinked { linked.insert(below(text)) }
    case .nothing: skip(.danglingLink)
    case .unreadable(let reason): skip(.unreadable(reason: reason))
    case .other(let kind): skip(.notAFile(kind: kind))
    }
    return nil
  }

  /// Skips a folder that cannot be listed. Throws if it is the root or the reason is a passing one.
  private mutating func skipFolder(
    _ relative: String, at path: String, because code: Int32
  ) throws {
    let reason = String(cString: strerror(code))
    guard !relative.isEmpty, [EACCES, EPERM, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR].contains(code)
    else { throw CorpusError.cannotList(path: path, reason: reason) }
    skipped.append(Exclusion(subject: relative, reason: .unreadable(reason: reason)))
  }
}

/// Identifies a folder regardless of the path to it.
private struct FolderIdentity: Hashable {
  let device: UInt64
  let node: UInt64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }
}

private enum EntryKind {
  case folder, file, nothing
  case unreadable(reason: String)
  case other(String)
}

/// The kind of a directory entry. Asks the file system only if the entry does not say.
private func kind(of entry: UnsafeMutablePointer<dirent>, at path: String) -> EntryKind {
  let type = Int(entry.pointee.d_type)
  if type == Int(DT_REG) { return .file }
  if type == Int(DT_DIR) { return .folder }
  var status = stat()
  guard stat(path, &status) == 0 else {
    return [ENOENT, ENOTDIR, ELOOP].contains(errno)
      ? .nothing : .unreadable(reason: String(cString: strerror(errno)))
  }
  return switch status.st_mode & S_IFMT {
  case S_IFDIR: .folder
  case S_IFREG: .file
  case S_IFIFO: .other("a FIFO")
  case S_IFSOCK: .other("a socket")
  default: .other("a device")
  }
}

/// Whether a directory entry is a symbolic link or may be one.
private func mayBeLink(_ entry: UnsafeMutablePointer<dirent>) -> Bool {
  let type = Int(entry.pointee.d_type)
  return type != Int(DT_REG) && type != Int(DT_DIR)
}

/// The bytes of an entry's name, valid as long as the entry.
private func entryName(_ entry: UnsafeMutablePointer<dirent>) -> UnsafePointer<CChar> {
  let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
  return UnsafePointer((UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self))
}

/// Returns a name with every byte outside printable ASCII written as `\xE9`.
private func escaped(_ name: UnsafePointer<CChar>) -> String {
  var text = ""
  var place = name
  while place.pointee != 0 {
    let byte = UInt8(bitPattern: place.pointee)
    if (32..<127).contains(byte) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    place += 1
  }
  return text
}

private func found(_ name: String, at path: String, in folders: [String]) -> FoundFile {
  guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else {
    return FoundFile(folders: folders, path: path, stem: name, kind: "")
  }
  return FoundFile(
    folders: folders, path: path, stem: String(name[..<dot]),
    kind: name[name.index(after: dot)...].lowercased())
}

/// Whether `first` precedes `second` in the order of UTF-8 bytes.
func precedes(_ first: String, _ second: String) -> Bool {
  // `memcmp` for contiguous strings, which all strings here are. Sorting twenty thousand paths byte
  // by byte through the view took longer than all other reading.
  let order = first.utf8.withContiguousStorageIfAvailable { a in
    second.utf8.withContiguousStorageIfAvailable { b -> Bool in
      guard let x = a.baseAddress, let y = b.baseAddress else { return a.count < b.count }
      let difference = memcmp(x, y, min(a.count, b.count))
      return difference == 0 ? a.count < b.count : difference < 0
    }
  }
  return order.flatMap { $0 } ?? first.utf8.lexicographicallyPrecedes(second.utf8)
}
