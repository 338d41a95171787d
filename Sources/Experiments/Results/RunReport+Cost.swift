// What a run cost: seconds, passes through the network, memory.
import Checkpoints
import Corpora
import Evaluation
import Files
import Foundation
import Queueing
import Reporting
import Settings
import Training

/// What is measured of a whole process that worked on a run, in a file of its own below `costs`; of all
/// of them, together.
struct RunCost: Codable, Equatable, Sendable {
  /// The most memory that one process held, bytes.
  var peakMemory: Int
  /// What the caches of pretrained backbones' frames did.
  var savings: FrameCache.Savings?

  /// The greatest resident set of this process up to now.
  static var current: RunCost {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    // Kilobytes on Linux.
    return RunCost(peakMemory: usage.ru_maxrss * 1024)
  }

  init(peakMemory: Int, savings: FrameCache.Savings? = nil) {
    (self.peakMemory, self.savings) = (peakMemory, savings)
  }

  /// Reads a stored cost.
  ///
  /// - Throws: `DecodingError` where a number is no number of bytes or recordings that a machine has.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    peakMemory = try container.decode(Int.self, forKey: .peakMemory)
    savings = try container.decodeIfPresent(FrameCache.Savings.self, forKey: .savings)
    guard (0...(1 << 50)).contains(peakMemory), savings?.isPossible ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .peakMemory, in: container,
        debugDescription: "expected numbers of at least 0 and at most 2^50, found others")
    }
  }

  private enum CodingKeys: String, CodingKey { case peakMemory, savings }

  /// Reads what all processes of a run took together; nil where none is known.
  ///
  /// - Throws: `FileError.damaged`.
  init?(ofRun folder: String) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/costs")) ?? []
    let files =
      names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/costs/\($0)" }
      + [folder + "/cost.json"].filter { FileManager.default.fileExists(atPath: $0) }
    let costs = try files.map { try readJSON(RunCost.self, from: $0, remedy: "remove it") }
    guard let most = costs.map(\.peakMemory).max() else { return nil }
    let savings = costs.compactMap(\.savings)
    self.init(
      peakMemory: most,
      savings: savings.isEmpty ? nil : savings.reduce(FrameCache.Savings(), +))
  }

  /// Keeps what this process took.
  func write(to run: String) throws {
    try Inventory(run: run).write(self, to: "costs/\(Claimant.current().token).json")
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
    let measured = try RunCost(ofRun: folder)
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
