// The safetensors format (github.com/huggingface/safetensors), read strictly: tensors fill the file
// behind the header without gap or overlap.
package import Files
import Foundation

/// Finds the tensors of a safetensors file.
package enum SafetensorsReader {
  /// The format's own limit on the length of a header, bytes.
  private static let greatestHeader = 100_000_000

  /// Returns every tensor of a file, in the order of their places in it.
  ///
  /// - Throws: `CheckpointError.malformed` for whatever the format does not allow.
  package static func tensors(in file: MappedFile) throws -> [(name: String, tensor: StoredTensor)]
  {
    func malformed(_ problem: String) -> CheckpointError {
      .malformed(path: file.path, problem: problem)
    }
    try refuseOtherKinds(file)
    let size = file.bytes.count
    guard size >= 8 else { throw malformed("expected at least 8 bytes, found \(size)") }
    let length = UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(min(size - 8, greatestHeader)) else {
      throw malformed("a header of \(length) bytes in a file of \(size)")
    }
    let start = 8 + Int(length)
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: Data(file.bytes[8..<start]))
    } catch let error as DecodingError {
      throw malformed("header: \(error.problem)")
    }
    guard keyCount(file.bytes[8..<start]) == header.keyCount else {
      throw malformed("header: a tensor is named twice")
    }
    let entries = header.entries.sorted {
      ($0.value.offsets.first ?? 0, $0.key) < ($1.value.offsets.first ?? 0, $1.key)
    }
    var end = 0
    let tensors = try entries.map { name, entry in
      guard let type = type(entry.dtype) else {
        throw malformed("tensor \(name): unknown type \(entry.dtype)")
      }
      guard entry.offsets.count == 2, entry.offsets[0] == end, entry.offsets[1] >= end,
        entry.offsets[1] <= size - start
      else {
        throw malformed(
          "tensor \(name): expected offsets from \(end) to at most \(size - start), "
            + "found \(entry.offsets)")
      }
      guard let count = elementCount(entry.shape),
        count.multipliedReportingOverflow(by: type.size) == (entry.offsets[1] - end, false)
      else {
        throw malformed(
          "tensor \(name): shape \(entry.shape) of \(type) in \(entry.offsets[1] - end) bytes")
      }
      defer { end = entry.offsets[1] }
      return (
        name,
        StoredTensor(
          type: type, shape: entry.shape,
          strides: StoredTensor.contiguousStrides(of: entry.shape), offset: start + end,
          file: file)
      )
    }
    guard end == size - start else {
      throw malformed("expected \(end) bytes of tensors, found \(size - start)")
    }
    return tensors
  }

  private static func type(_ name: String) -> StoredType? {
    switch name {
    case "F32": .float32
    case "F16": .float16
    case "BF16": .bfloat16
    case "F64", "I64", "U64": .other(name, size: 8)
    case "I32", "U32": .other(name, size: 4)
    case "I16", "U16": .other(name, size: 2)
    case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2": .other(name, size: 1)
    default: nil
    }
  }

  /// How many keys the object of a valid header has, those of objects within it left out. A decoder
  /// keeps one of two equal keys.
  private static func keyCount(_ header: Slice<UnsafeRawBufferPointer>) -> Int {
    var (count, depth, isText, isEscaped) = (0, 0, false, false)
    for byte in header {
      if isText {
        if byte == UInt8(ascii: "\""), !isEscaped { isText = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth == 1: count += 1
      default: break
      }
    }
    return count
  }

  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]
    enum CodingKeys: String, CodingKey { case dtype, shape, offsets = "data_offsets" }
  }

  /// The tensors a header names. What stands under `__metadata__` are remarks, and passed over.
  private struct Header: Decodable {
    let entries: [String: Entry]
    /// Keys that differ.
    let keyCount: Int

    init(from decoder: any Decoder) throws {
      let names = try decoder.container(keyedBy: Name.self)
      keyCount = Set(names.allKeys.map(\.stringValue)).count
      entries = try names.allKeys.reduce(into: [:]) { entries, name in
        guard name.stringValue != "__metadata__" else { return }
        entries[name.stringValue] = try names.decode(Entry.self, forKey: name)
      }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// Returns the number of elements of a shape; nil if an extent is negative or the number too great. An
/// extent of 0 does not excuse the others: strides are products of them.
func elementCount(_ shape: [Int]) -> Int? {
  let product = shape.reduce(1) { (count: Int?, extent) in
    guard let count, extent >= 0 else { return nil }
    let (product, overflows) = count.multipliedReportingOverflow(by: max(extent, 1))
    return overflows ? nil : product
  }
  return product.map { shape.contains(0) ? 0 : $0 }
}
