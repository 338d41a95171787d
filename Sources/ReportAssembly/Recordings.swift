// Links from the report's web page to the recordings of a corpus.
import Files
import Foundation
import Reporting
import Runs

extension RunReport {
  /// Returns the addresses of a corpus's recordings by utterance; empty if no folder is given.
  ///
  /// - Throws: `FileError` if a recording is not in its folder, or the run does not know its name.
  func recordings(of corpus: CorpusFacts, in folders: [AudioFolder]) throws -> [String: String] {
    guard let folder = folders.last(where: { $0.corpus == corpus.corpus }) else { return [:] }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw FileError.damaged(
        path: folder.path, problem: "is not a folder",
        remedy: "give --audio the folder with the recordings of \(corpus.title)")
    }
    let places = corpus.utterances.compactMap { utterance in
      utterance.file.map { (id: utterance.id, file: $0) }
    }
    guard places.count == corpus.utterances.count else {
      throw FileError.damaged(
        path: run.folder + "/" + RecordedRun.facts(corpus.corpus),
        problem: "does not say which file each utterance is in, as in runs of version 0.5 and "
          + "earlier", remedy: "leave --audio out")
    }
    func path(_ file: String) -> String { file.hasPrefix("/") ? file : folder.path + "/" + file }
    let missing = places.filter { !FileManager.default.fileExists(atPath: path($0.file)) }
    if let first = missing.first {
      throw FileError.damaged(
        path: path(first.file),
        problem: "is missing, and so are \(missing.count - 1) other recordings of "
          + "\(places.count)",
        remedy: "give --audio a copy of the corpus; the run read it from \(corpus.path)")
    }
    let page = URL(fileURLWithPath: run.folder).standardizedFileURL.path + "/report"
    return Dictionary(
      places.map { place in
        let isRelative = folder.isRelative && !place.file.hasPrefix("/")
        return (
          place.id,
          isRelative
            ? relativeAddress(from: page, to: path(place.file))
            : "file://" + encoded(path(place.file))
        )
      }, uniquingKeysWith: { first, _ in first })
  }
}

/// Returns the address of a file relative to a folder. Both paths start at the root.
private func relativeAddress(from folder: String, to file: String) -> String {
  let (here, there) = (folder.split(separator: "/"), file.split(separator: "/"))
  let common = zip(here, there).prefix { $0 == $1 }.count
  let steps = [String](repeating: "..", count: here.count - common)
  let path = (steps + there.dropFirst(common).map(String.init)).joined(separator: "/")
  return steps.isEmpty ? "./" + encoded(path) : encoded(path)
}

private func encoded(_ path: String) -> String {
  path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
}
