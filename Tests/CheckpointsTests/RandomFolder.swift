// Folders of random checkpoints, each changed in one way.
import Checkpoints
import Files
import Foundation
import Tensors

/// Calls `body` with a temporary folder that holds a tiny random checkpoint.
func withTinyCheckpoint<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.path + "/checkpoint-\(UUID())"
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try writeRandomCheckpoint(like: .tiny, to: folder, seed: 1)
  return try body(folder)
}

/// The tensors of a safetensors file of 32-bit floats, by name.
func readTensors(_ path: String) throws -> [String: Tensor] {
  try Safetensors.tensors(Data(contentsOf: URL(filePath: path)))
}

/// Writes tensors as a safetensors file, in the order of their names.
func write(_ tensors: [String: Tensor], to path: String) throws {
  let named = tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) }
  try Safetensors.data(named).write(to: URL(filePath: path))
}

/// Changes the tensors of the folder's weight file.
func change(_ folder: String, _ body: (inout [String: Tensor]) -> Void) throws {
  let path = folder + "/model.safetensors"
  var tensors = try readTensors(path)
  body(&tensors)
  try write(tensors, to: path)
}

/// Changes the values of the folder's `config.json`.
func configure(
  _ folder: String, file: String = "config.json", _ body: (inout [String: Any]) -> Void
) throws {
  let place = URL(filePath: folder + "/" + file)
  let object = try JSONSerialization.jsonObject(with: Data(contentsOf: place))
  var values = object as? [String: Any] ?? [:]
  body(&values)
  try JSONSerialization.data(withJSONObject: values).write(to: place)
}

/// The error message for a folder, or "opened" if it can be used.
func refusal(_ folder: String) -> String {
  do {
    _ = try Checkpoint(folder: folder)
    return "opened"
  } catch {
    return "\(error)".replacing(folder, with: "F")
  }
}
