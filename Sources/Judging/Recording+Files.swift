// How a record takes the place of an older one. The JSON names the tables of predictions, so a
// table is never changed under a JSON that names it: new tables get names of their own, then the
// JSON changes in one step, then old tables go. Whoever is killed in between leaves the old record
// or the new one.
import Evaluation
import Files
import Foundation

/// A table of predictions and where it will stand.
struct RecordedTable {
  let data: Data
  let sha256: String
  /// The name below the baselines' folder.
  let name: String
  let path: String

  /// Takes the plain name, or where another table has it, one with the first digits of the hash.
  init(_ data: Data, named stem: String, in folder: String) {
    self.data = data
    sha256 = Files.sha256(data)
    let plain = stem + ".csv"
    let isFree =
      !FileManager.default.fileExists(atPath: folder + "/" + plain)
      || (try? Files.sha256(ofFile: folder + "/" + plain)) == sha256
    name = isFree ? plain : "\(stem).\(sha256.prefix(16)).csv"
    path = folder + "/" + name
  }
}

extension Evidence {
  static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// The record that stands at `path`; nil where nothing does.
  ///
  /// - Throws: `BaselineError.occupied` where it is no record of these baselines.
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

  /// Throws where another file of the folder has a baseline of one of these names.
  func requireFreeNames(_ file: BaselineFile, beside path: String) throws {
    let names = Set(file.baselines.map(\.name))
    let own = (path as NSString).lastPathComponent
    for other in (try? BaselineFile.paths(in: Self.folder(of: path))) ?? []
    where (other as NSString).lastPathComponent != own {
      // A file that cannot be read is lint's to name.
      let taken = (try? BaselineFile(readingFile: other))?.baselines.map(\.name) ?? []
      if let name = taken.first(where: names.contains) {
        throw BaselineError.occupied(
          file: path, found: "a baseline called \"\(name)\" in \(other)")
      }
    }
  }

  /// Writes the tables, then the JSON that names them, and removes the tables of the old one last.
  func replace(
    _ old: BaselineFile?, by file: BaselineFile, _ tables: [RecordedTable], at path: String
  ) throws {
    let folder = Self.folder(of: path)
    for table in tables { try table.data.writeAtomically(to: table.path) }
    try syncFolder(folder)
    try file.write(to: path)
    try syncFolder(folder)
    let kept = Set(tables.map(\.name))
    for table in (old?.baselines ?? []).compactMap({ $0.measurement?.predictions })
    where table.isPlain && !kept.contains(table.file) {
      let place = folder + "/" + table.file
      // Only what was recorded: a file that somebody put in its place is theirs.
      if (try? Files.sha256(ofFile: place)) == table.sha256 { try removeFile(place) }
    }
  }
}
