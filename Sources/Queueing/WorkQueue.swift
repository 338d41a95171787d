// Work that any number of processes on any number of machines share through a folder. A piece of
// work is a folder with a name; its state is the folder it lies in; every change of state is one
// rename, which the file system does for exactly one of those who try. There is no lock: nothing
// that a dead node could hold.
//
//     open/NAME  →  working/NAME@TOKEN  →  DONE/NAME
//                        ↓      ↑ another token: the owner is gone
//                   failed/NAME
//
// Who works writes below its own token's path only. When another takes the work over, that path is
// gone, and the next write of the former owner fails: it cannot disturb.
import Files
import Foundation

/// A queue of named work.
package struct WorkQueue: Sendable {
  /// Where open, claimed and failed work lies.
  package let folder: String
  /// Where finished work lies.
  package let finished: String

  package init(folder: String, finished: String) {
    (self.folder, self.finished) = (folder, finished)
  }

  /// Work that somebody has claimed.
  package struct Working: Hashable, Sendable {
    package let name: String
    package let token: String
    /// Nil where the token is none of ours.
    package var claimant: Claimant? { Claimant(token: token) }
    package var folderName: String { "\(name)@\(token)" }
  }

  /// What lies where, in alphabetical order.
  package struct Listing: Sendable {
    package var open: [String] = []
    package var working: [Working] = []
    package var failed: [String] = []
    package var finished: [String] = []
  }

  package var openFolder: String { folder + "/open" }
  package var workingFolder: String { folder + "/working" }
  package var failedFolder: String { folder + "/failed" }

  /// Makes the folders.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func make() throws {
    for path in [openFolder, workingFolder, failedFolder, finished] { try makeFolder(path) }
  }

  /// Reads what lies where; nothing where there is no queue.
  ///
  /// - Throws: `FileError.cannotRead`: a folder that cannot be read is not an empty one.
  package func listing() throws -> Listing {
    Listing(
      open: try names(openFolder), working: try workers(), failed: try names(failedFolder),
      finished: try names(finished))
  }

  /// What is claimed.
  ///
  /// - Throws: `FileError.cannotRead`.
  package func workers() throws -> [Working] {
    try names(workingFolder).compactMap { entry in
      guard let at = entry.lastIndex(of: "@") else { return nil }
      return Working(name: String(entry[..<at]), token: String(entry[entry.index(after: at)...]))
    }
  }

  /// Opens work that lies nowhere yet; what is there is left as it is.
  ///
  /// Two processes may open the same work at once: it is then done twice at worst, never lost.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func open(_ wanted: [String]) throws {
    try make()
    let there = try listing()
    let known = Set(there.open + there.failed + there.finished + there.working.map(\.name))
    for name in wanted where !known.contains(name) { try makeFolder("\(openFolder)/\(name)") }
  }

  /// Opens failed work again.
  ///
  /// - Returns: whether it was there.
  @discardableResult package func retry(_ name: String) throws -> Bool {
    try move("\(failedFolder)/\(name)", to: "\(openFolder)/\(name)") == .moved
  }

  private func names(_ path: String) throws -> [String] { try Files.fileNames(in: path) }
}

// MARK: Claiming

extension WorkQueue {
  /// Claims open work of a given name.
  ///
  /// - Returns: nil where somebody else has it, or it is finished.
  /// - Throws: `FileError.cannotWrite`.
  package func claim(_ name: String, by claimant: Claimant) throws -> Claim? {
    try claim("\(openFolder)/\(name)", name, by: claimant)
  }

  /// Claims the first of `order` that is open, or one soon after it.
  ///
  /// - Parameters:
  ///   - order: names, the most urgent first; those that are not open are passed over.
  ///   - spread: among how many of the first one is chosen, so that many who ask at the same time
  ///     do not all
  ///     try the same; about the number of those who may ask.
  /// - Returns: nil where none is open.
  package func claimNext(
    of order: [String], spread: Int = 1, by claimant: Claimant
  ) throws -> Claim? {
    var order = order[...]
    while !order.isEmpty {
      let open = Set(try names(openFolder))
      order = order.filter(open.contains)[...]
      // A few misses mean that the listing is old.
      for _ in 0..<min(8, order.count) {
        let choice = order.startIndex + Int.random(in: 0..<min(max(1, spread), order.count))
        if let claim = try claim(order.remove(at: choice), by: claimant) { return claim }
      }
    }
    return nil
  }

  /// Claims what another had claimed, who is thought to be gone.
  ///
  /// - Returns: nil where somebody was faster, or the owner finished meanwhile.
  package func takeOver(_ working: Working, by claimant: Claimant) throws -> Claim? {
    try claim("\(workingFolder)/\(working.folderName)", working.name, by: claimant)
  }

  private func claim(_ path: String, _ name: String, by claimant: Claimant) throws -> Claim? {
    try requireNoLink(path)
    let target = "\(workingFolder)/\(name)@\(claimant.token)"
    guard try move(path, to: target) == .moved else { return nil }
    let claim = Claim(queue: self, name: name, path: target)
    // Work that was opened twice, and done meanwhile.
    if access("\(finished)/\(name)", F_OK) == 0 {
      try claim.discard()
      return nil
    }
    return claim
  }

  enum Move { case moved, sourceIsGone, targetIsThere }

  /// Renames a folder, as one of several who may try.
  func move(_ path: String, to target: String) throws -> Move {
    if rename(path, target) == 0 { return .moved }
    switch errno {
    case ENOENT:
      // A file server may have done it and lost its answer; nobody else makes this very name.
      let isToken = target.contains("@")
      return isToken && access(target, F_OK) == 0 ? .moved : .sourceIsGone
    case EEXIST, ENOTEMPTY: return .targetIsThere
    default:
      throw FileError.cannotWrite(path: target, reason: String(cString: strerror(errno)))
    }
  }
}
