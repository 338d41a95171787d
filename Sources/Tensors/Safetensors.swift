// The safetensors format (github.com/huggingface/safetensors): a length, a JSON header and raw
// little-endian values. Tensors are written in the order given, 32-bit floats only; arrays of any type
// are read.
package import Foundation

/// Named tensors as one file.
package enum Safetensors {
  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]
    enum CodingKeys: String, CodingKey { case dtype, shape, offsets = "data_offsets" }
  }

  /// Returns the bytes of a file that holds `tensors`; names must differ.
  package static func data(_ tensors: [(name: String, tensor: Tensor)]) throws -> Data {
    var entries: [String: Entry] = [:]
    var offset = 0
    for (name, tensor) in tensors {
      precondition(entries[name] == nil, "two tensors are named \(name)")
      entries[name] = Entry(
        dtype: "F32", shape: tensor.shape, offsets: [offset, offset + 4 * tensor.count])
      offset += 4 * tensor.count
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var header = try encoder.encode(entries)
    header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
    var data = Data(capacity: 8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(header)
    for (_, tensor) in tensors {
      tensor.withUnsafeBuffer { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    return data
  }

  /// Reads every tensor of a file's bytes; all must be of 32-bit floats.
  package static func tensors(_ data: Data) throws -> [String: Tensor] {
    try arrays(data).mapValues { array in
      guard array.type == "F32" else {
        throw ArrayFileError.unsupported(header: "\(array.type) \(array.shape)")
      }
      let tensor = Tensor(uninitialized: array.shape)
      _ = array.bytes.copyBytes(
        to: UnsafeMutableRawBufferPointer(start: tensor.freshAddress, count: array.bytes.count))
      return tensor
    }
  }

  /// One array of a file, whatever its type.
  package struct RawArray {
    /// The format's name of the element type, such as F32.
    package let type: String
    package let shape: [Int]
    /// The elements in row-major order, little-endian.
    package let bytes: Data
  }

  /// Reads every array of a file's bytes.
  package static func arrays(_ data: Data) throws -> [String: RawArray] {
    let data = Data(data)
    guard data.count >= 8 else { throw ArrayFileError.truncated(expected: 8, found: data.count) }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    guard length <= UInt64(data.count - 8) else {
      throw ArrayFileError.truncated(expected: Int(clamping: length), found: data.count)
    }
    let start = 8 + Int(length)
    guard let header = try? JSONDecoder().decode(Header.self, from: data[8..<start]) else {
      throw ArrayFileError.notAnArray(format: "safetensors")
    }
    return try header.entries.mapValues { entry in
      guard entry.offsets.count == 2, let size = elementSizes[entry.dtype],
        let bytes = byteCount(of: entry.shape, elementSize: size)
      else {
        throw ArrayFileError.unsupported(header: "\(entry.dtype) \(entry.shape)")
      }
      let (low, high) = (entry.offsets[0], entry.offsets[1])
      guard low >= 0, high >= low, high <= data.count - start, high - low == bytes else {
        throw ArrayFileError.truncated(
          expected: start + min(max(low, 0), Int.max / 4) + bytes, found: data.count)
      }
      return RawArray(
        type: entry.dtype, shape: entry.shape, bytes: data[(start + low)..<(start + high)])
    }
  }

  /// Bytes of an element, by the format's name of its type.
  private static let elementSizes = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8,
    "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
  ]

  /// The arrays a header names. What stands under `__metadata__` are remarks, and passed over.
  private struct Header: Decodable {
    let entries: [String: Entry]

    init(from decoder: any Decoder) throws {
      let names = try decoder.container(keyedBy: Name.self)
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
