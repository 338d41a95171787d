// Finds the arrays of a folder of frames, or of one safetensors file.
import Files
import Foundation
import Tensors
import Threads

extension FrameFolder {
  /// The arrays of the given utterances by id, and the names of the others, sorted.
  ///
  /// - Throws: `FrameFolderError`; `FileError`.
  static func find(
    _ path: String, _ ids: [String], corpus: String
  ) throws -> (arrays: [String: StoredArray], unused: [String]) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError.cannotRead(path: path, reason: SystemFailure.last.words)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return try arrays(inFile: path, ids, corpus: corpus)
    }
    let files = try entries(below: path).filter { $0.kind != .folder && $0.isText }.map(\.path)
    let names = files.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    if names.isEmpty {
      let bundles = files.filter { $0.hasSuffix(".safetensors") }
      guard bundles.count <= 1 else {
        throw FrameFolderError.several(path: path, files: bundles)
      }
      guard let bundle = bundles.first else {
        throw FrameFolderError.empty(path: path, files: files)
      }
      return try arrays(inFile: path + "/" + bundle, ids, corpus: corpus)
    }
    let unused = try requireAll(ids, among: names, path, corpus: corpus)
    var arrays: [String: StoredArray] = [:]
    for id in ids {
      let file = "\(path)/\(id).npy"
      do {
        arrays[id] = try StoredArray(npy: file)
      } catch let problem as StoredArray.Problem {
        throw FileError.damaged(path: file, problem: problem.problem, remedy: problem.remedy)
      }
    }
    return (arrays, unused)
  }

  private static func arrays(
    inFile path: String, _ ids: [String], corpus: String
  ) throws -> (arrays: [String: StoredArray], unused: [String]) {
    guard path.hasSuffix(".safetensors") else {
      throw FileError.damaged(
        path: path, problem: "expected a folder of .npy files or a .safetensors file, found a file",
        remedy: "give the folder that holds ID.npy for each utterance")
    }
    let found: [(name: String, array: Result<StoredArray, StoredArray.Problem>)]
    do {
      found = try StoredArray.arrays(inSafetensors: path)
    } catch let error as ArrayFileError {
      throw FileError.damaged(
        path: path, problem: "\(error)", remedy: "write it again with safetensors.torch.save_file")
    }
    let unused = try requireAll(ids, among: found.map(\.name), path, corpus: corpus)
    let wanted = Set(ids)
    var arrays: [String: StoredArray] = [:]
    for (name, array) in found where wanted.contains(name) {
      switch array {
      case .success(let array): arrays[name] = array
      case .failure(let problem):
        throw FileError.damaged(
          path: "\(path): tensor \(name)", problem: problem.problem, remedy: problem.remedy)
      }
    }
    return (arrays, unused)
  }

  /// Throws unless every utterance has an array. Returns the other names, sorted.
  private static func requireAll(
    _ ids: [String], among names: [String], _ path: String, corpus: String
  ) throws -> [String] {
    let wanted = Set(ids)
    let unused = names.filter { !wanted.contains($0) }.sorted()
    let present = Set(names)
    let missing = ids.filter { !present.contains($0) }
    guard missing.isEmpty else {
      throw FrameFolderError.missing(
        path: path, corpus: corpus, ids: missing, total: ids.count, unused: unused)
    }
    return unused
  }
}

/// Frames that do not fit a corpus or a variant.
package enum FrameFolderError: Error, Equatable, Sendable {
  /// Nothing in the folder can hold frames. `files` are the files that it holds.
  case empty(path: String, files: [String])
  /// Several safetensors files could be meant.
  case several(path: String, files: [String])
  /// Some utterances have no frames. `unused` are the names of arrays without an utterance.
  case missing(path: String, corpus: String, ids: [String], total: Int, unused: [String])
  /// The setting `pretrained.layers` does not fit the shape of the arrays.
  case layers(variant: String, path: String, layers: Int?, width: Int)
}

extension FrameFolderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty(let path, let files):
      """
      \(path): expected a file ID.npy for each utterance, or one .safetensors file, found \
      \(files.isEmpty ? "an empty folder" : "only \(list(files))"); docs/frames.md shows how to \
      write frames
      """
    case .several(let path, let files):
      """
      \(path): expected one .safetensors file, found \(list(files)); give the path of the file \
      with the frames
      """
    case .missing(let path, let corpus, let ids, let total, let unused):
      "\(path): no frames of \(ids.count) of the \(total) utterances of \(corpus): \(list(ids)); "
        + (unused.isEmpty
          ? "write their frames too"
          : "\(unused.count) files belong to no utterance: \(list(unused)); name each file after "
            + "its utterance (reprise corpora list shows the ids)")
    case .layers(let variant, let path, let layers?, let width):
      """
      variant \(variant): \(path): each array has \(layers) layers of frames of \(width) numbers; \
      write pretrained: {layers: weighted}, or store one layer as an array of 2 axes
      """
    case .layers(let variant, let path, nil, let width):
      """
      variant \(variant): pretrained.layers is weighted, which needs arrays of 3 axes (layers, \
      frames, features); \(path) has one layer of frames of \(width) numbers; write pretrained: \
      {layers: last}, or store all layers
      """
    }
  }

  /// The first few names, and the number of the others.
  private func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ")
      + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
