// Prepares a run: folder, queue, self-check, audits, features, plan. Each part is done once. Any
// process may do it, and several at once produce the same files.
import Backbones
import Surroundings
import Experiments
import Cells
import BuildStamp
import Files
import Foundation
import Queueing
package import Runs
import Settings

extension ExperimentRun {
  /// The queue that all processes of this run share.
  var queue: WorkQueue { runQueue(folder) }

  /// The inventory of the run's files.
  var inventory: Inventory { Inventory(run: folder) }

  /// Creates the folder and opens every unfinished cell. `reprise cell` then needs only the
  /// prepared corpora.
  ///
  /// A damaged cell is moved to `quarantine` and opened again. An unfinished cell of an earlier
  /// version continues from its saved state.
  ///
  /// - Parameters:
  ///   - retryFailed: whether to open failed cells again too.
  ///   - retrain: whether finished cells of other sound, or of another version, may leave the run's
  ///     table. Their files stay.
  /// - Throws: `RunError.otherSound` and `.otherVersion` if they may not.
  package func layOut(retryFailed: Bool = false, retrain: Bool = false) throws {
    try RunTable.requireKnownFormat(ofRun: folder)
    try requireTrained(folder)
    if !retrain { try requireSameCells() }
    try makeFolder(folder)
    try requireOwnFolders(of: folder)
    for part in [
      "", "/audits", "/cache", "/corpora", "/costs", "/examples", "/cells", "/inventory", "/report",
      "/report/tables",
    ] {
      try removeLeftovers(in: folder + part)
    }
    try writeRecord()
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
    try inventory.adoptDocuments()
    if retryFailed { for cell in cells { try queue.retry(cell.folderName) } }
  }

  /// Throws if this run would silently remove finished cells from its table.
  private func requireSameCells() throws {
    // A damaged record does not stop anything. It is written again.
    guard let record = try? record() else { return }
    let finished = record.finished
    guard !finished.isEmpty else { return }
    guard record.programVersion == programVersion else {
      throw RunError.otherVersion(
        run: folder, made: record.programVersion, cells: finished.count)
    }
    for corpus in corpora where finished.contains(where: { $0.identity.corpus == corpus.corpus }) {
      try record.requireSame(corpus)
    }
  }

  /// Writes the experiment, the facts of the corpora and the table of cells.
  ///
  /// The table comes last, so a reader that finds it finds everything.
  package func writeRecord() throws {
    if sources != nil {
      for corpus in corpora { try inventory.write(corpus, to: CorpusFacts.document(corpus.corpus)) }
    }
    try inventory.write(experiment, to: "experiment.json")
    try inventory.write(
      RunTable(programVersion: programVersion, cells: try cells() + companions()),
      to: RunTable.document)
  }

  /// Does the common work of all cells: numeric conformance, audits, decoding and features, the
  /// plan.
  ///
  /// - Throws: an error that keeps any cell from starting: an unreadable recording, a leak, or a
  ///   folder that cannot be written.
  package func prepare(threads: Int, watch: @escaping @Sendable (RunEvent) -> Void) throws {
    _ = try prepared(for: pending(), threads: threads, watch: watch)
  }

  /// Like `prepare`, and returns the corpora for `cells`; nil if there are no cells and nothing to
  /// do.
  func prepared(
    for cells: [Cell], threads: Int, watch: @escaping @Sendable (RunEvent) -> Void
  ) throws -> PreparedCorpora? {
    let isNeeded = !cells.isEmpty
    if isNeeded || (try? Provenance(ofRun: folder)) == nil {
      var provenance = Provenance.ofThisProcess
      provenance.corpora = corpora.map(Provenance.CorpusSource.init)
      provenance.backbone = try backbone.provenance()
      provenance.device = try backbone.device(of: experiment)
      try inventory.write(provenance, to: "provenance.json")
    }
    if isNeeded || (try? record().conformance()) == nil { try recordConformance() }
    if isNeeded || !isAudited { try auditCorpora(watch: watch) }
    guard isNeeded else { return nil }
    let prepared = try preparedCorpora(for: cells, threads: threads, watch: watch)
    try recordPlan()
    return prepared
  }

  /// Verifies every fixture and stores the outcome with the run.
  ///
  /// - Parameter golden: the folder of the fixtures.
  package func recordConformance(golden: String = goldenFolder()) throws {
    try inventory.write(
      NumericConformance(verifying: golden), to: NumericConformance.document)
  }

  /// Plans the run and stores the plan, unless there is one.
  private func recordPlan() throws {
    guard (try? RunPlan(ofRun: folder, for: experiment)) == nil else { return }
    try plan().record(in: folder, for: experiment)
  }

  /// The trainings that are neither finished nor failed.
  package func pending() throws -> [Cell] {
    let failed = Set(try queue.listing().failed)
    return try trainings().filter {
      !failed.contains($0.folderName) && !CellFolder(run: folder, cell: $0).isDone
    }
  }

  /// Why a cell failed; nil if it did not, or is being retried.
  func failure(of cell: Cell) -> String? {
    CellFolder(path: "\(queue.failedFolder)/\(cell.folderName)", cell: cell).failure
  }

  /// All failed trainings with their reasons.
  package func failures() throws -> [(cell: Cell, reason: String)] {
    try trainings().compactMap { cell in failure(of: cell).map { (cell, $0) } }
  }
}

/// Throws if a folder holds predictions of another program. Nothing can be trained in it.
///
/// - Throws: `RunError.scored`.
package func requireTrained(_ folder: String) throws {
  if (try? ExperimentSettings(ofRun: folder))?.isScored == true {
    throw RunError.scored(run: folder)
  }
}
