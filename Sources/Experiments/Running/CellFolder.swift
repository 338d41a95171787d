// A cell's files. Each is written whole or not at all; `done.json` comes last and vouches for the
// rest, so a folder without it is unfinished and one with it is never trained again.
package import Evaluation
import Files
import Foundation
package import Tensors
package import Training

/// The folder of one cell.
package struct CellFolder: Sendable {
  package let path: String
  package let cell: Cell

  /// What a finished cell's files are, by name.
  static let results = [
    "configuration.json", "epochs.jsonl", "predictions.csv", "embeddings.npy",
    "weights.safetensors",
  ]

  /// The record that a cell is finished.
  package struct Done: Codable, Equatable, Sendable {
    package let cell: String
    /// The SHA-256 of each result file, by name.
    package let files: [File]

    package struct File: Codable, Equatable, Sendable {
      package let name: String
      package let sha256: String
    }
  }

  /// Why a cell could not be finished.
  package struct Failure: Codable, Equatable, Sendable { package let reason: String }

  package init(run: String, cell: Cell) {
    path = run + "/cells/" + cell.folderName
    self.cell = cell
  }

  package func file(_ name: String) -> String { path + "/" + name }

  /// Whether the cell is finished and is this very cell.
  package var isDone: Bool {
    guard let done = record else { return false }
    let names = done.files.map(\.name).filter { $0 != Self.trajectoryFile }
    return done.cell == cell.hash && names == Self.results
      && done.files.allSatisfy { FileManager.default.fileExists(atPath: file($0.name)) }
  }

  /// Whether the cell is finished and its files are still those that were written.
  package var isIntact: Bool { isDone && changedFile == nil }

  /// Throws where a finished cell's files are no longer those that were written.
  package func requireIntact() throws {
    if FileManager.default.fileExists(atPath: file("done.json")), record == nil {
      throw FileError.damaged(path: file("done.json"), problem: "is not JSON", remedy: remedy)
    }
    guard isDone, let changed = changedFile else { return }
    throw FileError.damaged(
      path: changed, problem: "is not what was written when the cell was finished", remedy: remedy)
  }

  private var remedy: String { "start the run again, which makes this cell anew" }

  private var record: Done? {
    guard let data = try? Data(readingFile: file("done.json")) else { return nil }
    return try? decodeJSON(Done.self, from: data)
  }

  /// The path of the first file that `done.json` no longer vouches for.
  private var changedFile: String? {
    let changed = record?.files.first {
      guard let data = try? Data(readingFile: file($0.name)) else { return true }
      return sha256(data) != $0.sha256
    }
    return changed.map { file($0.name) }
  }

  /// Why the cell failed when it was last tried; nil if it did not.
  package var failure: String? {
    guard let data = try? Data(readingFile: file("failure.json")) else { return nil }
    return try? decodeJSON(Failure.self, from: data).reason
  }

  /// The predictions of a finished cell.
  package func predictions() throws -> PredictionFile {
    try PredictionFile(readingFile: file("predictions.csv"))
  }

  /// The log of a finished cell.
  package func epochs() throws -> [EpochRecord] {
    try Data(readingFile: file("epochs.jsonl")).split(separator: 0x0a)
      .map { try decodeJSON(EpochRecord.self, from: Data($0)) }
  }

  /// The embeddings of a finished cell, `[utterances, E]`, in the order of its predictions.
  package func embeddings() throws -> Tensor {
    try Tensor(npy: Data(readingFile: file("embeddings.npy")))
  }

  // MARK: Writing

  /// Makes the folder and writes what the cell is.
  package func begin() throws {
    try makeFolder(path)
    try removeLeftovers(in: path)
    try removeFile(file("done.json"))
    try removeFile(file("failure.json"))
    try canonicalJSON(cell, pretty: true).writeAtomically(to: file("configuration.json"))
  }

  /// The state that an interrupted training left; nil if there is none that can be read.
  func savedState(_ initial: TrainingState) -> TrainingState? {
    guard let data = try? Data(readingFile: file("state")) else { return nil }
    var state = initial
    guard (try? state.restore(data)) != nil else { return nil }
    return state
  }

  /// Keeps a state to go on from, and the log so far.
  func save(_ state: TrainingState) throws {
    try state.data().writeAtomically(to: file("state"))
    try log(state).writeAtomically(to: file("epochs.jsonl"))
  }

  /// Writes the results and then, last, that they are complete.
  func finish(
    _ state: TrainingState, weights: Data, predictions: PredictionFile, embeddings: Tensor
  ) throws {
    try log(state).writeAtomically(to: file("epochs.jsonl"))
    try predictions.write(to: file("predictions.csv"))
    try embeddings.npy.writeAtomically(to: file("embeddings.npy"))
    try weights.writeAtomically(to: file("weights.safetensors"))
    let watched = FileManager.default.fileExists(atPath: file(Self.trajectoryFile))
    let files = try (Self.results + (watched ? [Self.trajectoryFile] : [])).map {
      Done.File(name: $0, sha256: sha256(try Data(readingFile: file($0))))
    }
    try canonicalJSON(Done(cell: cell.hash, files: files), pretty: true)
      .writeAtomically(to: file("done.json"))
    try removeFile(file("state"))
  }

  /// Removes what a process that was killed left in a finished cell.
  func tidy() throws {
    try removeFile(file("state"))
    try removeLeftovers(in: path)
  }

  /// Writes why the cell could not be finished.
  package func fail(_ reason: String) throws {
    try makeFolder(path)
    try canonicalJSON(Failure(reason: reason), pretty: true)
      .writeAtomically(to: file("failure.json"))
  }

  private func log(_ state: TrainingState) throws -> Data {
    try state.epochs.reduce(into: Data()) { data, epoch in
      data += try canonicalJSON(epoch) + Data("\n".utf8)
    }
  }
}
