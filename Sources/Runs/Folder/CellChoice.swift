// Finds a cell by the names that people and scripts use.
import Files
import Foundation
import Queueing

extension RecordedRun {
  /// Finds a training by its folder's name, by the first digits of its hash, or by corpus, variant,
  /// fold and seed: `ravdess full 1 2`.
  ///
  /// - Throws: `RunFolderError.noSuchCell`.
  package func cell(named name: String) throws -> Cell {
    let cells = trainings
    let words = name.split(separator: " ").filter { !["fold", "seed"].contains($0) }
    let found = cells.filter { cell in
      let identity = cell.identity
      return cell.folderName == name || name.count >= 6 && cell.hash.hasPrefix(name)
        || !cell.isCompanion
          && words == [
            Substring(identity.corpus), Substring(cell.variant), "\(identity.fold)",
            "\(identity.seed)",
          ]
    }
    guard let cell = found.first, found.count == 1 else {
      throw RunFolderError.noSuchCell(
        run: folder, name: name, found: found.count, example: cells.first?.folderName ?? "")
    }
    return cell
  }

  /// Whether a cell's results exist.
  package func isFinished(_ cell: Cell) -> Bool { CellFolder(run: folder, cell: cell).isDone }

  /// Opens a failed cell again.
  package func retry(_ cell: Cell) throws { try queue.retry(cell.folderName) }

  /// Why a cell needs no work by this process; nil if it can be claimed or its owner may be gone.
  package func settled(_ cell: Cell) throws -> String? {
    if isFinished(cell) { return "already finished" }
    if let reason = failure(of: cell) {
      return "failed before: \(reason); --retry-failed tries it again"
    }
    let listing = try queue.listing()
    guard !listing.open.contains(cell.folderName) else { return nil }
    guard let working = listing.working.first(where: { $0.name == cell.folderName }) else {
      throw RunFolderError.notLaidOut(folder: folder)
    }
    return working.claimant?.hasEnded == false
      ? "is being run by \(working.claimant?.title ?? working.token)" : nil
  }

  /// Why a cell failed; nil if it did not, or is being retried.
  package func failure(of cell: Cell) -> String? {
    CellFolder(path: "\(queue.failedFolder)/\(cell.folderName)", cell: cell).failure
  }

  /// All failed trainings with their reasons.
  package func failures() -> [(cell: Cell, reason: String)] {
    trainings.compactMap { cell in failure(of: cell).map { (cell, $0) } }
  }

  /// The trainings that are neither finished nor failed.
  package func pending() throws -> [Cell] {
    let failed = Set(try queue.listing().failed)
    return trainings.filter { !failed.contains($0.folderName) && !isFinished($0) }
  }
}
