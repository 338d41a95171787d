// The header of a safetensors file: JSON from an untrusted source.
import Foundation

/// The arrays of a header. The remarks under `__metadata__` are skipped.
struct SafetensorsHeader: Decodable {
  /// One array. Its offsets count from the end of the header.
  struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]
    enum CodingKeys: String, CodingKey { case dtype, shape, offsets = "data_offsets" }
  }

  let entries: [String: Entry]
  /// The number of different keys.
  let keyCount: Int

  init(from decoder: any Decoder) throws {
    let names = try decoder.container(keyedBy: Name.self)
    keyCount = Set(names.allKeys.map(\.stringValue)).count
    entries = try names.allKeys.reduce(into: [:]) { entries, name in
      guard name.stringValue != "__metadata__" else { return }
      entries[name.stringValue] = try names.decode(Entry.self, forKey: name)
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Returns the number of keys in the top-level object of a valid header, without those of nested
  /// objects. A JSON decoder keeps only one of two equal keys, so this count reveals duplicates.
  static func keyCount(_ header: Slice<UnsafeRawBufferPointer>) -> Int {
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
}
