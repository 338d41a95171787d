// IEMOCAP (Busso et al. 2008): `SessionN/dialog/EmoEvaluation/*.txt` and
// `SessionN/sentences/wav/DIALOG/*.wav`, at any depth below the root.
import Files

extension CorpusDefinition {
  /// IEMOCAP: five sessions, each with a woman and a man; 4 classes; one fold per session.
  package static let iemocap = iemocap(labels: nil)

  /// IEMOCAP with other labels than the published ones.
  ///
  /// - Parameter labels: the expected labels; nil for the published ones.
  package static func iemocap(labels: LabelList?) -> CorpusDefinition {
    CorpusDefinition(
      id: "iemocap", title: "IEMOCAP", classes: ["angry", "happy", "neutral", "sad"],
      usualFolds: .sessions(5) { ["Ses0\($0)F", "Ses0\($0)M"] },
      published: { IEMOCAPReader.published },
      isOwnFile: { $0.stem.hasPrefix("Ses0") && $0.stem.contains("_") },
      texts: IEMOCAPReader.texts,
      sex: { speaker in
        speaker.hasSuffix("F") ? .female : speaker.hasSuffix("M") ? .male : nil
      },
      attributes: IEMOCAPReader.attributes,
      reader: { index, folds in
        try IEMOCAPReader.findings(in: index, folds: folds, list: labels ?? .iemocap)
      })
  }
}

extension LabelList {
  /// The list of IEMOCAP's labelled turns, by the codes in its label files.
  package init(iemocap turns: [(id: String, code: String)]) {
    self.init(turns, used: IEMOCAPReader.usedCodes)
  }
}

/// Reads IEMOCAP's consensus labels and joins them with its clips.
private enum IEMOCAPReader {
  /// Each session's numbers of angry, happy (hap + exc), neutral and sad turns (EmoBox and s3prl
  /// agree on every id), and of the woman's and the man's turns.
  static var published: ExpectedCorpus {
    let sessions = [
      [229, 278, 384, 194], [137, 327, 362, 197], [240, 286, 320, 305], [327, 303, 258, 143],
      [170, 442, 384, 245],
    ]
    let speakers = [(528, 557), (481, 542), (522, 629), (528, 503), (590, 651)]
    var counts = ExpectedCount.grid(classes: CorpusDefinition.iemocap.classes, folds: sessions)
    for (session, turns) in speakers.enumerated() {
      counts.append(ExpectedCount(CountScope(speaker: "Ses0\(session + 1)F"), turns.0))
      counts.append(ExpectedCount(CountScope(speaker: "Ses0\(session + 1)M"), turns.1))
    }
    return ExpectedCorpus(source: .published, counts: counts, ids: nil)
  }

  /// `Ses01F_script01_1_F003` is a turn of the script `script01_1`; `Ses01F_impro01_F003` belongs
  /// to the scene `impro01`. A letter after the scene (`impro05a`) distinguishes two recordings of
  /// it. Script turns with such a letter are numbered from another start, so they share their
  /// number with no others.
  static func texts(of id: String) -> [SpokenText] {
    let parts = id.split(separator: "_")
    guard parts.count >= 3, let turn = parts.last else { return [] }
    let dialog = parts[1..<parts.count - 1].joined(separator: "_")
    let hasLetter = dialog.utf8.last.map { !isDigit($0) } ?? false
    let scene = SpokenText(kind: .scene, key: hasLetter ? String(dialog.dropLast()) : dialog)
    guard dialog.hasPrefix("script"), !hasLetter else { return [scene] }
    return [SpokenText(kind: .turn, key: "\(dialog)_\(turn)"), scene]
  }

  /// The name of the dialog tells whether its actors followed a script or improvised.
  static func attributes(of id: String) -> UtteranceAttributes {
    guard Voice(turn: id) != nil else { return .none }
    let dialog = id.dropFirst("Ses01F_".count)
    let kinds = [("impro", "improvised"), ("script", "scripted")]
    return kinds.first { dialog.hasPrefix($0.0) }
      .map { UtteranceAttributes(values: ["type": $0.1]) } ?? .none
  }

  /// The consensus codes and their classes; nil for unused codes.
  private static let codes: [(code: String, label: String?)] = [
    ("ang", "angry"), ("exc", "happy"), ("hap", "happy"), ("neu", "neutral"), ("sad", "sad"),
    ("dis", nil), ("fea", nil), ("fru", nil), ("oth", nil), ("sur", nil), ("xxx", nil),
  ]

  /// The codes of the used classes.
  static let usedCodes = Set(codes.filter { $0.label != nil }.map(\.code))

  private static let lineGrammar =
    "[START - END]<TAB>Ses01F_impro01_F000<TAB>CODE<TAB>[V, A, D]"

