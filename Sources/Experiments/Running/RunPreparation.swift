// What comes before the first cell: the folder, its queue, the program's own check, audits, features, plan.
// Each part is done once; any process may do it, and several at a time come to the same files.
import Files
import Foundation
import Queueing
import Settings

extension ExperimentRun {
  /// The queue that all processes working on this run share.
  var queue: WorkQueue { WorkQueue(folder: folder + "/queue", finished: folder + "/cells") }

  /// Lays out the folder and opens every cell that is not finished: all that `reprise cell` needs but the
  /// prepared corpora.
  ///
  /// A damaged cell is set aside in `quarantine` and opened again; an unfinished one of an earlier program
  /// goes on from what it kept.
  ///
  /// - Parameter retryFailed: whether failed cells are opened again too.
  package func layOut(retryFailed: Bool = false) throws {
    try makeFolder(folder)
    try requireOwnFolders(of: folder)
    for part in [
      "", "/audits", "/cache", "/costs", "/examples", "/cells", "/inventory", "/report",
      "/report/tables",
    ] {
      try removeLeftovers(in: folder + part)
    }
    try inventory.write(experiment, to: "experiment.json")
    try queue.make()
    let cells = try trainings()
    for cell in cells {
      let finished = CellFolder(run: folder, cell: cell)
      guard FileManager.default.fileExists(atPath: finished.path) else { continue }
      if finished.isIntact {
        try finished.tidy()
      } else if FileManager.default.fileExists(atPath: finished.file("done.json")) {
        try setAside(finished.path, of: folder)
      } else {
        _ = rename(finished.path, queue.openFolder + "/" + cell.folderName)
      }
    }
    try queue.open(cells.map(\.folderName))
    try adoptDocuments()
    if retryFailed { for cell in cells { try queue.retry(cell.folderName) } }
  }

  /// Does what all cells share: numeric conformance, audits, decoding and features, the plan.
  ///
  /// - Throws: what keeps any cell from starting: a recording that cannot be read, a leak, a folder that
  ///   cannot be written.
  package func prepare(threads: Int, watch: (RunEvent) -> Void) throws {
    _ = try prepared(for: pending(), threads: threads, watch: watch)
  }

  /// As `prepare`; returns the corpora for `cells`, nil where there are none, and nothing needs to be done.
  func prepared(
    for cells: [Cell], threads: Int, watch: (RunEvent) -> Void
  ) throws -> PreparedCorpora? {
    let isNeeded = !cells.isEmpty
    if isNeeded || (try? provenance()) == nil {
      var provenance = Provenance.ofThisProcess
      provenance.backbone = try backboneProvenance()
      try inventory.write(provenance, to: "provenance.json")
    }
    if isNeeded || (try? conformance()) == nil { try recordConformance() }
    if isNeeded || !isAudited { try auditCorpora(watch: watch) }
    guard isNeeded else { return nil }
    let prepared = try PreparedCorpora(self, for: cells, threads: threads, watch: watch)
    try recordPlan()
    return prepared
  }

  /// Why a cell failed; nil if it did not, or is being tried again.
  package func failure(of cell: Cell) -> String? {
    CellFolder(path: "\(queue.failedFolder)/\(cell.folderName)", cell: cell).failure
  }

  /// All failed trainings and why.
  package func failures() throws -> [(cell: Cell, reason: String)] {
    try trainings().compactMap { cell in failure(of: cell).map { (cell, $0) } }
  }
}
