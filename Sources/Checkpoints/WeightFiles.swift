// Selects the weight files of a folder.
import Files
import Foundation

/// The weight files of a Hugging Face folder: one file, or several with an index.
struct WeightFiles {
  let files: [MappedFile]
  let tensors: [(name: String, tensor: StoredTensor)]

  /// Opens the first of these that exists: `model.safetensors`, `pytorch_model.bin`, or the parts
  /// in either's `.index.json`. Without them, opens the only `.pt`, `.pth` or `.ckpt` file.
  ///
  /// - Throws: `CheckpointError`, `FileError`.
  init(folder: String) throws {
    let kinds = ["model.safetensors", "pytorch_model.bin"]
    let all = kinds + kinds.map { $0 + ".index.json" }
    let name = try all.first { isEntry("\(folder)/\($0)") } ?? Self.trainingCheckpoint(in: folder)
    let parts =
      name.hasSuffix(".index.json")
      ? try Self.parts(of: "\(folder)/\(name)") : [Part(file: name, names: nil)]
    var (files, tensors): ([MappedFile], [(name: String, tensor: StoredTensor)]) = ([], [])
    for part in parts {
      let file = try MappedFile("\(folder)/\(part.file)")
      let found =
        part.file.hasSuffix(".safetensors")
        ? try SafetensorsReader.tensors(in: file) : try TorchReader.tensors(in: file)
      if let names = part.names, Set(found.map(\.name)) != names {
        let odd = names.symmetricDifference(found.map(\.name)).min() ?? ""
        throw CheckpointError.malformed(
          path: file.path, problem: "the index and the file do not agree about tensor \(odd)")
      }
      files.append(file)
      tensors += found
    }
    (self.files, self.tensors) = (files, tensors)
  }

  private static func trainingCheckpoint(in folder: String) throws -> String {
    let names = trainingCheckpoints(in: folder)
    guard let name = names.first else {
      throw CheckpointError.noWeights(folder: folder, found: otherWeights(in: folder))
    }
    guard names.count == 1 else {
      throw CheckpointError.noWeights(
        folder: folder,
        found: "\(names.prefix(5).joined(separator: ", ")): leave one, or name it pytorch_model.bin"
      )
    }
    return name
  }

  private struct Part {
    let file: String
    /// The tensors that the index assigns to the file.
    let names: Set<String>?
  }

  private struct Index: Decodable { let weight_map: [String: String] }

  private static func parts(of path: String) throws -> [Part] {
    let map: [String: String]
    do {
      map = try JSONDecoder().decode(Index.self, from: Data(readingFile: path)).weight_map
    } catch let error as DecodingError {
      throw CheckpointError.malformed(path: path, problem: error.problem)
    }
    let names = Dictionary(grouping: map.keys) { map[$0] ?? "" }
    return try names.keys.sorted().map { file in
      guard file.hasSuffix(".safetensors") || file.hasSuffix(".bin"), !file.contains("/"),
        !file.hasPrefix(".")
      else {
        throw CheckpointError.refused(path: path, what: "the part \(file), not a plain file name,")
      }
      return Part(file: file, names: Set(names[file] ?? []))
    }
  }
}
