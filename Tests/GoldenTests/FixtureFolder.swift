// A tiny fixture in a folder, and ways to damage it.
import Foundation
import Files
import Golden
import Tensors

/// A check that doubles a matrix, `2 · x` in single precision, and counts its elements.
let doubling = Check(
  "doubling",
  [
    "double": { reader in
      let x = try reader.tensor("x", [2, nil])
      let factor = Float(try reader.number("factor"))
      return [Output("y", x.scaled(by: factor)), Output("count", [x.count])]
    }
  ])

/// Two rows of three numbers, their doubles, and one whole number. The tolerances are 1e-6 and 0.
func doublingManifest() throws -> Manifest {
  let text = """
    {"format": 1, "name": "doubling", "proves": "That twice is twice",
     "references": [{"name": "pencil", "version": "1.0"}], "generator": "by hand", "seed": 1,
     "arrays": [{"name": "case/count", "type": "I64", "shape": [1], "sha256": ""},
                {"name": "case/x", "type": "F32", "shape": [2, 3], "sha256": ""},
                {"name": "case/y", "type": "F64", "shape": [2, 3], "sha256": ""}],
     "files": [], "reasons": {"hand": "worked by hand"},
     "cases": [{"name": "case", "operation": "double", "parameters": {"factor": 2}, "expected": [
       {"output": "y", "comparison": "within", "absolute": 1e-6, "relative": 1e-6,
        "reason": "hand"},
       {"output": "count", "comparison": "equal", "absolute": 0, "relative": 0,
        "reason": "hand"}]}]}
    """
  return try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
}

extension Manifest {
  /// Lists one more array of eight bytes.
  mutating func list(_ name: String) {
    arrays.append(arrays[2])
    arrays[arrays.count - 1].name = name
    arrays[arrays.count - 1].shape = [1]
  }
}

/// Writes the fixture below `root`. `spoil` changes the bytes, and then the hashes are updated.
///
/// - Parameters:
///   - hashes: whether the manifest gets the hashes of the changed bytes.
///   - spoil: changes the manifest and the bytes of each array, by name.
/// - Returns: `root`.
@discardableResult
func writeDoubling(
  to root: String, hashes: Bool = true,
  spoil: (inout Manifest, inout [String: Data]) -> Void = { _, _ in }
) throws -> String {
  var manifest = try doublingManifest()
  func bytes<Value>(_ values: [Value]) -> Data { values.withUnsafeBytes { Data($0) } }
  var arrays = [
    "case/count": bytes([6]), "case/x": bytes([1, 2, 3, -4, 5, 0.5] as [Float]),
    "case/y": bytes([2, 4, 6, -8, 10, 1] as [Double]),
  ]
  if !hashes { stampHashes(&manifest, arrays) }
  spoil(&manifest, &arrays)
  if hashes { stampHashes(&manifest, arrays) }
  try makeFolder(root + "/doubling")
  try JSONEncoder().encode(manifest)
    .write(to: URL(fileURLWithPath: root + "/doubling/manifest.json"))
  try safetensors(manifest.arrays, arrays)
    .write(to: URL(fileURLWithPath: root + "/doubling/arrays.safetensors"))
  return root
}

private func stampHashes(_ manifest: inout Manifest, _ arrays: [String: Data]) {
  for index in manifest.arrays.indices {
    manifest.arrays[index].sha256 = sha256(arrays[manifest.arrays[index].name] ?? Data())
  }
}

/// The bytes of a safetensors file with the given arrays.
private func safetensors(_ list: [Manifest.StoredArray], _ arrays: [String: Data]) -> Data {
  var (header, body) = ([String](), Data())
  for name in arrays.keys.sorted() {
    let entry = list.first { $0.name == name }
    let bytes = arrays[name] ?? Data()
    header.append(
      "\"\(name)\":{\"dtype\":\"\(entry?.type ?? "F32")\","
        + "\"shape\":\(entry?.shape ?? [bytes.count / 4]),"
        + "\"data_offsets\":[\(body.count),\(body.count + bytes.count)]}")
    body += bytes
  }
  let text = Data("{\(header.joined(separator: ","))}".utf8)
  var data = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
  data += text + body
  return data
}

/// Replaces one value in an array's bytes.
func put<Value>(_ value: Value, at index: Int, into data: inout Data) {
  let size = MemoryLayout<Value>.size
  let start = data.startIndex + index * size
  withUnsafeBytes(of: value) { data.replaceSubrange(start..<start + size, with: $0) }
}
