// Shares cores among the running cells.
import Synchronization

/// Cores shared among running cells. The last cells also use the cores of the finished ones.
final class CoreShare: Sendable {
  private let cores: Int
  private let inHand = Atomic(0)

  init(cores: Int) { self.cores = cores }

  /// Threads for each running cell.
  var threads: Int { max(1, cores / max(1, inHand.load(ordering: .relaxed))) }

  func enter() { inHand.wrappingAdd(1, ordering: .relaxed) }
  func leave() { inHand.wrappingSubtract(1, ordering: .relaxed) }
}
