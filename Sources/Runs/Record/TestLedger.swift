// The record of every look at a test fold. Lines are only added, never changed or deleted, even by
// restarted runs.
import Evaluation
import Files
import Foundation
import Synchronization

/// The ledger of a run: `ledger/` in its folder.
package struct TestLedger: Sendable {
  /// One scoring of one cell's test utterances.
  package struct Entry: Codable, Hashable, Sendable {
    /// The cell's address.
    package let cell: String
    package let corpus: String
    package let variant: String
    package let fold: Int
    package let seed: Int
    /// The epoch whose weights were scored, counted from 1.
    package let epoch: Int
    package let purpose: Purpose
    package let utterances: Int
    /// ISO 8601, UTC.
    package let date: String
    /// The line's number in its file, from 1; nil in files of earlier versions.
    package var number: Int?
    /// The checksum of the previous line; empty for the first.
    package var previous: String?

    /// Whether the numbers are possible for a scoring. Their sums stay exact.
    var isPossible: Bool {
      (0...ConfusionMatrix.greatestTotal).contains(utterances) && fold >= 1 && epoch >= 1
    }
  }

  /// Why test utterances were scored.
  package enum Purpose: String, Codable, Hashable, Sendable, CaseIterable {
    /// For the run's results.
    case result
    /// After an epoch, to show what selection by test score would gain.
    case trajectory
    /// For the companion training, which holds out speakers to select its epoch.
    case companion
  }

  /// The folder with one file per process, because two nodes cannot safely append to one file, and
  /// the single file of earlier versions.
  private let folder: String, oldFile: String
  private let run: String
  private let writer: String

  /// - Parameter writer: a name that no other process uses.
  package init(run: String, writer: String = "") {
    (folder, oldFile) = (run + "/ledger", run + "/ledger.jsonl")
    (self.run, self.writer) = (run, writer)
  }

  /// All entries by file, oldest first; empty for a run from before the ledger existed.
  ///
  /// - Throws: `FileError` if a line is not an entry.
  package func entries() throws -> [Entry] {
    try ([oldFile] + Self.files(in: folder)).flatMap { path -> [Entry] in
      guard FileManager.default.fileExists(atPath: path) else { return [] }
      return try Data(readingFile: path, mayGrow: true).split(separator: 0x0a).enumerated().map {
        index, line in
        let line = Data(line)
        guard line.lineSealState != .broken, let entry = try? decodeJSON(Entry.self, from: line),
          entry.isPossible
        else {
          throw FileError.damaged(
            path: path, problem: "line \(index + 1) is not an entry of the ledger",
            remedy: "reprise fsck sets it aside; it counted one scoring")
        }
        return entry
      }
    }
  }

  static func files(in folder: String) throws -> [String] {
    try fileNames(in: folder)
      .filter { $0.hasSuffix(".jsonl") }.map { folder + "/" + $0 }
  }

  /// Adds an entry before its scores are known to anybody.
  package func add(_ purpose: Purpose, _ cell: Cell, epoch: Int, utterances: Int) throws {
    let identity = cell.identity
    var entry = Entry(
      cell: String(cell.hash.prefix(16)), corpus: identity.corpus, variant: cell.variant,
      fold: identity.fold, seed: identity.seed, epoch: epoch, purpose: purpose,
      utterances: utterances, date: ISO8601DateFormatter().string(from: Date()))
    try requireNoLink(folder)
    try makeFolder(folder)
    try Self.heads.withLock { heads in
      let head = try heads[path] ?? last()
      entry.number = head.number + 1
      entry.previous = head.checksum
      let line = try canonicalJSON(entry).sealedLine
      try line.append(to: path, waitsForDisk: true)
      var known = LedgerChain(line).head
      heads[path] = known
      // The line first, then its inventory entry. A kill between the two leaves a line without an
      // entry.
      let document = "ledger/\(writer).jsonl"
      let old = (try? Inventory(run: run).entry(of: document))?.ledger
      (known.gaps, known.lost) = (old?.gaps, old?.lost)
      try Inventory(run: run).write(.init(document: document, ledger: known))
    }
  }

  /// The last lines of this process's files, by path.
  private static let heads = Mutex<[String: LedgerHead]>([:])

  private var path: String { "\(folder)/\(writer).jsonl" }

  /// The last line of the writer's file; number 0 if there is no file.
  private func last() throws -> LedgerHead {
    guard access(path, F_OK) == 0 else { return LedgerHead(number: 0, checksum: "") }
    return LedgerChain(try Data(readingFile: path, mayGrow: true)).head
  }
}

extension TestLedger {
  /// How often the test utterances of one fold were scored.
  package struct Count: Codable, Hashable, Sendable {
    package let corpus: String
    package let fold: Int
    package let result: Int
    package let trajectory: Int
    package let companion: Int
  }

  /// The number of scorings by corpus and fold.
  package func counts() throws -> [Count] {
    let groups = Dictionary(grouping: try entries()) { [$0.corpus, String($0.fold)] }
    return groups.map { key, entries in
      func count(_ purpose: Purpose) -> Int { entries.count { $0.purpose == purpose } }
      return Count(
        corpus: key[0], fold: Int(key[1]) ?? 0, result: count(.result),
        trajectory: count(.trajectory), companion: count(.companion))
    }.sorted { ($0.corpus, $0.fold) < ($1.corpus, $1.fold) }
  }
}
