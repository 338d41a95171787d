// The folders of a run are its own. One that is a symbolic link would have the program write, or
// move, files somewhere else: it is named, and nothing is done through it. The run's folder itself
// may be a link.
import Files

/// The folders of a run.
private let runFolders = [
  "audits", "cache", "cells", "corpora", "costs", "examples", "frames", Inventory.folderName,
  "ledger",
  "quarantine", "queue", "queue/failed", "queue/open", "queue/replays", "queue/working", "report",
  "report/figures", "report/tables", "slurm", "stand-ins",
]

/// Those of them whose own folders count too.
private let parentsOfFolders = [
  "cells", "queue/failed", "queue/open", "queue/working", "report/figures", "stand-ins",
]

/// Throws where a folder of the run is a symbolic link.
///
/// - Throws: `FileError.damaged` for the first in the order of their names.
package func requireOwnFolders(of run: String) throws {
  for path in runFolders { try requireNoLink(run + "/" + path) }
  for parent in parentsOfFolders {
    for name in try fileNames(in: "\(run)/\(parent)") {
      try requireNoLink("\(run)/\(parent)/\(name)")
    }
  }
}
