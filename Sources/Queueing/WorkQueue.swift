// Work that any number of processes on any number of machines share through a folder. A piece of
// work is a named folder. Its state is the folder that contains it. Every change of state is one
// rename, which succeeds for exactly one of those who try. There is no lock that a dead node could
// hold.
//
//     open/NAME  →  working/NAME@TOKEN  →  DONE/NAME
//                        ↓      ↑ another token: the owner is gone
//                   failed/NAME
//
// A worker writes only below its own token's path. When another takes the work over, that path
// disappears. The next write of the former owner fails and does no harm.
import Files
import Foundation

/// A queue of named work.
package struct WorkQueue: Sendable {
  /// The folder of open, claimed and failed work.
  package let folder: String
  /// The folder of finished work.
  package let finished: String

  package init(folder: String, finished: String) {
    (self.folder, self.finished) = (folder, finished)
  }

  /// Work that somebody has claimed.
  package struct Working: Hashable, Sendable {
    package let name: String
    package let token: String
    /// Nil if the token is not a claimant's.
    package var claimant: Claimant? { Claimant(token: token) }
    package var folderName: String { "\(name)@\(token)" }
  }

  /// The names in each state, in alphabetical order.
  package struct Listing: Sendable {
    package var open: [String] = []
    package var working: [Working] = []
    package var failed: [String] = []
    package var finished: [String] = []
  }

  package var openFolder: String { folder + "/open" }
  package var workingFolder: String { folder + "/working" }
  package var failedFolder: String { folder + "/failed" }

  /// Creates the folders.
  ///
  /// - Throws: `FileError.cannotWrite`.
  package func make() throws {
    for path in [openFolder, workingFolder, failedFolder, finished] { try makeFolder(path) }
  }

  /// Lists all work; empty if there is no queue.
  ///
  /// - Throws: `FileError.cannotRead`. An unreadable folder does not count as empty.
  package func listing() throws -> Listing {
    Listing(
      open: try names(openFolder), working: try workers(), failed: try names(failedFolder),
      finished: try names(finished))
  }

  /// The claimed work.
  ///
  /// - Throws: `FileError.cannotRead`.
  package func workers() throws -> [Working] {
    try names(workingFolder).compactMap { entry in
      guard let at = entry.lastIndex(of: "@") else { return nil }
      return Working(name: String(entry[..<at]), token: String(entry[entry.index(after: at)...]))
    }
  }

  /// Opens work that is in no state yet. Existing work stays as it is.
  ///
  /// Two processes may open the same work at once. At worst it is then done twice; it is never
  /// lost.
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
  /// - Returns: whether the work was there.
  @discardableResult package func retry(_ name: String) throws -> Bool {
    try move("\(failedFolder)/\(name)", to: "\(openFolder)/\(name)") == .moved
  }

  private func names(_ path: String) throws -> [String] { try Files.fileNames(in: path) }
}

// MARK: Claiming

extension WorkQueue {
  /// Claims open work by name.
  ///
  /// - Returns: nil if another process holds it, or it is finished.
  /// - Throws: `FileError.cannotWrite`.
  package func claim(_ name: String, by claimant: Claimant) throws -> Claim? {
    try claim("\(openFolder)/\(name)", name, by: claimant)
  }

  /// Claims the first open work of `order`, or one soon after it.
  ///
  /// - Parameters:
  ///   - order: names, most urgent first. Names that are not open are skipped.
  ///   - spread: the choice is made among this many of the first names, so that claimants do not
  ///     all try the same. About the number of possible claimants.
  /// - Returns: nil if none is open.
  package func claimNext(
    of order: [String], spread: Int = 1, by claimant: Claimant
  ) throws -> Claim? {
    var order = order[...]
    while !order.isEmpty {
      let open = Set(try names(openFolder))
      order = order.filter(open.contains)[...]
      // Several failures mean that the listing is outdated.
      for _ in 0..<min(8, order.count) {
        let choice = order.startIndex + Int.random(in: 0..<min(max(1, spread), order.count))
        if let claim = try claim(order.remove(at: choice), by: claimant) { return claim }
      }
    }
    return nil
  }

  /// Claims work of another claimant that is assumed to be gone.
  ///
  /// - Returns: nil if another was faster, or the owner finished meanwhile.
  package func takeOver(_ working: Working, by claimant: Claimant) throws -> Claim? {
    try claim("\(workingFolder)/\(working.folderName)", working.name, by: claimant)
  }

  private func claim(_ path: String, _ name: String, by claimant: Claimant) throws -> Claim? {
    try requireNoLink(path)
    let target = "\(workingFolder)/\(name)@\(claimant.token)"
    guard try move(path, to: target) == .moved else { return nil }
    let claim = Claim(queue: self, name: name, path: target)
    // The work was opened twice and is already done.
    if access("\(finished)/\(name)", F_OK) == 0 {
      try claim.discard()
      return nil
    }
    return claim
  }

  enum Move { case moved, sourceIsGone, targetIsThere }

  /// Renames a folder, in competition with others.
  func move(_ path: String, to target: String) throws -> Move {
    if rename(path, target) == 0 { return .moved }
    switch errno {
    case ENOENT:
      // A file server may have done it and lost its answer. Nobody else creates this exact name.
      let isToken = target.contains("@")
      return isToken && access(target, F_OK) == 0 ? .moved : .sourceIsGone
    case EEXIST, ENOTEMPTY: return .targetIsThere
    default:
      throw FileError.cannotWrite(path: target, reason: String(cString: strerror(errno)))
    }
  }
}
