// SHA-256 from swift-crypto, and canonical JSON for hashing.
import Crypto
package import Foundation

/// Returns the SHA-256 of `data` as 64 lower-case hexadecimal digits.
package func sha256(_ data: Data) -> String {
  hexadecimal(SHA256.hash(data: data))
}

/// The SHA-256 of parts added one after the other.
package struct StreamedDigest {
  private var hash = SHA256()

  package init() {}

  package mutating func add(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  /// Adds a text's UTF-8 bytes.
  package mutating func add(_ text: String) { hash.update(data: Data(text.utf8)) }

  /// The digest so far, 32 bytes.
  package var bytes: [UInt8] { Array(hash.finalize()) }

  /// The digest so far, as 64 lower-case hexadecimal digits.
  package var hexadecimal: String { Files.hexadecimal(hash.finalize()) }
}

private func hexadecimal(_ digest: SHA256Digest) -> String {
  digest.map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}

/// Returns the SHA-256 of the file at `path`, read in pieces.
///
/// - Throws: `FileError.cannotRead`.
package func sha256(ofFile path: String) throws -> String {
  let file = try RegularFile(path)
  var digest = StreamedDigest()
  try file.forEachPiece { digest.add($0) }
  return digest.hexadecimal
}

/// Returns the SHA-256 of a text's UTF-8 bytes.
package func sha256(_ text: String) -> String { sha256(Data(text.utf8)) }

/// Returns `value` as JSON with sorted keys. Equal values give equal bytes.
package func canonicalJSON(_ value: some Encodable, pretty: Bool = false) throws -> Data {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
  return try encoder.encode(value)
}

/// Decodes a value written by `canonicalJSON`.
package func decodeJSON<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(type, from: data)
}

/// Decodes the file at `path`, written by `canonicalJSON` or `writeSealedJSON`.
///
/// - Parameter remedy: what to do if the file is damaged.
/// - Throws: `FileError`.
package func readJSON<Value: Decodable>(
  _ type: Value.Type, from path: String, remedy: String
) throws -> Value {
  let data = try Data(readingFile: path)
  do {
    let value = try decodeJSON(type, from: data)
    guard data.sealState != .broken else {
      throw FileError.damaged(
        path: path, problem: "has changed: its checksum differs", remedy: remedy)
    }
    return value
  } catch let error as DecodingError {
    throw FileError.damaged(
      path: path, problem: error.problem,
      remedy: error.isOfNewerVersion ? "read it with the version that wrote it" : remedy)
  }
}
