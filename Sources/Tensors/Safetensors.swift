// The safetensors format (github.com/huggingface/safetensors): a length, a JSON header and raw
// little-endian values. Tensors are written in the order given, 32-bit floats only.
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

  /// Reads every tensor of a file's bytes.
  package static func tensors(_ data: Data) throws -> [String: Tensor] {
    let data = Data(data)
    guard data.count >= 8 else { throw ArrayFileError.truncated(expected: 8, found: data.count) }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    guard length <= UInt64(data.count - 8) else {
      throw ArrayFileError.truncated(expected: Int(clamping: length), found: data.count)
    }
    let start = 8 + Int(length)
    guard let entries = try? JSONDecoder().decode([String: Entry].self, from: data[8..<start])
    else {
      throw ArrayFileError.notAnArray(format: "safetensors")
    }
    return try entries.mapValues { entry in
      guard entry.dtype == "F32", entry.offsets.count == 2, let bytes = byteCount(of: entry.shape)
      else {
        throw ArrayFileError.unsupported(header: "\(entry.dtype) \(entry.shape)")
      }
      let (low, high) = (entry.offsets[0], entry.offsets[1])
      guard low >= 0, high >= low, high <= data.count - start, high - low == bytes else {
        throw ArrayFileError.truncated(
          expected: start + min(max(low, 0), Int.max / 4) + bytes, found: data.count)
      }
      let tensor = Tensor(uninitialized: entry.shape)
      _ = data[(start + low)..<(start + high)].copyBytes(
        to: UnsafeMutableRawBufferPointer(start: tensor.freshAddress, count: high - low))
      return tensor
    }
  }
}
