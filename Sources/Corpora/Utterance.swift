// One clip of a corpus: its metadata, without its sound.

/// One used utterance.
package struct Utterance: Codable, Hashable, Sendable {
  /// The corpus's own name for the clip, without folder or extension; ASCII.
  package let id: String
  /// The class's name, as in `CorpusDefinition.classes`.
  package let label: String
  /// The class's index in `CorpusDefinition.classes`, from 0.
  package let classIndex: Int
  /// The speaker, such as `Ses01F`, `F01`, `Actor_01` or `DC`.
  package let speaker: String
  /// The recording session, from 1; nil if the corpus has none (RAVDESS, SAVEE).
  package let session: Int?
  /// The fold that tests this utterance, from 1.
  package let fold: Int
  /// The sound file: the corpus's root as given by the user, followed by the path below it.
  package let path: String

  package init(
    id: String, label: String, classIndex: Int, speaker: String, session: Int?, fold: Int,
    path: String
  ) {
    self.id = id
    self.label = label
    self.classIndex = classIndex
    self.speaker = speaker
    self.session = session
    self.fold = fold
    self.path = path
  }

  /// The path below a corpus's root; the whole path of a file that a manifest has elsewhere.
  package func file(below root: String) -> String {
    guard path.hasPrefix(root + "/") else { return path }
    return String(decoding: path.utf8.dropFirst(root.utf8.count + 1), as: UTF8.self)
  }
}
