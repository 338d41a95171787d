// The checksums of a folder's files in `sha256sum` format, so that anybody can check them: `cd
// FOLDER && sha256sum -c SHA256SUMS`. The first line, a comment to `sha256sum`, protects the
// others. It detects damage, not malice.
package import Foundation
import Threads

/// The SHA-256 of some files below a folder, stored in a file of that folder.
package struct ChecksumList: Equatable, Sendable {
  /// The list's file name.
  package static let fileName = "SHA256SUMS"

  /// Digests of 64 lower-case hexadecimal digits, by path below the folder.
  package private(set) var digests: [String: String] = [:]

  /// An empty list.
  package init() {}

  /// Adds or replaces a file.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - path: its path below the folder, without line ends or backslashes.
  package mutating func add(_ bytes: Data, at path: String) {
    precondition(
      !path.isEmpty && !path.utf8.contains { [0x0A, 0x0D, 0x5C].contains($0) },
      "a path in a list of checksums is \(path), needs one without line ends or backslashes")
    digests[path] = sha256(bytes)
  }

  /// Adds all entries of another list, which win over existing ones.
  package mutating func add(_ other: ChecksumList) {
    digests.merge(other.digests) { $1 }
  }

  /// Returns the entries whose files still exist, with any content.
  package func present(in folder: String) -> ChecksumList {
    var list = self
    list.digests = digests.filter { access(folder + "/" + $0.key, F_OK) == 0 }
    return list
  }

  /// The list as text: a digest of the following lines, then one line per file, sorted by path in
  /// byte order.
  package var text: String {
    let lines = digests.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.value)  \($0.key)\n" }.joined()
    return Self.heading + sha256(lines) + "\n" + lines
  }

  private static let heading = "# sha256 of the lines below: "

  /// Writes the list into `folder` atomically.
  ///
  /// - Throws: `FileError`.
  package func write(to folder: String) throws {
    try Data(text.utf8).writeAtomically(to: folder + "/" + Self.fileName)
  }

  /// Reads the list of `folder`.
  ///
  /// - Throws: `FileError`; `.damaged` if a byte differs from what `write` wrote, or a path leads
  ///   out of the folder.
  package init(of folder: String) throws {
    let path = folder + "/" + Self.fileName
    let data = try Data(readingFile: path)
    for line in data.split(separator: 0x0A).dropFirst() where line.count > 66 {
      let text = String(decoding: line, as: UTF8.self)
      digests[String(text.dropFirst(66))] = String(text.prefix(64))
    }
    let remedy = "create the folder's files again"
    // The text has one form only, so comparing for equality is the whole check.
    guard Data(text.utf8) == data else {
      throw FileError.damaged(
        path: path, problem: "is not as it was written", remedy: remedy)
    }
    for name in digests.keys.sorted() {
      do { _ = try RelativePath(name) } catch {
        throw FileError.damaged(path: path, problem: "\(error)", remedy: remedy)
      }
    }
  }
}

extension ChecksumList {
  /// A problem with a folder that has a list.
  package enum Problem: Equatable, Sendable {
    /// The list is missing.
    case unguarded
    /// The list is damaged or unreadable, so nothing is known about the files.
    case damagedList
    /// The list contains a path that must not be opened; the text says why.
    case badPath(problem: String)
    /// A listed file, or a folder above it, is a symbolic link, which is not followed.
    case link(path: String)
    /// A listed file is missing.
    case missing(path: String)
    /// A listed file has changed or cannot be read.
    case changed(path: String)
    /// A file is not in the list.
    case unlisted(path: String)
  }

  /// Returns all problems of `folder`, sorted by path; empty if every file is unchanged and no
  /// other exists.
  package static func problems(in folder: String) -> [Problem] {
    guard access(folder + "/" + fileName, F_OK) == 0 else { return [.unguarded] }
    let list: ChecksumList
    do {
      list = try ChecksumList(of: folder)
    } catch FileError.damaged(_, let problem, _) where problem.hasPrefix("names ") {
      return [.badPath(problem: problem)]
    } catch {
      return [.damagedList]
    }
    let problems = list.damage(in: folder) + list.unlisted(in: folder).map { .unlisted(path: $0) }
    return problems.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Returns the missing and changed files of the list below `folder`, sorted by path. As many
  /// threads as processors read in parallel.
  package func damage(in folder: String) -> [Problem] {
    let paths = digests.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return parallelMap(count: paths.count, threads: processorCount) { index -> Problem? in
      let path = paths[index]
      guard let place = try? Files.path(path, below: folder) else { return .link(path: path) }
      if access(place, F_OK) != 0 { return .missing(path: path) }
      return (try? sha256(ofFile: place)) == digests[path] ? nil : .changed(path: path)
    }.compactMap(\.self)
  }

  /// Returns the files below `folder` that are not in the list, including hidden ones.
  private func unlisted(in folder: String) -> [String] {
    ((try? entries(below: folder)) ?? []).filter {
      $0.kind != .folder && digests[$0.path] == nil && $0.path != Self.fileName
    }.map(\.path)
  }
}

extension ChecksumList.Problem: CustomStringConvertible {
  /// The path below the folder that has the problem.
  package var path: String {
    switch self {
    case .unguarded, .damagedList, .badPath: ChecksumList.fileName
    case .missing(let path), .changed(let path), .unlisted(let path), .link(let path): path
    }
  }

  package var description: String {
    switch self {
    case .unguarded: "\(path): is missing, so that changes of the files beside it cannot be seen"
    case .damagedList: "\(path): has changed; the other files of its folder cannot be checked"
    case .badPath(let problem):
      "\(path): \(problem); the other files of its folder cannot be checked"
    case .link: "\(path): is a symbolic link, or lies behind one"
    case .missing: "\(path): is missing"
    case .changed: "\(path): is not as it was written"
    case .unlisted: "\(path): is not in \(ChecksumList.fileName)"
    }
  }
}
