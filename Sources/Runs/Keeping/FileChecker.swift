// Checks forbidden places, cells, lists of checksums, and all other files. FileChecker+Inventory
// finds missing ones.
import Files
import Foundation
import Queueing

/// A check of a run's files in progress.
struct FileChecker {
  let folder: String
  let entries: [FolderEntry]
  let inventory: Inventory
  let caches: CacheFormats
  /// Read first, so that files written meanwhile do not count as missing.
  let known: [(name: String, entry: Inventory.Entry?)]
  private(set) var repairs: Bool
  var checked = 0
  private var intactCells = 0
  var unguarded: [String] = []
  var findings: [FileCheck.Finding] = []
  var notes: [String] = []
  /// Paths that are checked as a whole, or must not be checked.
  private var covered: [String] = ["quarantine/"]

  init(folder: String, repairs: Bool, caches: CacheFormats) throws {
    (self.folder, self.repairs, self.caches) = (folder, repairs, caches)
    inventory = Inventory(run: folder)
    known = try isSymbolicLink(folder + "/inventory") ? [] : inventory.entries()
    entries = try Files.entries(below: folder) { $0 != "quarantine" && !$0.hasSuffix(".partial") }
  }

  var queue: WorkQueue { runQueue(folder) }

  var outcome: FileCheck {
    FileCheck(
      run: folder, checked: checked, unguarded: unguarded.sorted(), findings: findings,
      intactCells: intactCells, notes: notes)
  }

  /// Reports links, entries that are not files, invalid names, and half-written files.
  mutating func checkPlaces() throws {
    for entry in entries {
      let path = entry.path
      if !entry.isText {
        find(path.debugDescription, "has a name that is not UTF-8", "give it another name")
        covered.append(path)
      } else if entry.kind == .link {
        find(
          path, "is a symbolic link: nothing is read, written or moved through it",
          "put a file or folder of the run's own in its place")
        covered.append(path)
        // Nothing is set aside or opened again through a link.
        if !path.contains("/") || path.hasPrefix("queue/") { repairs = false }
      } else if entry.kind == .other {
        find(path, "is a FIFO, a socket or a device, expected a file", "remove it")
        covered.append(path)
      } else if entry.name.hasSuffix(".partial") {
        try checkLeftover(entry)
        covered.append(path)
      }
    }
  }

  private mutating func checkLeftover(_ entry: FolderEntry) throws {
    let age = max(0, Date().timeIntervalSince1970 - entry.changed)
    let what =
      (entry.kind == .folder ? "a folder" : "\(entry.size) bytes")
      + ", last written \(duration(age)) ago"
    switch partialWriter(ofName: entry.name) {
    case .alive: notes.append("\(entry.path): is being written: \(what)")
    case .elsewhere where age < 86_400:
      notes.append("\(entry.path): another machine may be writing it: \(what)")
    case .gone, .elsewhere, nil:
      try report(
        entry.path, "was left half written: \(what)", remedy: "nothing needs it")
    }
  }

  mutating func checkCells() throws {
    defer { covered.append("cells/") }
    for name in try fileNames(in: folder + "/cells")
    where !isCovered("cells/" + name) && !isCovered("cells") {
      let path = "cells/" + name
      // Earlier versions trained cells in the folder of finished ones.
      guard access("\(folder)/\(path)/done.json", F_OK) == 0 else {
        find(
          path, "has no done.json: it is not finished", "reprise run \(folder) continues it")
        continue
      }
      guard let problem = cellProblem(path) else {
        intactCells += 1
        continue
      }
      try report(path, problem, remedy: "reprise run \(folder) trains it again", opens: name)
    }
  }

