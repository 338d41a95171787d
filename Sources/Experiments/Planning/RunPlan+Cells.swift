// A plan kept with its run: what a cell will take, for the order of cells, their number side by side, the
// time left, and the size of a job array.
import Files
import Foundation

extension RunPlan {
  /// Seconds of one core for a cell, on average over its variant's; nil for a variant that is not planned or
  /// could not be measured.
  package func seconds(of cell: Cell) -> Double? {
    measuredRow(of: cell).map { $0.hours * 3600 * Double(cores) / Double(max(1, $0.cells)) }
  }

  /// Bytes of memory for a cell in training; nil for a variant that is not planned.
  package func memory(of cell: Cell) -> Int? { measuredRow(of: cell)?.memory }

  private func measuredRow(of cell: Cell) -> Row? {
    rows.first {
      $0.variant == cell.variant && $0.corpus == cell.identity.corpus && $0.note == nil
    }
  }
}

/// A plan as a run keeps it.
private struct RecordedPlan: Codable {
  /// The SHA-256 of the experiment that was planned.
  let experiment: String
  let plan: RunPlan
}

extension ExperimentRun {
  private var planPath: String { folder + "/plan.json" }

  private func experimentDigest() throws -> String { sha256(try canonicalJSON(experiment)) }

  /// The plan that was made for this very experiment; nil where there is none.
  package func recordedPlan() throws -> RunPlan? {
    guard FileManager.default.fileExists(atPath: planPath) else { return nil }
    let recorded = try readJSON(RecordedPlan.self, from: planPath, remedy: "remove it")
    return recorded.experiment == (try experimentDigest()) ? recorded.plan : nil
  }

  /// Plans the run and keeps the plan, unless there is one.
  func recordPlan() throws {
    guard (try? recordedPlan()) == nil else { return }
    let recorded = RecordedPlan(experiment: try experimentDigest(), plan: try plan())
    try inventory.write(recorded, to: "plan.json")
  }
}
