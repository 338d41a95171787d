// Checksums inside the files that they protect: a JSON object that begins with the hash of its
// other bytes, or lines that each do. File and hash cannot be separated and are written together.
package import Foundation

/// The result of checking a file's own checksum.
package enum SealState: Equatable, Sendable {
  /// The bytes are unchanged.
  case intact
  /// The file has no checksum, like those of older versions.
  case unsealed
  /// The bytes have changed.
  case broken
}

/// The key of a checksum in the object that it protects.
let sealKey = "checksum"
private let key = sealKey

extension Data {
  /// This JSON object with the SHA-256 of its bytes as its first entry, `"checksum"`.
  package var sealed: Data {
    guard first == UInt8(ascii: "{"), count > 2 else { return self }
    let isPretty = self[startIndex + 1] == UInt8(ascii: "\n")
    let digest = sha256(self)
    let entry = isPretty ? "\n  \"\(key)\" : \"\(digest)\"," : "\"\(key)\":\"\(digest)\","
    return prefix(1) + Data(entry.utf8) + dropFirst()
  }

  /// Whether `sealed` made this JSON object.
  package var sealState: SealState {
    for (before, after) in [("\n  \"\(key)\" : \"", "\","), ("\"\(key)\":\"", "\",")] {
      let digest = dropFirst(1 + before.utf8.count).prefix(64)
      let end = dropFirst(1 + before.utf8.count + digest.count)
      guard dropFirst().starts(with: before.utf8), digest.count == 64, end.starts(with: after.utf8)
      else { continue }
      let rest = prefix(1) + end.dropFirst(after.utf8.count)
      return sha256(Data(rest)).utf8.elementsEqual(digest) ? .intact : .broken
    }
    let head = String(decoding: prefix(100), as: UTF8.self)
    return head.hasPrefix("{") && !head.contains(key) ? .unsealed : .broken
  }

  /// The number of digits of a line's checksum, the first ones of its SHA-256.
  private static let lineDigits = 16

  /// This one-line JSON object with a checksum of 16 digits as its first entry, followed by a line
  /// end.
  package var sealedLine: Data {
    let digest = sha256(self).prefix(Self.lineDigits)
    return prefix(1) + Data("\"\(key)\":\"\(digest)\",".utf8) + dropFirst() + Data("\n".utf8)
  }

  /// Whether `sealedLine` made this line (without its end).
  package var lineSealState: SealState {
    let mark = Data("{\"\(key)\":\"".utf8)
    guard starts(with: mark) else {
      let isWhole = first == UInt8(ascii: "{") && last == UInt8(ascii: "}")
      return isWhole && !String(decoding: prefix(20), as: UTF8.self).contains(key)
        ? .unsealed : .broken
    }
    let digest = dropFirst(mark.count).prefix(Self.lineDigits)
    let after = dropFirst(mark.count + Self.lineDigits)
    guard after.starts(with: Data("\",".utf8)) else { return .broken }
    let rest = prefix(1) + after.dropFirst(2)
    return sha256(Data(rest)).utf8.prefix(Self.lineDigits).elementsEqual(digest) ? .intact : .broken
  }
}

/// Writes a value as a sealed JSON file, atomically.
///
/// - Throws: `FileError.cannotWrite`.
package func writeSealedJSON(_ value: some Encodable, pretty: Bool = true, to path: String) throws {
  try canonicalJSON(value, pretty: pretty).sealed.writeAtomically(to: path)
}

/// Bytes after their own SHA-256, for files other than JSON: 64 digits, a line end, the bytes.
package func sealedBytes(_ data: Data) -> Data { Data((sha256(data) + "\n").utf8) + data }

/// The argument of `sealedBytes`; nil if the bytes have changed.
package func unsealedBytes(_ file: Data) -> Data? {
  guard file.count > 64, file[file.startIndex + 64] == 0x0a else { return nil }
  let data = Data(file.dropFirst(65))
  return sha256(data).utf8.elementsEqual(file.prefix(64)) ? data : nil
}
