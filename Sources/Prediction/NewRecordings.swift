// The recordings that the user asked about: files, folders and lists.
import Files
import Foundation

/// A recording outside any corpus.
package struct NewRecording: Equatable, Sendable {
  /// The name of its file without extension, with folder if two recordings share the name.
  package var id: String
  /// The path as the user gave it, or below the folder that the user gave.
  package let path: String
  /// The speaker's name; nil if unknown.
  package var speaker: String?

  package init(path: String, speaker: String? = nil) {
    (self.path, self.speaker) = (path, speaker)
    id = Self.stem(path)
  }

  /// The name without folders and extension. A part of a file keeps its range.
  static func stem(_ path: String) -> String {
    let range = SoundRange(path)
    let name = (soundFile(of: path) as NSString).lastPathComponent
    let stem = (name as NSString).deletingPathExtension
    let part = range == nil ? "" : String(path.dropFirst(soundFile(of: path).count))
    return (stem.isEmpty ? name : stem) + part
  }
}

extension Sequence<NewRecording> {
  /// The names of the speakers with at least two recordings. A single recording says too little
  /// about its speaker: it has no deviation from others.
  package var knownSpeakers: Set<String> {
    var (once, twice) = (Set<String>(), Set<String>())
    for case let speaker? in lazy.map(\.speaker) where !once.insert(speaker).inserted {
      twice.insert(speaker)
    }
    return twice
  }
}

/// All recordings of a command, each once, in the order of the arguments.
package struct NewRecordings: Sendable {
  package private(set) var recordings: [NewRecording] = []
  /// Arguments that lead to no recording.
  package private(set) var failures: [FailedRecording] = []
  private var seen: Set<String> = []

  /// The extensions of sound files in a folder. A file that is named itself may have any.
  package static let extensions: Set<String> = [
    "aif", "aifc", "aiff", "au", "caf", "flac", "mp3", "oga", "ogg", "opus", "rf64", "snd", "w64",
    "wav",
  ]

  /// - Parameters:
  ///   - paths: files, folders, and `-` for the list.
  ///   - list: the paths that stand for `-`. It is read at most once.
  package init(_ paths: [String], list: () -> [String]) {
    var isRead = false
    for path in paths {
      guard path == "-" else {
        add(path)
        continue
      }
      guard !isRead else { continue }
      isRead = true
      let listed = list()
      if listed.isEmpty {
        fail("standard input", "has no paths", remedy: "write one path on each line")
      }
      for path in listed { add(path) }
    }
    nameEach()
  }

  /// Sets the speaker of each recording.
  package mutating func setSpeakers(_ speaker: (NewRecording) -> String?) {
    for index in recordings.indices { recordings[index].speaker = speaker(recordings[index]) }
  }

  private mutating func fail(_ path: String, _ problem: String, remedy: String) {
    failures.append(
      FailedRecording(
        path: path, error: PredictError(path, problem, remedy: remedy).description))
  }

  private mutating func add(_ path: String) {
    var status = stat()
    let file = soundFile(of: path)
    guard !file.isEmpty, !file.utf8.contains(0), stat(file, &status) == 0 else {
      return fail(path, "is not there", remedy: "check the path")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return append(path) }
    do {
      // A link to a folder counts as the folder; links inside are not followed to folders.
      let base = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
      let found = try entries(below: base + "/").filter { entry in
        let kind = (entry.name as NSString).pathExtension.lowercased()
        return entry.isText && Self.extensions.contains(kind)
          && [.file, .link].contains(entry.kind)
          && !entry.path.split(separator: "/").contains { $0.hasPrefix(".") }
      }
      guard !found.isEmpty else {
        return fail(
          path, "the folder holds no sound file",
          remedy: "expected files such as .wav, .flac or .mp3; other extensions must be named "
            + "one by one")
      }
      for entry in found { append((base == "/" ? "" : base) + "/" + entry.path) }
    } catch {
      failures.append(FailedRecording(path: path, error: "\(error)"))
    }
  }

  private mutating func append(_ path: String) {
    if seen.insert(path).inserted { recordings.append(NewRecording(path: path)) }
  }

  /// Adds folders to the ids that occur more than once.
  private mutating func nameEach() {
    for isLast in [false, true] {
      let counts = Dictionary(recordings.map { ($0.id, 1) }, uniquingKeysWith: +)
      for index in recordings.indices where counts[recordings[index].id, default: 0] > 1 {
        let path = recordings[index].path
        let folder = ((path as NSString).deletingLastPathComponent as NSString).lastPathComponent
        recordings[index].id =
          isLast || folder.isEmpty ? path : folder + "/" + NewRecording.stem(path)
      }
    }
  }
}
