// SHA-256, by swift-crypto, and the canonical JSON that is hashed.
import Crypto
package import Foundation

/// Returns the SHA-256 of `data` as 64 lower-case hexadecimal digits.
package func sha256(_ data: Data) -> String {
  hexadecimal(SHA256.hash(data: data))
}

/// Returns the SHA-256 of all `parts`, one after the other, as 64 lower-case hexadecimal digits.
package func sha256(parts: [UnsafeRawBufferPointer]) -> String {
  var hash = SHA256()
  for part in parts { hash.update(bufferPointer: part) }
  return hexadecimal(hash.finalize())
}

private func hexadecimal(_ digest: SHA256Digest) -> String {
  digest.map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}

/// Returns the SHA-256 of a text's UTF-8 bytes.
package func sha256(_ text: String) -> String { sha256(Data(text.utf8)) }

/// Returns `value` as JSON with sorted keys, so that equal values give equal bytes.
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

/// Decodes the file at `path`, written by `canonicalJSON`.
///
/// - Parameter remedy: what to do where the file is damaged.
/// - Throws: `FileError`.
package func readJSON<Value: Decodable>(
  _ type: Value.Type, from path: String, remedy: String
) throws -> Value {
  let data = try Data(readingFile: path)
  do {
    return try decodeJSON(type, from: data)
  } catch let error as DecodingError {
    throw FileError.damaged(path: path, problem: error.problem, remedy: remedy)
  }
}
