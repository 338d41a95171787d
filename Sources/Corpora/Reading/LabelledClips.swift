// Joins label files with the clips on disk, for corpora with label files (IEMOCAP, MSP-IMPROV).

/// What a reader found below a root.
package struct Findings {
  package var utterances: [Utterance]
  package var exclusions: [Exclusion]
  /// Ids with a used label and no sound file.
  var withoutClip: [String] = []
  /// Clips with several files.
  package var copies: [ClipCopies]
  /// How the labels differ from the published list; nil if there is none.
  var labels: LabelDifferences?

  package init(
    utterances: [Utterance] = [], exclusions: [Exclusion] = [], copies: [ClipCopies] = []
  ) {
    (self.utterances, self.exclusions, self.copies) = (utterances, exclusions, copies)
  }
}

/// A line of a label file.
package struct LabelPlace: Equatable, Sendable, CustomStringConvertible {
  package let file: String
  /// Counted from 1.
  package let line: Int

  package var description: String { "\(file):\(line)" }
}

/// The speaker of a clip, from its id.
struct Voice: Hashable {
  let speaker: String
  /// From 1.
  let session: Int
}

/// The labels of a corpus's label files. An id that occurs twice must have the same label both
/// times.
struct LabelTable {
  struct Entry {
    let id: String
    let voice: Voice
    let code: String
    let place: LabelPlace
  }

  /// The permitted codes and their classes; nil for unused codes.
  let codes: [(code: String, label: String?)]
  private(set) var entries: [Entry] = []
  private var places: [String: Int] = [:]

  init(codes: [(code: String, label: String?)]) { self.codes = codes }

  /// Records that the label of `id` is `code`.
  mutating func record(_ id: String, _ voice: Voice, code: String, at place: LabelPlace) throws {
    guard codes.contains(where: { $0.code == code }) else {
      throw CorpusError.unknownLabel(
        place: place.description, code: code, known: codes.map(\.code))
    }
    if let known = places[id].map({ entries[$0] }) {
      guard known.code == code else {
        throw CorpusError.conflictingLabels(
          id: id, first: known.code, firstPlace: known.place, second: code, secondPlace: place)
      }
      return
    }
    places[id] = entries.count
    entries.append(Entry(id: id, voice: voice, code: code, place: place))
  }

  /// Whether `id` has a label.
  func contains(_ id: String) -> Bool { places[id] != nil }
}

/// An id with more than one sound file.
package struct ClipCopies: Hashable, Sendable {
  package let id: String
  /// The paths below the root, in byte order. The first one is used.
  package fileprivate(set) var paths: [String]
}

/// Clips by id. Of several files with one id, the first in byte order counts.
struct ClipTable {
  private(set) var ids: [String] = []
  private(set) var duplicates: [Exclusion] = []
  private var files: [String: FoundFile] = [:]
  private var places: [String: Int] = [:]
  /// In the order in which the second file of each was found.
  private(set) var copies: [ClipCopies] = []

  /// Adds a clip. Files must be added in byte order of their paths.
  mutating func add(_ file: FoundFile, id: String) {
    if let first = files[id] {
      duplicates.append(Exclusion(subject: file.path, reason: .duplicate(of: first.path)))
      if let place = places[id] {
        copies[place].paths.append(file.path)
      } else {
        places[id] = copies.count
        copies.append(ClipCopies(id: id, paths: [first.path, file.path]))
      }
    } else {
      files[id] = file
      ids.append(id)
    }
  }

  /// The path of a clip below the root.
  func path(of id: String) -> String? { files[id]?.path }
}

/// Returns the utterances with a used label and an existing clip, and everything that was left out.
func join(
  _ labels: LabelTable, with clips: ClipTable, of corpus: CorpusDefinition, folds: FoldList,
  root: String
) -> Findings {
  var findings = Findings(exclusions: clips.duplicates, copies: clips.copies)
  for entry in labels.entries {
    let label = labels.codes.first { $0.code == entry.code }?.label
    guard let label, let classIndex = corpus.classes.firstIndex(of: label) else {
      findings.exclusions.append(Exclusion(subject: entry.id, reason: .unusedLabel(entry.code)))
      continue
    }
    guard let path = clips.path(of: entry.id),
      let fold = folds.fold(of: entry.voice.speaker)
    else {
      findings.withoutClip.append(entry.id)
      continue
    }
    findings.utterances.append(
      Utterance(
        id: entry.id, label: label, classIndex: classIndex, speaker: entry.voice.speaker,
        session: entry.voice.session, fold: fold, path: root + "/" + path))
  }
  for id in clips.ids where !labels.contains(id) {
    findings.exclusions.append(Exclusion(subject: clips.path(of: id) ?? id, reason: .unlabelled))
  }
  return findings
}
