// Watches the claims of others. A claim is alive as long as its owner's signs of life change, by
// the watcher's own clock. The clocks of other nodes do not matter.
import Files
import Foundation

/// Watches the claims of others for signs of life.
package struct ClaimWatch {
  private struct Sign {
    let beat: Data?
    let since: ContinuousClock.Instant
  }

  private let queue: WorkQueue
  private var signs: [WorkQueue.Working: Sign] = [:]
  /// How long a claim may be silent, in seconds.
  package let lease: Double

  package init(_ queue: WorkQueue, lease: Double) {
    (self.queue, self.lease) = (queue, lease)
  }

  /// What is known about the claims of others.
  package struct Observation: Sendable {
    /// Claims whose owners are gone.
    package var abandoned: [WorkQueue.Working] = []
    /// Claims with a recent sign of life or an existing process.
    package var alive: [WorkQueue.Working] = []
    /// Claims that have not been watched for long enough.
    package var unsure: [WorkQueue.Working] = []
  }

  /// Looks once.
  ///
  /// - Parameter names: only claims with these names.
  /// - Throws: `FileError.cannotRead`.
  package mutating func look(
    _ names: Set<String>, now: ContinuousClock.Instant = .now
  ) throws -> Observation {
    var seen: [WorkQueue.Working: Sign] = [:]
    var observation = Observation()
    for working in try queue.workers() where names.contains(working.name) {
      let path = "\(queue.workingFolder)/\(working.folderName)/\(Heartbeat.fileName)"
      let beat = try? Data(readingFile: path, limit: 4096, mayGrow: true)
      let before = signs[working]
      let hasBeaten = before != nil && before?.beat != beat
      let sign =
        if let before, !hasBeaten { before } else { Sign(beat: beat, since: now) }
      seen[working] = sign
      if working.claimant?.hasEnded == true || now - sign.since >= .seconds(lease) {
        observation.abandoned.append(working)
      } else if hasBeaten || working.claimant?.hasEnded == false {
        observation.alive.append(working)
      } else {
        observation.unsure.append(working)
      }
    }
    signs = seen
    return observation
  }

  /// The outcome of an attempt to claim work.
  package struct Attempt: Sendable {
    /// Nil if there is nothing to claim.
    package let claim: Claim?
    package let seen: Observation
  }

  /// Claims work whose owner is gone, or otherwise the most urgent open work.
  ///
  /// - Parameters:
  ///   - order: names, most urgent first.
  ///   - names: the same names as a set.
  /// - Throws: `FileError.cannotWrite`.
  package mutating func claimNext(
    of order: [String], _ names: Set<String>, by claimant: Claimant
  ) throws -> Attempt {
    let seen = try look(names)
    for working in seen.abandoned where working.token != claimant.token {
      if let claim = try queue.takeOver(working, by: claimant) {
        return Attempt(claim: claim, seen: seen)
      }
    }
    // At most about as many processes claim at this moment as are working. Spreading over half that
    // number keeps them apart.
    let workers = seen.alive.count + seen.unsure.count
    return Attempt(
      claim: try queue.claimNext(of: order, spread: workers / 2, by: claimant), seen: seen)
  }
}
