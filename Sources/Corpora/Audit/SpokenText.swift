// The text of an utterance, as far as its id reveals it. No transcription is read. Two utterances
// share a text if the corpus's own numbering says so.

/// A text or a scene that several utterances may share.
package struct SpokenText: Codable, Hashable, Sendable {
  /// How much of the words it determines.
  package enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
    /// A given sentence, word for word: RAVDESS, SAVEE, the target sentences of MSP-IMPROV.
    case sentence
    /// A numbered turn of a script: IEMOCAP. Each recording was cut and numbered separately, so
    /// equal numbers usually, but not always, mean the same line.
    case turn
    /// A scene with improvised words, or a whole script: IEMOCAP, MSP-IMPROV.
    case scene
  }

  package let kind: Kind
  /// The corpus's own name for the text, the same in every fold.
  package let key: String

  package init(kind: Kind, key: String) {
    (self.kind, self.key) = (kind, key)
  }
}

extension SpokenText.Kind: CustomStringConvertible {
  /// Its kind in words: `sentence`, `turn of a script` or `scene`.
  package var description: String {
    switch self {
    case .sentence: "sentence"
    case .turn: "turn of a script"
    case .scene: "scene"
    }
  }
}
