// What a corpus says about an utterance beside class and speaker: by the grammar of its names, or
// in the columns of its manifest. Reports show scores by such attributes.

/// The words and further attributes of one utterance.
package struct UtteranceAttributes: Codable, Hashable, Sendable {
  /// The spoken words; nil if the corpus does not say.
  package let text: String?
  /// Values by the attribute's name, such as `strong` for `intensity`.
  package let values: [String: String]

  package init(text: String? = nil, values: [String: String] = [:]) {
    (self.text, self.values) = (text, values)
  }

  package static let none = UtteranceAttributes()

  /// The most different values of a manifest's column that becomes an attribute.
  static let mostValues = 24
  /// The most bytes of an attribute's name or value.
  package static let mostBytes = 100

  /// Whether a recorded attribute is no longer than it can have been.
  package static func isShort(_ name: String, _ value: String) -> Bool {
    name.utf8.count <= mostBytes && value.utf8.count <= mostBytes
  }

  /// Whether a manifest's value may be an attribute's.
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= mostBytes
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}
