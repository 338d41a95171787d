// What a run has once written, kept beside it: a document that is gone is missed only by somebody
// who knows that it was there. `inventory/` has a small file for each document, so that any number
// of processes may add to it.
//
// A document is entered after it lies whole on the disk. A process that is killed between the two
// leaves a document that nobody misses yet, never an entry for one that was not written; `adopt`
// enters it later.
import Files
import Foundation

/// The list of a run's documents: files, and the folders of finished cells.
package struct Inventory: Sendable {
  static let folderName = "inventory"

  /// What is known of a document.
  struct Entry: Codable, Equatable, Sendable {
    /// Its path below the run.
    var document: String
    /// It was found missing, or was set aside, by an earlier `fsck`, which said so.
    var isGone: Bool?
    /// Of a ledger: what its last line is.
    var ledger: LedgerHead?

    init(document: String, isGone: Bool? = nil, ledger: LedgerHead? = nil) {
      (self.document, self.isGone, self.ledger) = (document, isGone, ledger)
    }
  }

  let run: String
  private var folder: String { run + "/" + Self.folderName }

  package init(run: String) { self.run = run }

  /// The name of a document's entry.
  static func name(of document: String) -> String {
    document.replacingOccurrences(of: "/", with: "~")
  }

  private func path(of document: String) -> String { folder + "/" + Self.name(of: document) }

  /// Whether there is one: runs of earlier programs have none.
  var exists: Bool { access(folder, F_OK) == 0 }

  /// Enters a document that lies on the disk, unless it is entered.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func enter(_ document: String) throws {
    try requireNoLink(folder)
    let new = Entry(document: document)
    if let old = try? entry(of: document), old == new { return }
    // The document's own name comes first onto the disk.
    try syncFolder(((run + "/" + document) as NSString).deletingLastPathComponent)
    try write(new)
  }

  /// Enters all documents of these that lie on the disk.
  func adopt(_ documents: [String]) throws {
    for document in documents where access(run + "/" + document, F_OK) == 0 {
      guard (try? entry(of: document)).map({ $0.isGone == true }) ?? true else { continue }
      try enter(document)
    }
  }

  /// Writes an entry, in the place of the old one.
  func write(_ entry: Entry) throws {
    try requireNoLink(folder)
    try makeFolder(folder)
    try writeSealedJSON(entry, to: path(of: entry.document))
  }

  /// Takes a document out, which is about to be removed or written anew.
  package func remove(_ document: String) throws {
    try requireNoLink(folder)
    try removeFile(path(of: document))
  }

  /// What is known of a document.
  ///
  /// - Throws: `FileError`.
  func entry(of document: String) throws -> Entry {
    try entry(named: Self.name(of: document))
  }

  /// All entries, by name; nil where an entry is not what was written.
  ///
  /// - Throws: `FileError.cannotRead`.
  func entries() throws -> [(name: String, entry: Entry?)] {
    try fileNames(in: folder).filter { !$0.hasSuffix(".partial") }.map {
      ($0, try? entry(named: $0))
    }
  }

  private func entry(named name: String) throws -> Entry {
    let path = folder + "/" + name
    let remedy = "reprise fsck sets it aside"
    guard !isSymbolicLink(path) else {
      throw FileError.damaged(path: path, problem: "is a symbolic link", remedy: remedy)
    }
    let entry = try readJSON(Entry.self, from: path, remedy: remedy)
    guard Self.name(of: entry.document) == name, (try? RelativePath(entry.document)) != nil else {
      throw FileError.damaged(
        path: path, problem: "names \(entry.document.debugDescription), not its own document",
        remedy: remedy)
    }
    return entry
  }
}

extension Inventory {
  /// Writes a document of the run, a sealed JSON file, and enters it.
  ///
  /// - Throws: `FileError.cannotWrite`; `.damaged` where a folder on its way is a symbolic link.
  package func write(_ value: some Encodable, pretty: Bool = true, to document: String) throws {
    let above = (document as NSString).deletingLastPathComponent
    if !above.isEmpty {
      try requireNoLink(run + "/" + above)
      try makeFolder(run + "/" + above)
    }
    try writeSealedJSON(value, pretty: pretty, to: run + "/" + document)
    try enter(document)
  }
}

extension ResultsDocument {
  package static let document = "results.json"

  /// Writes what the run came to.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func record(in run: String) throws {
    try Inventory(run: run).write(self, to: Self.document)
  }

  /// Reads what was written; nil where nothing was.
  package init?(ofRun folder: String) throws {
    let path = folder + "/" + Self.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self = try readJSON(
      ResultsDocument.self, from: path, remedy: "remove it and start the run again")
  }
}

extension Inventory {
  /// Enters what lies there and is not entered: what a process wrote that was killed right after,
  /// and what an earlier program wrote.
  package func adoptDocuments() throws {
    var documents = [
      "experiment", "run", "provenance", "conformance", "plan", "results", "references",
    ].map {
      $0 + ".json"
    }
    for part in ["audits", "corpora", "costs", "examples"] {
      documents += try fileNames(in: "\(run)/\(part)").filter { $0.hasSuffix(".json") }
        .map { "\(part)/\($0)" }
    }
    documents.append("report/" + ChecksumList.fileName)
    let finished = try fileNames(in: run + "/cells").filter {
      access("\(run)/cells/\($0)/done.json", F_OK) == 0
    }
    try adopt(documents + finished.map { "cells/" + $0 })
  }
}
