// Single recordings kept for the report, so that it needs neither weights nor audio: where FLAM looked in
// some test utterances, and a mixture as training made it. Nothing is scored or chosen by them.
import Corpora
import Files
import Foundation
import Settings
import Training

/// The examples of one corpus, in `examples/CORPUS.json` of the run.
struct RunExamples: Codable, Sendable, Hashable {
  /// Where one system's pooling looked.
  struct Attention: Codable, Sendable, Hashable {
    var system: String
    var fold: Int
    var seed: Int
    var utterances: [Utterance]
  }

  /// A scored utterance.
  struct Utterance: Codable, Sendable, Hashable {
    var id: String
    var truth: Int
    var predicted: Int
    var probability: Float
    var spectrum: Spectrum
    /// Seconds of the recording.
    var duration: Double
    /// α, `[T]`; its sum is 1.
    var weights: [Float]
  }

  /// Log-mel power in 256 steps from its least to its greatest value, `[frames][bands]`.
  struct Spectrum: Codable, Sendable, Hashable {
    var bands: Int
    var least: Float
    var greatest: Float
    var levels: Data
    var secondsPerFrame: Double

    /// `[bands][frames]`, the lowest band first.
    var rows: [[Float]] {
      let scale = (greatest - least) / 255
      let frames = bands > 0 ? levels.count / bands : 0
      return (0..<bands).map { band in
        (0..<frames).map { least + scale * Float(levels[$0 * bands + band]) }
      }
    }
  }

  /// A mixture and what it is made of.
  struct Mixture: Codable, Sendable, Hashable {
    var system: String
    var fold: Int
    var seed: Int
    var method: AugmentationSettings.Mixup
    var first: String
    var firstClass: Int
    var second: String
    var secondClass: Int
    /// The partner's share of the label, λ.
    var share: Double
    /// dB, and where both segments begin and how long they are, seconds; nil for LAM.
    var snr: Double?
    var start: Double?
    var secondStart: Double?
    var length: Double?
    var duration: Double
    /// Of the first recording, the second as it stands in the mixture, and the mixture: least and greatest
    /// sample of each of equally long stretches.
    var low: [[Float]]
    var high: [[Float]]
  }

  /// The hashes of the cells they are of: those of other settings or another program are not shown.
  var attentionCell: String?
  var mixtureCell: String?
  var attention: Attention?
  var mixture: Mixture?

  static func path(_ run: String, _ corpus: CorpusName) -> String {
    run + "/examples/\(corpus.rawValue).json"
  }
}

extension ExperimentRun {
  /// What is kept of a corpus and is of this experiment's cells; nil where nothing is.
  func examples(of corpus: CorpusName) throws -> RunExamples? {
    let path = RunExamples.path(folder, corpus)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let remedy = "start the run again, which makes it anew"
    let kept = try readJSON(RunExamples.self, from: path, remedy: remedy)
    if let problem = kept.problem(classes: corpus.classes.count) {
      throw FileError.damaged(path: path, problem: problem, remedy: remedy)
    }
    let (weighing, mixing) = try exampleCells(of: corpus)
    return kept.attentionCell == weighing?.cell.hash && kept.mixtureCell == mixing?.cell.hash
      ? kept : nil
  }

  /// Keeps examples of the corpora that have none of these cells.
  ///
  /// - Parameter prepared: what the run's cells read; opened anew where nil, or where it lacks what is needed.
  func recordExamples(_ prepared: PreparedCorpora?, watch: (RunEvent) -> Void) throws {
    try makeFolder(folder + "/examples")
    for corpus in corpora where (try? examples(of: corpus.name)) == nil {
      let (weighing, mixing) = try exampleCells(of: corpus.name)
      // A cell that failed may be finished by a later start: nothing is kept until then.
      if let weighing, !weighing.isDone { continue }
      let cells = [weighing, mixing].compactMap(\.self).map(\.cell)
      let source =
        try prepared.flatMap { $0.serves(cells) ? $0 : nil }
        ?? PreparedCorpora(
          self, for: cells, threads: ProcessInfo.processInfo.activeProcessorCount, watch: watch)
      let examples = RunExamples(
        attentionCell: weighing?.cell.hash, mixtureCell: mixing?.cell.hash,
        attention: try weighing?.attention(corpus, source),
        mixture: try mixing?.mixtureExample(corpus, source))
      try inventory.write(
        examples, pretty: false, to: "examples/\(corpus.name.rawValue).json")
    }
  }

  /// The first cell whose pooling weighs frames, and the first that mixes.
  private func exampleCells(of corpus: CorpusName) throws
    -> (weighing: CellFolder?, mixing: CellFolder?)
  {
    let all = try cells().filter { $0.identity.corpus == corpus.rawValue }
    func first(_ isWanted: (Cell) -> Bool) -> CellFolder? {
      all.first(where: isWanted).map { CellFolder(run: folder, cell: $0) }
    }
    return (
      first { $0.identity.settings.model.pooling == .flam },
      first { $0.identity.settings.augmentation.mixup != .none }
    )
  }
}