  /// What is wrong with a finished cell; nil if it is unchanged.
  private mutating func cellProblem(_ path: String) -> String? {
    let place = folder + "/" + path
    let done: CellFolder.Done
    do {
      guard !isSymbolicLink(place + "/done.json") else { return "done.json is a symbolic link" }
      done = try readJSON(CellFolder.Done.self, from: place + "/done.json", remedy: "")
    } catch FileError.damaged(_, let problem, _) where problem.contains("names ") {
      return "done.json has changed: \(problem)"
    } catch {
      return "done.json has changed"
    }
    checked += 1
    if ((try? Data(readingFile: place + "/done.json"))?.sealState ?? .broken) == .unsealed {
      unguarded.append(path + "/done.json")
    }
    for file in done.files {
      checked += 1
      guard let place = try? Files.path(file.name, below: place) else {
        return "\(file.name) is a symbolic link"
      }
      guard (try? sha256(ofFile: place)) == file.sha256 else {
        return "\(file.name) is missing or has changed"
      }
    }
    let listed = Set(done.files.map(\.name) + ["done.json"])
    for name in (try? fileNames(in: place)) ?? []
    where !listed.contains(name) && !isCovered("\(path)/\(name)") {
      unguarded.append("\(path)/\(name)")
    }
    return nil
  }

  /// Checks a folder with a list of checksums.
  mutating func checkList(_ path: String, remedy: String) throws {
    let list = "\(folder)/\(path)/\(ChecksumList.fileName)"
    let parts = path.split(separator: "/").indices.map {
      path.split(separator: "/")[...$0].joined(separator: "/")
    }
    guard !parts.contains(where: isCovered), access(list, F_OK) == 0, !isSymbolicLink(list) else {
      return
    }
    covered.append(path + "/")
    checked += (try? ChecksumList(of: "\(folder)/\(path)").digests.count) ?? 0
    for problem in ChecksumList.problems(in: "\(folder)/\(path)") {
      let place = "\(path)/\(problem.path)"
      let again = "reprise run \(folder) \(remedy)"
      switch problem {
      case .unlisted where isCovered(place), .link where isCovered(place): break
      case .unlisted, .unguarded: unguarded.append(place)
      case .missing: find(place, "is missing", again)
      case .link: find(place, "is behind a symbolic link", again)
      case .badPath(let problem):
        try report(place, "has changed: it \(problem)", remedy: again)
      case .changed, .damagedList: try report(place, "has changed", remedy: again)
      }
    }
  }

  mutating func checkRest() throws {
    for entry in entries where entry.kind == .file && !isCovered(entry.path) {
      let path = entry.path
      switch StoredFile(run: folder, path: path, caches: caches).verdict() {
      case .intact: checked += 1
      case .passing: break
      case .unguarded: unguarded.append(path)
      case .damaged(let problem):
        checked += 1
        try report(
          path, problem,
          remedy: path.hasPrefix("ledger")
            ? "its other lines still count" : remedy(forMissing: path))
      }
    }
  }

  /// Whether a path was checked as part of a whole, or must not be checked.
  private func isCovered(_ path: String) -> Bool {
    covered.contains { $0.hasSuffix("/") ? path.hasPrefix($0) : path == $0 }
  }

  mutating func find(_ path: String, _ problem: String, _ remedy: String) {
    findings.append(FileCheck.Finding(path: path, problem: problem, remedy: remedy))
  }

  /// Reports damage and, with repairs, sets it aside.
  private mutating func report(
    _ path: String, _ problem: String, remedy: String, opens cell: String? = nil
  ) throws {
    var finding = FileCheck.Finding(path: path, problem: problem, remedy: remedy)
    if repairs {
      let target = try setAside(folder + "/" + path, of: folder)
      finding.movedTo = String(target.dropFirst(folder.count + 1))
      if let cell { try queue.open([cell]) }
      if path.hasPrefix("ledger") { try keepLines(of: target, at: path) }
      if cell == nil, var entry = try? inventory.entry(of: path), entry.ledger == nil {
        entry.isGone = true
        try inventory.write(entry)
      }
    }
    findings.append(finding)
  }

  /// Copies the intact lines of a damaged ledger to a new one in its place, so that recorded looks
  /// at test data remain.
  private func keepLines(of damaged: String, at path: String) throws {
    let whole = try Data(readingFile: damaged)
    // A line without its end was cut off.
    let lines = whole.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
    let kept = lines.filter { !$0.isEmpty && Data($0).lineSealState != .broken }
      .reduce(into: Data()) { $0 += $1 + Data("\n".utf8) }
    try kept.append(to: folder + "/" + path)
    if path.hasPrefix("ledger/") { try acceptLosses(LedgerChain(kept), of: path) }
  }
}
