// Reads the tensors of a safetensors file from any source.
package import Files
import Tensors

/// Finds the tensors of a safetensors file.
package enum SafetensorsReader {
  /// Returns all tensors of a file, in the order of their offsets.
  ///
  /// - Throws: `CheckpointError.malformed` if the file breaks a rule of the format.
  package static func tensors(in file: MappedFile) throws -> [(name: String, tensor: StoredTensor)]
  {
    try refuseOtherKinds(file)
    do {
      return try Safetensors.entries(of: file.bytes).map { entry in
        (
          entry.name,
          StoredTensor(
            type: type(entry.type), shape: entry.shape,
            strides: StoredTensor.contiguousStrides(of: entry.shape),
            offset: entry.bytes.lowerBound, file: file)
        )
      }
    } catch ArrayFileError.malformed(let problem) {
      throw CheckpointError.malformed(path: file.path, problem: problem)
    }
  }

  private static func type(_ name: String) -> StoredType {
    switch name {
    case "F32": .float32
    case "F16": .float16
    case "BF16": .bfloat16
    default: .other(name, size: Safetensors.elementSizes[name] ?? 1)
    }
  }
}
