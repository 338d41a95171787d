// The safetensors format (github.com/huggingface/safetensors): a length, a JSON header and raw
// little-endian values. Reading is strict: the arrays must fill the file after the header without
// gaps or overlaps. Writing stores 32-bit floats in the given order.
import Files
package import Foundation

/// Reads and writes safetensors files.
package enum Safetensors {
  /// The header's description of one array.
  package struct Entry: Equatable, Sendable {
    package let name: String
    /// The format's name for the element type, such as F32.
    package let type: String
    package let shape: [Int]
    /// The range of the elements in the file, row-major.
    package let bytes: Range<Int>
  }

  /// The format's own limit on the length of a header, in bytes.
  private static let greatestHeader = 100_000_000

  /// The size of an element in bytes, by the format's type name.
  package static let elementSizes = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8,
    "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
  ]

  // MARK: Writing

  /// Returns the length and the header of a file of 32-bit floats. The elements must follow in this
  /// order. Names must differ.
  package static func header(_ arrays: [(name: String, shape: [Int])]) throws -> Data {
    var entries: [String: SafetensorsHeader.Entry] = [:]
    var offset = 0
    for (name, shape) in arrays {
      precondition(entries[name] == nil, "two tensors have the name \(name)")
      let end = offset + 4 * shape.reduce(1, *)
      entries[name] = SafetensorsHeader.Entry(dtype: "F32", shape: shape, offsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var header = try encoder.encode(entries)
    header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header
  }

  /// Returns the bytes of a file that holds `tensors`. Names must differ.
  package static func data(_ tensors: [(name: String, tensor: Tensor)]) throws -> Data {
    var data = try header(tensors.map { ($0.name, $0.tensor.shape) })
    data.reserveCapacity(data.count + tensors.reduce(0) { $0 + 4 * $1.tensor.count })
    for (_, tensor) in tensors {
      tensor.withUnsafeBuffer { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    return data
  }

  // MARK: Reading

  /// Reads all tensors of a file. All of them must hold 32-bit floats.
  ///
  /// - Throws: `ArrayFileError`.
  package static func tensors(_ data: Data) throws -> [String: Tensor] {
    try arrays(data).mapValues { array in
      guard array.type == "F32" else {
        throw ArrayFileError.unsupported(header: "\(array.type) \(array.shape)")
      }
      return Tensor(shape: array.shape) { _ = array.bytes.copyBytes(to: $0) }
    }
  }

  /// One array of a file, of any type.
  package struct RawArray {
    /// The format's name for the element type, such as F32.
    package let type: String
    package let shape: [Int]
    /// The elements in row-major order, little-endian.
    package let bytes: Data
  }

  /// Reads all arrays of a file.
  ///
  /// - Throws: `ArrayFileError.malformed`.
  package static func arrays(_ data: Data) throws -> [String: RawArray] {
    let data = Data(data)
    let entries = try data.withUnsafeBytes { try Self.entries(of: $0) }
    return Dictionary(
      entries.map { ($0.name, RawArray(type: $0.type, shape: $0.shape, bytes: data[$0.bytes])) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Returns the descriptions of all arrays of a file, in the order of their offsets.
  ///
  /// - Throws: `ArrayFileError.malformed` if the file breaks a rule of the format.
  package static func entries(of file: UnsafeRawBufferPointer) throws -> [Entry] {
    let size = file.count
    guard size >= 8 else { throw malformed("expected at least 8 bytes, found \(size)") }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(min(size - 8, greatestHeader)) else {
      throw malformed("a header of \(length) bytes in a file of \(size)")
    }
    let start = 8 + Int(length)
    let header: SafetensorsHeader
    do {
      header = try JSONDecoder().decode(SafetensorsHeader.self, from: Data(file[8..<start]))
    } catch let error as DecodingError {
      throw malformed("header: \(error.problem)")
    }
    guard SafetensorsHeader.keyCount(file[8..<start]) == header.keyCount else {
      throw malformed("header: a tensor is named twice")
    }
    let entries = header.entries.sorted {
      ($0.value.offsets.first ?? 0, $0.key) < ($1.value.offsets.first ?? 0, $1.key)
    }
    var end = 0
    let found = try entries.map { name, entry in
      guard let width = elementSizes[entry.dtype] else {
        throw malformed("tensor \(name): unknown type \(entry.dtype)")
      }
      guard entry.offsets.count == 2, entry.offsets[0] == end, entry.offsets[1] >= end,
        entry.offsets[1] <= size - start
      else {
        throw malformed(
          "tensor \(name): expected offsets from \(end) to at most \(size - start), "
            + "found \(entry.offsets)")
      }
      guard byteCount(of: entry.shape, elementSize: width) == entry.offsets[1] - end else {
        throw malformed(
          "tensor \(name): shape \(entry.shape) of \(entry.dtype) in "
            + "\(entry.offsets[1] - end) bytes")
      }
      defer { end = entry.offsets[1] }
      return Entry(
        name: name, type: entry.dtype, shape: entry.shape,
        bytes: (start + end)..<(start + entry.offsets[1]))
    }
    guard end == size - start else {
      throw malformed("expected \(end) bytes of tensors, found \(size - start)")
    }
    return found
  }

  private static func malformed(_ problem: String) -> ArrayFileError {
    .malformed(problem: problem)
  }
}
