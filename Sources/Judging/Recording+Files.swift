// Replaces an older record safely. The JSON file refers to tables of predictions by name, so a
// table in use never changes. New tables get new names, then the JSON file changes in one step,
// then old tables are deleted. An interruption leaves either the old record or the new one.
import Evaluation
import Files
import Foundation

/// A table of predictions, or their probabilities, and its target.
struct RecordedTable {
  let data: Data
  let sha256: String
  /// The name relative to the baselines' folder.
  let name: String
  let path: String

  /// Uses the plain name. If another table has that name, adds the first digits of the hash.
  init(_ data: Data, named stem: String, as suffix: String = ".csv", in folder: String) {
    self.data = data
    sha256 = Files.sha256(data)
    let plain = stem + suffix
    let isFree =
      !FileManager.default.fileExists(atPath: folder + "/" + plain)
      || (try? Files.sha256(ofFile: folder + "/" + plain)) == sha256
    name = isFree ? plain : "\(stem).\(sha256.prefix(16))\(suffix)"
    path = folder + "/" + name
  }
}

extension Evidence {
  static func folder(of path: String) -> String {
    let folder = parentFolder(of: path)
    return folder.isEmpty ? "." : folder
  }

  /// The record at `path`; nil if there is no file.
  ///
  /// - Throws: `BaselineError.occupied` if the file is not a record of these baselines.
  func earlierRecord(of name: String, at path: String) throws -> BaselineFile? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let old: BaselineFile
    do {
      old = try BaselineFile(readingFile: path)
    } catch {
      throw BaselineError.occupied(
        file: path, found: "a file that is no record of baselines (\(error))")
    }
    if let other = old.baselines.first(where: { !$0.name.hasPrefix(name + " ") }) {
      throw BaselineError.occupied(file: path, found: "another record, of \"\(other.name)\"")
    }
    return old
  }

  /// Throws if another file of the folder uses one of these names.
  func requireFreeNames(_ file: BaselineFile, beside path: String) throws {
    let names = Set(file.baselines.map(\.name))
    let own = (path as NSString).lastPathComponent
    for other in (try? BaselineFile.paths(in: Self.folder(of: path))) ?? []
    where (other as NSString).lastPathComponent != own {
      // Reporting an unreadable file is the task of `reprise baseline lint`.
      let taken = (try? BaselineFile(readingFile: other))?.baselines.map(\.name) ?? []
      if let name = taken.first(where: names.contains) {
        throw BaselineError.occupied(
          file: path, found: "a baseline called \"\(name)\" in \(other)")
      }
    }
  }

  /// Writes the tables, then the JSON file that refers to them, and finally deletes the old tables.
  func replace(
    _ old: BaselineFile?, by file: BaselineFile, _ tables: [RecordedTable], at path: String
  ) throws {
    let folder = Self.folder(of: path)
    for table in tables { try table.data.writeAtomically(to: table.path) }
    try syncFolder(folder)
    try file.write(to: path)
    try syncFolder(folder)
    let kept = Set(tables.map(\.name))
    for table in (old?.baselines ?? []).flatMap({ $0.measurement?.files ?? [] })
    where table.isPlain && !kept.contains(table.file) {
      let place = folder + "/" + table.file
      // Delete only the recorded file. A replacement by the user stays.
      if (try? Files.sha256(ofFile: place)) == table.sha256 { try removeFile(place) }
    }
  }
}
