// What a reader saw and did not use, with the reason. Files that no reader looks at (video frames,
// motion capture, transcriptions …) are not exclusions.

/// A file or a labelled id that is not an utterance of the corpus.
package struct Exclusion: Hashable, Sendable {
  /// The id, or the path below the root.
  package let subject: String
  package let reason: Reason

  package init(subject: String, reason: Reason) {
    self.subject = subject
    self.reason = reason
  }

  package enum Reason: Hashable, Sendable {
    /// The label is none of the used classes, such as IEMOCAP's `fru`.
    case unusedLabel(String)
    /// The same id was met before, at a path that comes first in byte order.
    case duplicate(of: String)
    /// A clip that no label file names.
    case unlabelled
    /// RAVDESS: sung, not spoken.
    case song
    /// RAVDESS: the video archive's files, whose sound repeats the audio archive's.
    case video
    /// The speaker in the name is not the one of the folder.
    case misplaced(folder: String)
    /// A sound file whose name is not one of this corpus's clips.
    case foreignName
    /// AppleDouble (`._name`) and other hidden files.
    case hidden
    /// A symbolic link that leads nowhere.
    case danglingLink
  }
}

extension Exclusion.Reason: CustomStringConvertible {
  /// What all exclusions for the same reason have in common.
  package var description: String {
    switch self {
    case .unusedLabel(let code): "label \(code) is not used"
    case .duplicate: "a second copy of an utterance"
    case .unlabelled: "a clip without a label"
    case .song: "song, not speech"
    case .video: "video archive, not the audio one"
    case .misplaced: "another speaker's folder"
    case .foreignName: "not the name of a clip of this corpus"
    case .hidden: "hidden file"
    case .danglingLink: "link to nothing"
    }
  }
}
