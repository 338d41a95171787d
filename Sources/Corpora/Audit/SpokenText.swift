// What is said in an utterance, as far as its id tells. No transcription is read: two utterances
// are taken to share their text where the corpora's own numbering says so.

/// A text or a scene that several utterances may share.
package struct SpokenText: Codable, Hashable, Sendable {
  /// How much it fixes of what is said.
  package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
    /// A given sentence, word for word: RAVDESS, SAVEE, the target sentences of MSP-IMPROV.
    case sentence
    /// A numbered turn of a script: IEMOCAP. Turns were cut and numbered in each recording anew, so
    /// that equal numbers are nearly, not always, the same line.
    case turn
    /// A scene whose words the actors find, or a whole script: IEMOCAP, MSP-IMPROV.
    case scene
  }

  package let kind: Kind
  /// The corpus's own name for it, the same in every fold.
  package let key: String

  package init(kind: Kind, key: String) {
    (self.kind, self.key) = (kind, key)
  }
}

extension SpokenText.Kind: CustomStringConvertible {
  /// What it is in words: `sentence`, `turn of a script` or `scene`.
  package var description: String {
    switch self {
    case .sentence: "sentence"
    case .turn: "turn of a script"
    case .scene: "scene"
    }
  }
}
