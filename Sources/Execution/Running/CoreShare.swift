// Cores that the cells in hand share.
import Synchronization

/// Cores, shared among cells in hand: the last ones get those of the others that are done.
final class CoreShare: Sendable {
  private let cores: Int
  private let inHand = Atomic(0)

  init(cores: Int) { self.cores = cores }

  /// Threads for each cell in hand now.
  var threads: Int { max(1, cores / max(1, inHand.load(ordering: .relaxed))) }

  func enter() { inHand.wrappingAdd(1, ordering: .relaxed) }
  func leave() { inHand.wrappingSubtract(1, ordering: .relaxed) }
}
