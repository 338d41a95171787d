// Keeps the pooled frames of unmixed recordings. Frozen frames give the same row in every epoch, so
// each row is computed once for all epochs, folds and seeds that share a prepared corpus.
import Models
import Synchronization
import Tensors

/// The rows of `FrameSummary` for the recordings of a corpus, within a budget of memory.
package final class FrameSummaries: Sendable {
  private struct Key: Hashable {
    let summary: FrameSummary
    let position: Int
  }

  private struct State {
    var rows: [Key: Tensor] = [:]
    var bytes = 0
    var computed = 0
  }

  /// The most bytes to keep. Further rows are computed at each use.
  private let budget: Int
  private let state = Mutex(State())

  /// - Parameter budget: the default has room for 32 768 recordings with frames of 1024 numbers.
  package init(budget: Int = 256 << 20) { self.budget = budget }

  /// How many rows were computed, those beyond the budget once for each use.
  package var computed: Int { state.withLock { $0.computed } }

  /// Returns the row of a recording. `frames` is only called if the row is not kept.
  func row(
    _ summary: FrameSummary, of position: Int, frames: () throws -> Tensor
  ) throws -> Tensor {
    let key = Key(summary: summary, position: position)
    if let row = state.withLock({ $0.rows[key] }) { return row }
    let row = summary.row(of: try frames())
    let size = row.count * MemoryLayout<Float>.stride
    state.withLock { state in
      state.computed += 1
      guard state.rows[key] == nil, size <= budget - state.bytes else { return }
      state.rows[key] = row
      state.bytes += size
    }
    return row
  }
}
