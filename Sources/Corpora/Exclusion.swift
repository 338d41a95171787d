// What a reader found but did not use, with the reason. Files that no reader considers (video
// frames, motion capture, transcriptions …) are not exclusions.
import Files

/// A file or a labelled id that is not an utterance of the corpus.
package struct Exclusion: Hashable, Sendable {
  /// The id, or the path below the root. Bytes that are not UTF-8 are written as `\xE9`.
  package let subject: String
  package let reason: Reason

  package init(subject: String, reason: Reason) {
    self.subject = subject
    self.reason = reason
  }

  package enum Reason: Hashable, Sendable {
    /// The label is not one of the used classes, such as IEMOCAP's `fru`.
    case unusedLabel(String)
    /// Another path, which comes first in byte order, has the same id.
    case duplicate(of: String)
    /// A clip without an entry in the label files.
    case unlabelled
    /// RAVDESS: sung, not spoken.
    case song
    /// RAVDESS: a file of the video archive, whose sound repeats the audio archive.
    case video
    /// The speaker in the name differs from the folder's.
    case misplaced(folder: String)
    /// A sound file whose name does not fit this corpus.
    case foreignName
    /// A sound file with a clip's name in an unsupported format, such as `mp3`.
    case otherFormat(String)
    /// AppleDouble (`._name`) and other hidden files.
    case hidden
    /// A symbolic link that leads nowhere.
    case danglingLink
    /// A file or folder whose name is not UTF-8.
    case notUTF8
    /// A folder or file that cannot be read, with the system's reason.
    case unreadable(reason: String)
    /// A FIFO, a socket or a device.
    case notAFile(kind: String)
    /// A text file among the label files without a label.
    case notALabelFile
    /// A label file deeper down than the one in use.
    case furtherLabelFile
  }
}

extension Exclusion.Reason: CustomStringConvertible {
  /// The common description of all exclusions with the same reason.
  package var description: String {
    switch self {
    case .unusedLabel(let code): "label \(code) is not used"
    case .duplicate: "a second copy of an utterance"
    case .unlabelled: "a clip without a label"
    case .song: "song, not speech"
    case .video: "video archive, not the audio one"
    case .misplaced: "another speaker's folder"
    case .foreignName: "not the name of a clip of this corpus"
    case .otherFormat(let kind): "a clip in \(kind); only WAV and FLAC are read"
    case .hidden: "hidden file"
    case .danglingLink: "broken link"
    case .notUTF8: "the name is not UTF-8"
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .notAFile(let kind): "\(kind), not a regular file"
    case .notALabelFile: "holds no label"
    case .furtherLabelFile: "a label file below the one that is read"
    }
  }
}

extension Exclusion.Reason {
  /// Whether it was skipped regardless of the corpus.
  var isSkipped: Bool {
    switch self {
    case .hidden, .danglingLink, .notUTF8, .unreadable, .notAFile, .notALabelFile,
      .furtherLabelFile:
      true
    default: false
    }
  }

  /// What to do if the corpus lacks something; nil if this reason cannot be the cause.
  var remedy: String? {
    switch self {
    case .danglingLink: "repair the link"
    case .notUTF8: "rename it (`convmv -f latin1 -t utf8 -r --notest` does so for a whole tree)"
    case .unreadable: "give yourself permission to read it"
    case .notAFile: "put the file itself there"
    case .otherFormat: "get these clips as WAV or FLAC"
    case .misplaced: "see whether the name or the folder is wrong"
    default: nil
    }
  }
}

extension Exclusion.Reason {
  /// A file that could not be read, with the system's reason.
  static func unreadable(_ error: FileError) -> Self {
    if case .cannotRead(_, let reason) = error { return .unreadable(reason: reason) }
    return .unreadable(reason: "\(error)")
  }
}

extension [Exclusion] {
  /// The reasons that may explain a missing part: one line each, sorted, with up to three examples
  /// and what to do.
  var likelyCauses: [String] {
    let groups = Dictionary(grouping: filter { $0.reason.remedy != nil }, by: \.reason.description)
    return groups.keys.sorted(by: precedes).compactMap { reason in
      guard let members = groups[reason], let remedy = members[0].reason.remedy else { return nil }
      let shown = members.prefix(3).map { visible($0.subject) }.joined(separator: ", ")
      return "left out, \(reason): \(shown)"
        + (members.count > 3 ? " and \(members.count - 3) more" : "") + "; \(remedy)"
    }
  }
}

/// Returns `text` with control characters made visible, so that a file name cannot move a
/// terminal's cursor or break a line.
package func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  return text.unicodeScalars.map { isControl($0) ? $0.escaped(asASCII: true) : String($0) }.joined()
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 32 || (127..<160).contains(scalar.value)
    || [0x2028, 0x2029].contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
    || (0x2066...0x2069).contains(scalar.value)
}
