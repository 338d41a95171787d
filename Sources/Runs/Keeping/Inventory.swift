// Records what a run has written, so that a missing document is noticed. `inventory/` has a small
// file per document, so that any number of processes can add to it.
//
// A document is entered after it is completely on disk. A process that is killed in between leaves
// a document without an entry, never an entry without a document; `adopt` enters it later.
import Files
import Foundation

/// The list of a run's documents: files, and the folders of finished cells.
package struct Inventory: Sendable {
  static let folderName = "inventory"

  /// The entry of a document.
  struct Entry: Codable, Equatable, Sendable {
    /// Its path below the run.
    var document: String
    /// An earlier `fsck` reported it as missing or set it aside.
    var isGone: Bool?
    /// For a ledger: its last line.
    var ledger: LedgerHead?

    init(document: String, isGone: Bool? = nil, ledger: LedgerHead? = nil) {
      (self.document, self.isGone, self.ledger) = (document, isGone, ledger)
    }
  }

  let run: String
  private var folder: String { run + "/" + Self.folderName }

  package init(run: String) { self.run = run }

  /// The file name of a document's entry.
  static func name(of document: String) -> String {
    document.replacingOccurrences(of: "/", with: "~")
  }

  private func path(of document: String) -> String { folder + "/" + Self.name(of: document) }

  /// Whether there is one. Runs of earlier versions have none.
  var exists: Bool { access(folder, F_OK) == 0 }

  /// Enters a document that is on disk, unless it is entered already.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func enter(_ document: String) throws {
    try requireNoLink(folder)
    let new = Entry(document: document)
    if let old = try? entry(of: document), old == new { return }
    // The document's own name must reach the disk first.
    try syncFolder(parentFolder(of: run + "/" + document))
    try write(new)
  }

  /// Enters new documents without a sync to disk, for a run whose folder has no name yet.
  package func enterUnsynced(_ documents: [String]) throws {
    try makeFolder(folder)
    for document in documents {
      try canonicalJSON(Entry(document: document), pretty: true).sealed
        .writeUnsynced(to: path(of: document))
    }
  }

  /// Enters those of the documents that are on disk.
  func adopt(_ documents: [String]) throws {
    for document in documents where access(run + "/" + document, F_OK) == 0 {
      guard (try? entry(of: document)).map({ $0.isGone == true }) ?? true else { continue }
      try enter(document)
    }
  }

  /// Writes an entry and replaces the old one.
  func write(_ entry: Entry) throws {
    try requireNoLink(folder)
    try makeFolder(folder)
    try writeSealedJSON(entry, to: path(of: entry.document))
  }

  /// Removes a document that is about to be deleted or written again.
  package func remove(_ document: String) throws {
    try requireNoLink(folder)
    try removeFile(path(of: document))
  }

  /// The entry of a document.
  ///
  /// - Throws: `FileError`.
  func entry(of document: String) throws -> Entry {
    try entry(named: Self.name(of: document))
  }

  /// All entries by name; nil for a damaged entry.
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
  /// Writes a document of the run as a sealed JSON file, and enters it.
  ///
  /// - Throws: `FileError.cannotWrite`; `.damaged` if a folder of its path is a symbolic link.
  package func write(_ value: some Encodable, pretty: Bool = true, to document: String) throws {
    let above = parentFolder(of: document)
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

  /// Writes the run's results.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func record(in run: String) throws {
    try Inventory(run: run).write(self, to: Self.document)
  }

  /// Reads the stored results; nil if there are none.
  package init?(ofRun folder: String) throws {
    let path = folder + "/" + Self.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    self = try readJSON(
      ResultsDocument.self, from: path, remedy: "remove it and start the run again")
  }
}

extension Inventory {
  /// Enters existing documents without an entry: those of a process that was killed right after
  /// writing, and those of earlier versions.
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
