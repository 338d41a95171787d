// A plan kept with its run: what a cell will take, for the order of cells, their number side by
// side, the time left, and the size of a job array.
package import Experiments
import Files
import Foundation

extension RunPlan {
  /// Seconds of one core for a cell, on average over its variant's; nil for a variant that is not
  /// planned or could not be measured.
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

extension RecordedRun {
  /// The plan that was made for this very experiment; nil where there is none.
  package func recordedPlan() throws -> RunPlan? {
    try RunPlan(ofRun: folder, for: experiment)
  }
}

extension RunPlan {
  package static let document = "plan.json"

  /// Reads the plan of a run; nil where there is none for this very experiment.
  package init?(ofRun folder: String, for experiment: ExperimentSettings) throws {
    let path = folder + "/" + Self.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let recorded = try readJSON(RecordedPlan.self, from: path, remedy: "remove it")
    guard recorded.experiment == sha256(try canonicalJSON(experiment)) else { return nil }
    self = recorded.plan
  }

  /// Keeps the plan of an experiment with its run.
  package func record(in folder: String, for experiment: ExperimentSettings) throws {
    try Inventory(run: folder).write(
      RecordedPlan(experiment: sha256(try canonicalJSON(experiment)), plan: self),
      to: Self.document)
  }
}
