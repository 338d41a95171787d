// Writes a cell's files: its state during training and its results at the end.
import Evaluation
import Files
import Foundation
package import Runs
import Surroundings
import Tensors
import Training

extension CellFolder {
  /// Writes the description of the cell into its folder, which must exist.
  package func begin() throws {
    try removeLeftovers(in: path)
    try removeFile(file("done.json"))
    try removeFile(file("failure.json"))
    try canonicalJSON(cell, pretty: true).writeAtomically(to: file("configuration.json"))
  }

  /// Returns the state of an interrupted training, with the scores of its epochs if they were
  /// scored. Returns nil if there is none or if it is damaged.
  func savedState(_ initial: TrainingState) -> (state: TrainingState, scores: [EpochScore])? {
    guard let file = try? Data(readingFile: file("state")), let data = unsealedBytes(file),
      let end = data.firstIndex(of: 0x0a),
      let scores = try? decodeJSON([EpochScore].self, from: data[..<end])
    else { return nil }
    var state = initial
    guard (try? state.restore(Data(data[data.index(after: end)...]))) != nil else { return nil }
    return (state, scores)
  }

  /// Saves a state to resume from, with the scores of its epochs and the log so far.
  func save(_ state: TrainingState, _ scores: [EpochScore]) throws {
    let data = try canonicalJSON(scores) + Data("\n".utf8) + state.data()
    try sealedBytes(data).writeAtomically(to: file("state"))
    try log(state).writeAtomically(to: file("epochs.jsonl"))
  }

  /// Writes the results, and then the mark that they are complete.
  ///
  /// - Parameter scores: the score of each epoch; empty if epochs were not scored.
  func finish(
    _ state: TrainingState, scores: [EpochScore], weights: Data, predictions: PredictionFile,
    embeddings: Tensor, recordings: CellRecordings?
  ) throws {
    try log(state).writeAtomically(to: file("epochs.jsonl"))
    try predictions.write(to: file("predictions.csv"))
    try embeddings.npy.writeAtomically(to: file("embeddings.npy"))
    try weights.writeAtomically(to: file("weights.safetensors"))
    try save(scores)
    if let recordings {
      try writeSealedJSON(recordings, to: file(Self.recordingsFile))
    } else {
      try removeFile(file(Self.recordingsFile))
    }
    try writeSealedJSON(CellOrigin(finishing: state.epochs), to: file(Self.originFile))
    let extras = Self.extras.filter { FileManager.default.fileExists(atPath: file($0)) }
    let files = try (Self.results + extras).map {
      Done.File(name: $0, sha256: sha256(try Data(readingFile: file($0))))
    }
    try writeSealedJSON(Done(cell: cell.hash, files: files), to: file("done.json"))
    try removeFile(file("state"))
  }

  /// Removes the files that a killed process left in a finished cell.
  package func tidy() throws {
    try removeFile(file("state"))
    try removeLeftovers(in: path)
  }

  /// Writes the reason why the cell could not be finished.
  package func fail(_ reason: String) throws {
    try writeSealedJSON(Failure(reason: reason), to: file("failure.json"))
  }

  private func log(_ state: TrainingState) throws -> Data {
    try state.epochs.reduce(into: Data()) { data, epoch in
      data += try canonicalJSON(epoch) + Data("\n".utf8)
    }
  }

  /// Writes the score of each epoch. Writes no file if epochs were not scored.
  func save(_ trajectory: [EpochScore]) throws {
    guard !trajectory.isEmpty else { return try removeFile(file(Self.trajectoryFile)) }
    try trajectory.reduce(into: Data()) { data, score in
      data += try canonicalJSON(score) + Data("\n".utf8)
    }.writeAtomically(to: file(Self.trajectoryFile))
  }
}

extension CellOrigin {
  /// The origin of a cell that this process finishes.
  fileprivate init(finishing epochs: [EpochRecord]) {
    self.init(
      made: .ofThisProcess, host: ProcessInfo.processInfo.hostName,
      seconds: epochs.reduce(0) { $0 + $1.seconds }, peakMemory: RunCost.current.peakMemory)
  }
}
