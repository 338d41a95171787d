// `run.json` makes a folder a run and lists its cells. docs/format.md describes the format.
import Files
import Foundation

/// The version of the run folder's format that this program writes.
///
/// 1: versions up to 0.5, without `run.json`. 2: adds `run.json` and `corpora/`, and cells depend
/// on the corpus's sound.
package let runFormat = 2

/// The cells of a run and the program version that made them.
package struct RunTable: Codable, Equatable, Sendable {
  package var format: Int
  /// The program version that made these cells. Cells of other versions are not listed.
  package var programVersion: String
  /// By corpus, seed, fold and variant. Companions come last.
  package var cells: [Entry]

  package struct Entry: Codable, Equatable, Sendable {
    package var corpus: String
    package var variant: String
    package var fold: Int
    package var seed: Int
    /// Whether it is a companion of its variant's training, with speakers held out to select an
    /// epoch.
    package var isCompanion: Bool?
    /// The cell's address. The name of its folder ends with the first 16 digits.
    package var hash: String
  }

  package static let document = "run.json"

  package init(programVersion: String, cells: [Cell]) {
    format = runFormat
    self.programVersion = programVersion
    self.cells = cells.map {
      Entry(
        corpus: $0.identity.corpus, variant: $0.variant, fold: $0.identity.fold,
        seed: $0.identity.seed, isCompanion: $0.isCompanion ? true : nil, hash: $0.hash)
    }
  }

  private struct Format: Decodable { let format: Int }

  /// Throws if a later version made the run. A missing or damaged table does not count as such.
  ///
  /// - Throws: `RunFormatError`.
  package static func requireKnownFormat(ofRun folder: String) throws {
    let path = folder + "/" + document
    guard let found = try? readJSON(Format.self, from: path, remedy: "").format else { return }
    guard found <= runFormat else { throw RunFormatError(folder: folder, found: found) }
  }

  /// Reads the table of a run; nil if there is none, as in runs of version 0.5 and earlier.
  ///
  /// - Throws: `FileError.damaged`; `RunFormatError` for a later format.
  package init?(ofRun folder: String) throws {
    let path = folder + "/" + Self.document
    let remedy = "reprise run \(folder) rewrites it and keeps finished cells"
    guard access(path, F_OK) == 0 else {
      // Only runs of format 1 have no table, and they have no facts of corpora.
      guard access(folder + "/corpora", F_OK) != 0 else {
        throw FileError.damaged(path: path, problem: "is gone", remedy: remedy)
      }
      return nil
    }
    // The number first, because the rest may have another form.
    let found = try readJSON(Format.self, from: path, remedy: remedy).format
    guard found <= runFormat else { throw RunFormatError(folder: folder, found: found) }
    guard found == runFormat else {
      throw FileError.damaged(
        path: path, problem: "format: expected \(runFormat), found \(found)", remedy: remedy)
    }
    self = try readJSON(RunTable.self, from: path, remedy: remedy)
    for cell in cells {
      let isHash = cell.hash.utf8.count == 64 && cell.hash.allSatisfy(\.isHexDigit)
      guard isHash, cell.fold >= 1, cell.seed >= 0 else {
        throw FileError.damaged(
          path: path,
          problem: "a cell of fold \(cell.fold), seed \(cell.seed) and hash "
            + "\"\(cell.hash.prefix(80))\": expected a fold from 1, a seed from 0 and 64 digits",
          remedy: remedy)
      }
    }
  }
}

/// A later version made the run.
package struct RunFormatError: Error, Equatable, Sendable, CustomStringConvertible {
  package let folder: String
  package let found: Int

  package var description: String {
    """
    \(folder): is of format \(found), which a later version of Reprise made; this version reads \
    formats 1 to \(runFormat); read it with that version
    """
  }
}
