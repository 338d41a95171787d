// What a run cost: seconds, passes through the network, memory.
import Corpora
import Checkpoints
import Files
import Foundation
import Reporting
import Settings
import Training

/// What is measured of the whole process that makes a run, in `cost.json` of its folder.
struct RunCost: Codable, Hashable, Sendable {
  /// The most memory that it held, bytes.
  var peakMemory: Int

  static func path(_ run: String) -> String { run + "/cost.json" }

  /// The greatest resident set of this process up to now.
  static var current: RunCost {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    // Kilobytes on Linux.
    return RunCost(peakMemory: usage.ru_maxrss * 1024)
  }

  /// Keeps the greater of this and what an earlier part of the same run needed.
  func write(to run: String) throws {
    let before = try? decodeJSON(RunCost.self, from: Data(readingFile: RunCost.path(run)))
    let most = RunCost(peakMemory: max(peakMemory, before?.peakMemory ?? 0))
    try canonicalJSON(most, pretty: true).writeAtomically(to: RunCost.path(run))
  }
}

extension ExperimentRun {
  /// The cost of a variant's finished cells, trainings beside not counted; nil where none is finished.
  func cost(of variant: VariantResult, _ corpus: Corpus, _ ledger: [TestLedger.Entry]) throws
    -> VariantReport.Cost?
  {
    guard let first = variant.folders.first else { return nil }
    let trained = zip(variant.folders, variant.logs).reduce(0) { sum, cell in
      let identity = cell.0.cell.identity
      let partition = Partition(
        corpus.utterances, fold: identity.fold, folds: corpus.foldNames.count,
        evaluateOn: identity.evaluateOn, selection: identity.settings.training.selection)
      return sum + partition.training.count * cell.1.epochs.count
    }
    let cells = Set(variant.folders.map { String($0.cell.hash.prefix(16)) })
    let scored = ledger.filter { cells.contains($0.cell) && $0.purpose != .companion }
    let measured = try? decodeJSON(
      RunCost.self, from: Data(readingFile: RunCost.path(folder)))
    return VariantReport.Cost(
      cells: variant.folders.count, epochs: variant.logs.reduce(0) { $0 + $1.epochs.count },
      seconds: variant.logs.flatMap(\.epochs).reduce(0) { $0 + $1.seconds }, trained: trained,
      scored: scored.reduce(0) { $0 + $1.utterances }, parameters: try first.parameterCount(),
      peakMemory: measured?.peakMemory)
  }
}

extension CellFolder {
  /// How many numbers were trained.
  fileprivate func parameterCount() throws -> Int {
    try SafetensorsReader.tensors(in: MappedFile(file("weights.safetensors")))
      .reduce(0) { $0 + $1.tensor.shape.reduce(1, *) }
  }
}
