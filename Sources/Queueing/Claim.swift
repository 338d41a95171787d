// Work in somebody's hands: the folder it is done in, and the three ways out of it.
import Files
import Foundation

/// Claimed work.
package struct Claim: Sendable, Hashable {
  let queue: WorkQueue
  package let name: String
  /// The folder in which the work is done. It is gone as soon as another takes the work over.
  package let path: String

  package static func == (one: Claim, other: Claim) -> Bool { one.path == other.path }
  package func hash(into hasher: inout Hasher) { hasher.combine(path) }

  /// Whether the work is still ours.
  package var isHeld: Bool { access(path, F_OK) == 0 }

  /// What became of work that was handed in.
  package enum Outcome: Sendable { case published, lost, alreadyThere }

  /// Makes the finished work known, whole and at once.
  ///
  /// Where the same work lies there already, this one stays claimed: whoever publishes decides
  /// which is good.
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

  /// Gives the work back with all that is done of it, for anybody to go on with.
  ///
  /// - Returns: whether it was still ours.
  @discardableResult package func release() throws -> Bool { try leave(to: queue.openFolder) }

  /// Sets the work aside as failed.
  ///
  /// - Returns: whether it was still ours.
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

  /// Removes the work; what is done of it is lost.
  package func discard() throws {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch  where isHeld {
      throw FileError.cannotWrite(path: path, reason: "it cannot be removed")
    } catch {}
  }
}
