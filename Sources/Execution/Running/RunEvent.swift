// What happens during a run, as values for those who watch it.
package import Evaluation
package import Runs
import Settings

/// Something that happened during a run.
package enum RunEvent: Sendable {
  /// Clips of a corpus are being hashed.
  case hashing(corpus: String, done: Int, total: Int)
  /// Recordings of a corpus are being read and turned into features.
  case preparing(corpus: String, done: Int, total: Int)
  /// A corpus is being searched for leaks.
  case auditing(corpus: String)
  /// The work on the cells begins. `finished` of them were finished before, and `epochs` is the
  /// sum over all cells.
  case started(cells: Int, epochs: Int, finished: Int)
  /// A cell has finished an epoch.
  case epoch(Cell, EpochRecord)
  /// A cell is finished. `epochs` counts those that no event announced. A reused cell was finished
  /// before this process came.
  case finished(Cell, epochs: Int, reused: Bool)
  /// A cell has failed.
  case failed(Cell, reason: String)
  /// Memory is too short to train as many cells at the same time as was asked for.
  case limited(jobs: Int, asked: Int, reason: String)
  /// Only cells of other processes are left.
  case waiting(others: [String])
  /// What the cache of a pretrained network's frames saved.
  case framesCached(FrameSavings)
}

extension Cell {
  /// How many epochs the cell is trained for.
  package var epochs: Int { identity.settings.training.epochs }
}
