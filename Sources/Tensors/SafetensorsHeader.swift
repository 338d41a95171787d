// The header of a safetensors file: JSON that anybody may have written.
import Foundation

/// The arrays a header names. What stands under `__metadata__` are remarks, and passed over.
struct SafetensorsHeader: Decodable {
  /// One array. Offsets count from the header's end.
  struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]
    enum CodingKeys: String, CodingKey { case dtype, shape, offsets = "data_offsets" }
  }

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

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// How many keys the object of a valid header has, those of objects within it left out. A decoder
  /// keeps one of two equal keys.
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
