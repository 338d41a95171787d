// What is said in an utterance, as far as its id tells. No transcription is read: two utterances are
// taken to share their text where the corpora's own numbering says so.

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

  /// Returns the texts that an utterance shares with others, by its id; none where the id does not
  /// tell.
  ///
  /// * IEMOCAP: `Ses01F_script01_1_F003` is a turn of the script `script01_1`, `Ses01F_impro01_F003`
  ///   belongs to the scene `impro01`. A letter behind the scene (`impro05a`) tells two recordings
  ///   of it apart; turns of a script with such a letter are counted from another start and shared
  ///   with none.
  /// * MSP-IMPROV: `MSP-IMPROV-S01A-F01-R-FM01` reads the target sentence `S01` (`T` improvises
  ///   it) in the scene `S01A`; `S` is another turn of the scene, `P` talk between the takes.
  /// * RAVDESS: the fifth number is one of two sentences.
  /// * SAVEE: letters and digits are emotion and sentence, the same list for each speaker (its
  ///   Info.txt). That three sentences are common to all emotions is known, but not their numbers;
  ///   with a speaker left out it makes no difference, for all he says is said by the others.
  package static func texts(of id: String, in corpus: CorpusName) -> [SpokenText] {
    switch corpus {
    case .iemocap: iemocap(id)
    case .mspImprov: mspImprov(id)
    case .ravdess:
      RAVDESSName(id).map { [SpokenText(kind: .sentence, key: twoDigits($0.statement))] } ?? []
    case .savee:
      SAVEEName(id).map { [SpokenText(kind: .sentence, key: $0.code + $0.number)] } ?? []
    }
  }

  private static func iemocap(_ id: String) -> [SpokenText] {
    let parts = id.split(separator: "_")
    guard parts.count >= 3, let turn = parts.last else { return [] }
    let dialog = parts[1..<parts.count - 1].joined(separator: "_")
    let hasLetter = dialog.utf8.last.map { !isDigit($0) } ?? false
    let scene = SpokenText(kind: .scene, key: hasLetter ? String(dialog.dropLast()) : dialog)
    guard dialog.hasPrefix("script"), !hasLetter else { return [scene] }
    return [SpokenText(kind: .turn, key: "\(dialog)_\(turn)"), scene]
  }

  private static func mspImprov(_ id: String) -> [SpokenText] {
    let parts = id.split(separator: "-")
    guard parts.count == 6, let scene = parts.dropFirst(2).first else { return [] }
    let inScene = SpokenText(kind: .scene, key: String(scene))
    switch parts[4] {
    case "R", "T": return [SpokenText(kind: .sentence, key: String(scene.dropLast())), inScene]
    case "S": return [inScene]
    default: return []
    }
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
