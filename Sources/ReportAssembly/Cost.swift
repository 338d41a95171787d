// The cost of a run: seconds, passes through the network, memory.
import Corpora
import Evaluation
import Files
import Foundation
import Reporting
import Runs
import Settings
import Tensors

extension RunReport {
  /// The cost of a variant's finished cells, without auxiliary trainings; nil if no cell is
  /// finished.
  func cost(
    of variant: VariantResult, _ utterances: [Utterance], folds: Int, _ ledger: [TestLedger.Entry]
  ) throws
    -> VariantReport.Cost?
  {
    guard let first = variant.folders.first, variant.scored == nil else { return nil }
    let trained = zip(variant.folders, variant.logs).reduce(0) { sum, cell in
      let identity = cell.0.cell.identity
      let partition = Partition(
        utterances, fold: identity.fold, folds: folds,
        evaluateOn: identity.evaluateOn, selection: identity.settings.training.selection)
      return sum + partition.training.count * cell.1.epochs.count
    }
    let cells = Set(variant.folders.map { String($0.cell.hash.prefix(16)) })
    let scored = ledger.filter { cells.contains($0.cell) && $0.purpose != .companion }
    let measured = try RunCost(ofRun: run.folder)
    return VariantReport.Cost(
      cells: variant.folders.count, epochs: variant.logs.reduce(0) { $0 + $1.epochs.count },
      secondsPerEpoch: median(of: variant.logs.flatMap(\.epochs).map(\.seconds)), trained: trained,
      scored: scored.reduce(0) { $0 + $1.utterances }, parameters: try first.parameterCount(),
      peakMemory: measured?.peakMemory)
  }
}

/// The middle value, or the mean of the two middle ones; 0 without values.
private func median(of values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return (sorted[(values.count - 1) / 2] + sorted[values.count / 2]) / 2
}

extension CellFolder {
  /// The number of trained parameters.
  fileprivate func parameterCount() throws -> Int {
    try Safetensors.arrays(Data(readingFile: file("weights.safetensors"))).values
      .reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
