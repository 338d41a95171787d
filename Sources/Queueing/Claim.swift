// Claimed work: its folder, and the three ways to end the claim.
import Files
import Foundation

/// Claimed work.
package struct Claim: Sendable, Hashable {
  let queue: WorkQueue
  package let name: String
  /// The folder of the work. It disappears as soon as another process takes over.
  package let path: String

  package static func == (one: Claim, other: Claim) -> Bool { one.path == other.path }
  package func hash(into hasher: inout Hasher) { hasher.combine(path) }

  /// Whether this process still holds the work.
  package var isHeld: Bool { access(path, F_OK) == 0 }

  /// The outcome of publishing work.
  package enum Outcome: Sendable { case published, lost, alreadyThere }

  /// Publishes the finished work atomically.
  ///
  /// If the same work is already published, the claim stays. The caller decides which version is
  /// good.
  package func publish() throws -> Outcome {
    try removeFile(path + "/" + Heartbeat.fileName)
    try syncFolder(path)
    let outcome = try queue.move(path, to: "\(queue.finished)/\(name)")
    try syncFolder(queue.finished)
    return switch outcome {
    case .moved: .published
    case .sourceIsGone: .lost
    case .targetIsThere: .alreadyThere
    }
  }

  /// Releases the work with its current state, so that any process can continue it.
  ///
  /// - Returns: whether this process still held it.
  @discardableResult package func release() throws -> Bool { try leave(to: queue.openFolder) }

  /// Moves the work to the failed ones.
  ///
  /// - Returns: whether this process still held it.
  @discardableResult package func fail() throws -> Bool { try leave(to: queue.failedFolder) }

  private func leave(to folder: String) throws -> Bool {
    let target = "\(folder)/\(name)"
    switch try queue.move(path, to: target) {
    case .moved: return true
    case .sourceIsGone: return false
    case .targetIsThere:
      // Opened twice: one folder is enough.
      try discard()
      return true
    }
  }

  /// Deletes the work and its state.
  package func discard() throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch  where isHeld {
      throw FileError.cannotWrite(path: path, reason: "it cannot be removed")
    } catch {}
  }
}
