// A plan stored with its run. It determines the order of cells, the number of parallel ones, the
// remaining time, and the size of a job array.
package import Experiments
import Files
import Foundation

extension RunPlan {
  /// Seconds on one core for a cell, averaged over its variant's cells; nil if the variant is not
  /// planned or could not be measured.
  package func seconds(of cell: Cell) -> Double? {
    measuredRow(of: cell).map { $0.hours * 3600 * Double(cores) / Double(max(1, $0.cells)) }
  }

  /// Memory of a cell in training, in bytes; nil if the variant is not planned.
  package func memory(of cell: Cell) -> Int? { measuredRow(of: cell)?.memory }

  private func measuredRow(of cell: Cell) -> Row? {
    rows.first {
      $0.variant == cell.variant && $0.corpus == cell.identity.corpus && $0.note == nil
    }
  }
}

/// A plan in its stored form.
private struct RecordedPlan: Codable {
  /// The SHA-256 of the planned experiment.
  let experiment: String
  let plan: RunPlan
}

extension RecordedRun {
  /// The stored plan for exactly this experiment; nil if there is none.
  package func recordedPlan() throws -> RunPlan? {
    try RunPlan(ofRun: folder, for: experiment)
  }
}

extension RunPlan {
  package static let document = "plan.json"

  /// Reads the plan of a run; nil if there is none for exactly this experiment.
  package init?(ofRun folder: String, for experiment: ExperimentSettings) throws {
    let path = folder + "/" + Self.document
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let recorded = try readJSON(RecordedPlan.self, from: path, remedy: "remove it")
    guard recorded.experiment == sha256(try canonicalJSON(experiment)) else { return nil }
    self = recorded.plan
  }

  /// Stores the plan of an experiment with its run.
  package func record(in folder: String, for experiment: ExperimentSettings) throws {
    try Inventory(run: folder).write(
      RecordedPlan(experiment: sha256(try canonicalJSON(experiment)), plan: self),
      to: Self.document)
  }
}
