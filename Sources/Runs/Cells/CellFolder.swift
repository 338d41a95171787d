// Reads a cell's files. A finished cell appears under `cells` by one rename. Its `done.json` holds
// the hash of each other file. A cell with that file is never trained again.
package import Evaluation
import Files
import Foundation
package import Tensors

/// The folder of one cell, finished or in progress.
package struct CellFolder: Sendable {
  package let path: String
  package let cell: Cell

  /// The files of a finished cell.
  package static let results = [
    "configuration.json", "epochs.jsonl", "predictions.csv", "embeddings.npy",
    "weights.safetensors",
  ]
  /// The files of a finished cell that holds the predictions of another program.
  package static let scoredResults = ["configuration.json", "predictions.csv"]
  package static let originFile = "origin.json"
  package static let recordingsFile = "recordings.json"
  /// The optional files of a finished cell.
  package static let extras = [trajectoryFile, originFile, recordingsFile]

  /// The record that a cell is finished.
  package struct Done: Codable, Equatable, Sendable {
    package let cell: String
    /// The SHA-256 of each result file, by name.
    package let files: [File]

    package init(cell: String, files: [File]) { (self.cell, self.files) = (cell, files) }

    package struct File: Codable, Equatable, Sendable {
      package let name: String
      package let sha256: String

      package init(name: String, sha256: String) { (self.name, self.sha256) = (name, sha256) }

      package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        name = try keys.decode(String.self, forKey: .name)
        sha256 = try keys.decode(String.self, forKey: .sha256)
        do {
          guard try RelativePath(name).isName else {
            throw RelativePath.Problem.malformed(name)
          }
        } catch {
          throw DecodingError.dataCorruptedError(
            forKey: .name, in: keys, debugDescription: "\(error)")
        }
      }
    }
  }

  /// Why a cell could not be finished.
  package struct Failure: Codable, Equatable, Sendable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
  }

  /// The folder of a finished cell.
  package init(run: String, cell: Cell) {
    self.init(path: run + "/cells/" + cell.folderName, cell: cell)
  }

  package init(path: String, cell: Cell) {
    (self.path, self.cell) = (path, cell)
  }

  package func file(_ name: String) -> String { path + "/" + name }

  /// Whether it holds the predictions of another program.
  package var isScored: Bool { cell.identity.scored != nil }

  /// Whether the cell is finished and has this cell's address.
  package var isDone: Bool {
    guard let done = try? record() else { return false }
    let names = done.files.map(\.name).filter { !Self.extras.contains($0) }
    return done.cell == cell.hash && names == (isScored ? Self.scoredResults : Self.results)
      && done.files.allSatisfy { FileManager.default.fileExists(atPath: file($0.name)) }
  }

  /// Whether the cell is finished and its files are unchanged.
  package var isIntact: Bool { isDone && changedFile == nil }

  /// Throws if a finished cell's files have changed.
  package func requireIntact() throws {
    guard FileManager.default.fileExists(atPath: file("done.json")) else { return }
    _ = try record()
    guard isDone, let changed = changedFile else { return }
    throw FileError.damaged(
      path: changed, problem: "has changed since the cell was finished", remedy: remedy)
  }

  private var remedy: String {
    isScored
      ? "score the predictions again into another folder (reprise score)"
      : "start the run again to train this cell again"
  }

  private func record() throws -> Done {
    try readJSON(Done.self, from: file("done.json"), remedy: remedy)
  }

  /// The path of the first file that does not match `done.json`.
  package var changedFile: String? {
    let changed = (try? record())?.files.first {
      guard !isSymbolicLink(path), !isSymbolicLink(file($0.name)) else { return true }
      return (try? sha256(ofFile: file($0.name))) != $0.sha256
    }
    return changed.map { file($0.name) }
  }

  /// The cell's own description.
  ///
  /// - Throws: `FileError`.
  package func configuration() throws -> Cell {
    try readJSON(Cell.self, from: file("configuration.json"), remedy: remedy)
  }

  /// The recorded SHA-256 of the weights; nil for an unfinished cell.
  var weightsDigest: String? {
    (try? record())?.files.first { $0.name == "weights.safetensors" }?.sha256
  }

  /// Why the cell failed when it was last tried; nil if it did not.
  package var failure: String? {
    guard let data = try? Data(readingFile: file("failure.json")) else { return nil }
    return try? decodeJSON(Failure.self, from: data).reason
  }

  /// The predictions of a finished cell.
  package func predictions() throws -> PredictionFile {
    try PredictionFile(readingFile: file("predictions.csv"), mayLackProbabilities: isScored)
  }

  /// The log of a finished cell; empty for one that was not trained here.
  ///
  /// - Throws: `FileError.damaged` if a line is not an epoch.
  package func epochs() throws -> [EpochRecord] {
    guard !isScored else { return [] }
    return try lines(of: "epochs.jsonl", as: EpochRecord.self) { $0.isPossible }
  }

  /// The values of a file with one value per line.
  ///
  /// - Parameter isPossible: whether a training can have written the value.
  func lines<Value: Decodable>(
    of name: String, as type: Value.Type, where isPossible: (Value) -> Bool = { _ in true }
  ) throws -> [Value] {
    try Data(readingFile: file(name)).split(separator: 0x0a).enumerated().map { index, line in
      func damaged(_ problem: String) -> FileError {
        .damaged(path: file(name), problem: "line \(index + 1): \(problem)", remedy: remedy)
      }
      do {
        let value = try decodeJSON(type, from: Data(line))
        guard isPossible(value) else { throw damaged("has a number that no training gives") }
        return value
      } catch let error as DecodingError {
        throw damaged(error.problem)
      }
    }
  }

  /// The embeddings of a finished cell, `[utterances, E]`, in the order of its predictions.
  ///
  /// - Parameter rows: the number of utterances that it scored.
  /// - Throws: `FileError.damaged` if the file has another shape or a value is not finite.
  package func embeddings(rows: Int) throws -> Tensor {
    let path = file("embeddings.npy")
    func damaged(_ problem: String) -> FileError {
      .damaged(path: path, problem: problem, remedy: remedy)
    }
    let tensor: Tensor
    do {
      tensor = try Tensor(npy: Data(readingFile: path))
    } catch let error as ArrayFileError {
      throw damaged("\(error)")
    }
    guard tensor.shape.count == 2, tensor.shape[0] == rows, tensor.shape[1] > 0 else {
      throw damaged("expected the shape [\(rows), E], found \(tensor.shape)")
    }
    guard tensor.array.allSatisfy(\.isFinite) else {
      throw damaged("has a value that is not finite")
    }
    return tensor
  }

  /// The origin of a finished cell; nil for a cell of an older version.
  package func origin() throws -> CellOrigin? {
    guard FileManager.default.fileExists(atPath: file(Self.originFile)) else { return nil }
    return try readJSON(CellOrigin.self, from: file(Self.originFile), remedy: remedy)
  }
}

extension EpochRecord {
  /// Whether every number is finite and in range. Losses are of single precision.
  fileprivate var isPossible: Bool {
    let sizes = losses.named.map(\.value) + [learningRate, centerLearningRate, gradientNorm]
    return (1...1_000_000).contains(epoch) && sizes.allSatisfy { abs($0) <= 1e39 }
      && (0...1).contains(trainingAccuracy)
      && validationAccuracy.map { (0...1).contains($0) } ?? true && (0...1e9).contains(seconds)
  }
}