  /// - Parameter list: the expected labels.
  static func findings(
    in index: FileIndex, folds: FoldList, list: LabelList
  ) throws -> Findings {
    var labels = LabelTable(codes: codes)
    var clips = ClipTable()
    var left: [Exclusion] = []
    var hasLabelFile = false
    for file in index.files {
      if file.kind == "txt", endsWith(["dialog", "emoevaluation"], file.folders) {
        let path = index.root + "/" + file.path
        if list.contains(file.stem) {
          let labelFile = try LabelFile(path: path)
          try labelFile.requireReadableEncoding()
          try read(labelFile, into: &labels)
        } else if let reason = try readStray(path, into: &labels) {
          left.append(Exclusion(subject: file.path, reason: reason))
          continue
        }
        hasLabelFile = true
      } else if endsWith(["sentences", "wav"], file.folders.dropLast()) {
        if file.isAudio {
          clips.add(file, id: file.stem)
        } else if file.isOtherSound, Voice(turn: file.stem) != nil {
          left.append(Exclusion(subject: file.path, reason: .otherFormat(file.kind)))
        }
      }
    }
    guard hasLabelFile else {
      throw missingPart(.iemocap, .labels("SessionN/dialog/EmoEvaluation/*.txt"), in: index)
    }
    guard !clips.ids.isEmpty else {
      throw missingPart(.iemocap, .clips("SessionN/sentences/wav/DIALOG/*.wav"), in: index)
    }
    var findings = join(labels, with: clips, of: .iemocap, folds: folds, root: index.root)
    findings.exclusions += left
    let found = LabelList(labels.entries.map { ($0.id, $0.code) }, used: usedCodes)
    findings.labels = list.differences(of: found)
    return findings
  }

  /// Reads a text file among the label files that is not named after a dialog, if it holds labels.
  ///
  /// - Returns: why it was left out; nil if it was read.
  private static func readStray(
    _ path: String, into labels: inout LabelTable
  ) throws -> Exclusion.Reason? {
    let file: LabelFile
    do {
      file = try LabelFile(path: path)
    } catch let error as FileError {
      return .unreadable(error)
    }
    guard file.hasLine(beginning: "[", where: { turn(in: $0) != nil }) else {
      return .notALabelFile
    }
    try file.requireReadableEncoding()
    try read(file, into: &labels)
    return nil
  }

  /// Reads the consensus of every turn from the lines that begin with `[`. All other lines are
  /// opinions of single raters, not the label.
  private static func read(_ file: LabelFile, into labels: inout LabelTable) throws {
    var isEmpty = true
    try file.forEachLine(beginning: "[") { number, line in
      isEmpty = false
      let place = LabelPlace(file: file.path, line: number)
      guard let spoken = turn(in: line) else {
        throw CorpusError.malformedLine(
          place: place, expected: lineGrammar, found: trimmedText(line))
      }
      try labels.record(spoken.id, spoken.voice, code: spoken.code, at: place)
    }
    if isEmpty { throw CorpusError.noLabelLines(file: file.path, expected: lineGrammar) }
  }

  /// Parses a label line; nil if it is none.
  private static func turn(
    in line: ArraySlice<UInt8>
  ) -> (id: String, voice: Voice, code: String)? {
    let fields = line.split(
      separator: UInt8(ascii: "\t"), maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count >= 3, fields[0].last == UInt8(ascii: "]") else { return nil }
    let id = trimmedText(fields[1])
    let code = trimmedText(fields[2])
    guard let voice = Voice(turn: id), !code.isEmpty else { return nil }
    return (id, voice, code)
  }

  /// Whether the last folders equal `tail`, which is in lower case.
  private static func endsWith(_ tail: [String], _ folders: some BidirectionalCollection<String>)
    -> Bool
  {
    folders.count >= tail.count
      && zip(folders.suffix(tail.count), tail).allSatisfy { $0.lowercased() == $1 }
  }
}

extension Voice {
  /// Parses the id of a turn. `Ses01F_script01_1_M013` is spoken by the man of session 1. The
  /// letter after the session says who wore the markers, not who speaks. Nil unless the id is
  /// `Ses0[1-5][FM]_…_[FM][0-9][0-9][0-9]` with only ASCII letters, digits and `_`.
  fileprivate init?(turn id: String) {
    let bytes = Array(id.utf8)
    let letters = [UInt8(ascii: "F"), UInt8(ascii: "M")]
    guard bytes.count >= 13, id.hasPrefix("Ses0"),
      (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(bytes[4]), letters.contains(bytes[5]),
      bytes[6] == UInt8(ascii: "_"), bytes[bytes.count - 5] == UInt8(ascii: "_"),
      letters.contains(bytes[bytes.count - 4]), bytes.suffix(3).allSatisfy(isDigit),
      bytes.allSatisfy(isWordByte)
    else { return nil }
    session = Int(bytes[4] - UInt8(ascii: "0"))
    speaker = "Ses0\(session)" + (bytes[bytes.count - 4] == letters[0] ? "F" : "M")
  }
}

/// Whether a byte is an ASCII letter or digit, or `_`.
private func isWordByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || byte == UInt8(ascii: "_")
    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

/// Whether a byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
