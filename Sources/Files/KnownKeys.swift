// Keys of JSON objects, and detection of keys that only a newer version knows.

/// A key of a JSON object.
package struct NamedKey: CodingKey, Hashable, Sendable {
  package let stringValue: String
  package var intValue: Int? { nil }

  package init(_ name: String) { stringValue = name }
  package init(stringValue: String) { self.init(stringValue) }
  package init?(intValue: Int) { nil }
}

/// A key that this version does not know.
package struct UnknownKey: Error {}

extension Decoder {
  /// Throws if the object has a key outside `names`. The checksum of a whole file is permitted.
  ///
  /// - Throws: `DecodingError.dataCorrupted`, which contains the key and an `UnknownKey`.
  package func requireKeys(among names: [String]) throws {
    let known = Set(codingPath.isEmpty ? names + [sealKey] : names)
    let keys = try container(keyedBy: NamedKey.self).allKeys.map(\.stringValue)
    guard let unknown = keys.filter({ !known.contains($0) }).min() else { return }
    throw DecodingError.dataCorrupted(
      DecodingError.Context(
        codingPath: codingPath,
        debugDescription: "has the key \(unknown), which this version does not know",
        underlyingError: UnknownKey()))
  }
}

extension DecodingError {
  /// Whether the error is a key that only a newer version can know.
  package var isOfNewerVersion: Bool {
    guard case .dataCorrupted(let context) = self else { return false }
    return context.underlyingError is UnknownKey
  }
}
