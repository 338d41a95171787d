// The folders of a run must not be symbolic links. Through a link the program would write or move
// files elsewhere. A link is reported, and nothing is done through it. The run's own folder may be
// a link.
import Files

/// The folders of a run.
private let runFolders = [
  "audits", "cache", "cells", "corpora", "costs", "examples", "frames", Inventory.folderName,
  "ledger",
  "quarantine", "queue", "queue/failed", "queue/open", "queue/replays", "queue/working", "report",
  "report/figures", "report/tables", "slurm", "stand-ins",
]

/// Folders whose subfolders are checked too.
private let parentsOfFolders = [
  "cells", "queue/failed", "queue/open", "queue/working", "report/figures", "stand-ins",
]

/// Throws if a folder of the run is a symbolic link.
///
/// - Throws: `FileError.damaged` for the first link, by name.
package func requireOwnFolders(of run: String) throws {
  for path in runFolders { try requireNoLink(run + "/" + path) }
  for parent in parentsOfFolders {
    for name in try fileNames(in: "\(run)/\(parent)") {
      try requireNoLink("\(run)/\(parent)/\(name)")
    }
  }
}
