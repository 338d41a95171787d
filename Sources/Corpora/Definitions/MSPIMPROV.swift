// MSP-IMPROV (Busso et al. 2017): one label file, `Evalution.txt` (sic) or `Evaluation.txt`, and
// the clips under `[Audio/]sessionK/SCENARIO/TYPE/`. Clips are found by name in any folder. Written
// from public loaders, since the corpus itself needs a signed licence.
import Files

extension CorpusDefinition {
  /// MSP-IMPROV: six sessions, each with a woman and a man; 4 classes; one fold per session.
  ///
  /// `emo-superb` takes the test speakers of EMO-SUPERB's six public folds: 04, 03, 02, 01, 06 and
  /// 05. They are the same sessions in another order. The published counts of sessions 1 to 4 and 5
  /// to 6 hold for both lists.
  package static let mspImprov = CorpusDefinition(
    id: "msp-improv", title: "MSP-IMPROV", classes: ["angry", "happy", "neutral", "sad"],
    usualFolds: MSPIMPROVReader.sessions,
    otherFolds: [
      FoldList(
        name: "emo-superb",
        folds: [4, 3, 2, 1, 6, 5].map { MSPIMPROVReader.sessions.folds[$0 - 1] })
    ],
    published: { MSPIMPROVReader.published },
    isOwnFile: { file in
      file.stem.hasPrefix("MSP-IMPROV-") || MSPIMPROVReader.isNamedAsLabels(file)
    },
    texts: MSPIMPROVReader.texts,
    sex: { $0.hasPrefix("F") ? .female : $0.hasPrefix("M") ? .male : nil },
    turnType: { id in
      // The last field but one of the id.
      id.utf8.dropFirst(20).first.map { String(decoding: [$0], as: UTF8.self) }
    },
    attributes: MSPIMPROVReader.attributes, reader: MSPIMPROVReader.findings)
}

/// Reads MSP-IMPROV's consensus labels and joins them with its clips.
private enum MSPIMPROVReader {
  /// One fold per session.
  static let sessions = FoldList.sessions(6) { ["F0\($0)", "M0\($0)"] }

  /// Busso et al. 2017, tables 3 and 4: angry, happy, neutral and sad for each type of turn.
  /// Separate numbers for sessions 1 to 4, and for 5 and 6, are not published.
  static var published: ExpectedCorpus {
    let types = [
      ("P", [38, 1372, 1164, 66]), ("R", [169, 88, 241, 80]), ("S", [470, 1048, 1789, 633]),
      ("T", [115, 136, 283, 106]),
    ]
    let classes = CorpusDefinition.mspImprov.classes
    var counts = [ExpectedCount(CountScope(), 7798)]
    for (label, count) in zip(classes, [792, 2644, 3477, 885]) {
      counts.append(ExpectedCount(CountScope(label: label), count))
    }
    counts.append(ExpectedCount(CountScope(folds: [1, 2, 3, 4]), 4918))
    counts.append(ExpectedCount(CountScope(folds: [5, 6]), 2880))
    for (type, numbers) in types {
      counts.append(ExpectedCount(CountScope(turnType: type), numbers.reduce(0, +)))
    }
    for (type, numbers) in types {
      for (label, count) in zip(classes, numbers) {
        counts.append(ExpectedCount(CountScope(label: label, turnType: type), count))
      }
    }
    return ExpectedCorpus(source: .published, counts: counts, ids: nil)
  }

  /// `MSP-IMPROV-S01A-F01-R-FM01` reads the target sentence `S01` in the scene `S01A`. `T` instead
  /// of `R` improvises it; `S` is another turn of the scene, and `P` is talk between the takes.
  static func texts(of id: String) -> [SpokenText] {
    let parts = id.split(separator: "-")
    guard parts.count == 6, let scene = parts.dropFirst(2).first else { return [] }
    let inScene = SpokenText(kind: .scene, key: String(scene))
    switch parts[4] {
    case "R", "T": return [SpokenText(kind: .sentence, key: String(scene.dropLast())), inScene]
    case "S": return [inScene]
    default: return []
    }
  }

  /// The type of a turn. Target sentences have numbers; their words are not in the names.
  static func attributes(of id: String) -> UtteranceAttributes {
    let parts = id.split(separator: "-")
    guard Voice(clip: id) != nil, parts.count == 6 else { return .none }
    let types = [
      "P": "natural interaction", "R": "target sentence, read",
      "S": "other turn, improvised", "T": "target sentence, improvised",
    ]
    var values: [String: String] = [:]
    values["type"] = types[String(parts[4])]
    if parts[4] == "R" || parts[4] == "T" { values["sentence"] = String(parts[2].dropLast()) }
    return UtteranceAttributes(values: values)
  }

  /// Whether a file is named like the label file.
  static func isNamedAsLabels(_ file: FoundFile) -> Bool {
    file.kind == "txt" && ["evalution", "evaluation"].contains(file.stem.lowercased())
  }

  /// The consensus codes and their classes; `O` is other, `X` no agreement.
  private static let codes: [(code: String, label: String?)] = [
    ("A", "angry"), ("H", "happy"), ("N", "neutral"), ("S", "sad"), ("O", nil), ("X", nil),
  ]

  private static let lineGrammar = "UTD-IMPROV-S01A-F01-P-FM01.avi; CODE; A:…; V:…; D:…;"

  static func findings(in index: FileIndex, folds: FoldList) throws -> Findings {
    var labels = LabelTable(codes: codes)
    var clips = ClipTable()
    var left: [Exclusion] = []
    var candidates: [FoundFile] = []
    for file in index.files {
      if isNamedAsLabels(file) {
        candidates.append(file)
      } else if file.isAudio {
        if Voice(clip: file.stem) != nil {
          clips.add(file, id: file.stem)
        } else {
          left.append(Exclusion(subject: file.path, reason: .foreignName))
        }
      } else if file.isOtherSound, Voice(clip: file.stem) != nil {
        left.append(Exclusion(subject: file.path, reason: .otherFormat(file.kind)))
      }
    }
    guard !candidates.isEmpty else {
      throw missingPart(.mspImprov, .labels("Evalution.txt or Evaluation.txt"), in: index)
    }
    try read(candidates, below: index.root, into: &labels, leaving: &left)
    guard !clips.ids.isEmpty else {
      throw missingPart(
        .mspImprov, .clips("[Audio/]sessionK/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav"), in: index)
    }
    var findings = join(labels, with: clips, of: .mspImprov, folds: folds, root: index.root)
    findings.exclusions += left
    return findings
  }

  /// Reads the label file. Candidates are the files with its name nearest to the root, if one of
  /// them holds labels or is empty. Files with that name deeper down or without a label may be
  /// anything, such as the scores of an experiment. An unreadable candidate may be the label file,
  /// unless a file beside it is.
  private static func read(
    _ candidates: [FoundFile], below root: String, into labels: inout LabelTable,
    leaving left: inout [Exclusion]
  ) throws {
    let byDepth = Dictionary(grouping: candidates, by: \.folders.count)
    var hasLabels = false
    for depth in byDepth.keys.sorted() {
      let level = byDepth[depth] ?? []
      if hasLabels {
        left += level.map { Exclusion(subject: $0.path, reason: .furtherLabelFile) }
        continue
      }
      var failure: FileError?
      for candidate in level {
        let file: LabelFile
        do {
          file = try LabelFile(path: root + "/" + candidate.path)
        } catch let error as FileError {
          failure = failure ?? error
          left.append(Exclusion(subject: candidate.path, reason: .unreadable(error)))
          continue
        }
        if file.isEmpty || file.hasLine(beginning: "UTD-IMPROV-") {
          try file.requireReadableEncoding()
          try read(file, into: &labels)
          hasLabels = true
        } else {
          left.append(Exclusion(subject: candidate.path, reason: .notALabelFile))
        }
      }
      if let failure, !hasLabels { throw failure }
    }
    if !hasLabels {
      throw CorpusError.noLabelLines(
        file: root + "/" + candidates[0].path, expected: lineGrammar)
    }
  }

  /// Reads the consensus of every clip from the lines that begin with the clip's name. All other
  /// lines belong to single raters. Only the first two fields are used, because copies differ in
  /// the rest.
  private static func read(_ file: LabelFile, into labels: inout LabelTable) throws {
    var isEmpty = true
    try file.forEachLine(beginning: "UTD-IMPROV-") { number, line in
      isEmpty = false
      let place = LabelPlace(file: file.path, line: number)
      let fields = line.split(
        separator: UInt8(ascii: ";"), maxSplits: 2, omittingEmptySubsequences: false)
      let name = trimmedText(fields[0])
      let code = fields.count > 1 ? trimmedText(fields[1]) : ""
      let id = "MSP" + name.dropFirst(3).dropLast(4)
      guard name.lowercased().hasSuffix(".avi"), let voice = Voice(clip: id), !code.isEmpty else {
        throw CorpusError.malformedLine(
          place: place, expected: lineGrammar, found: trimmedText(line))
      }
      try labels.record(id, voice, code: code, at: place)
    }
    if isEmpty { throw CorpusError.noLabelLines(file: file.path, expected: lineGrammar) }
  }
}

extension Voice {
  /// Parses the name of a clip. In `MSP-IMPROV-S01A-F02-R-FF01`, `S01` is the sentence, `A` the
  /// emotion that the scene was meant to elicit (not the label), `F02` the actor, whose digits are
  /// the session, and `R` the kind of turn. Nil unless the name is
  /// `MSP-IMPROV-S[0-9][0-9][AHNS]-[FM]0[1-6]-[PRST]-[FM][FM][0-9]+`.
  fileprivate init?(clip id: String) {
    let prefix = "MSP-IMPROV-"
    guard id.hasPrefix(prefix) else { return nil }
    let fields = id.utf8.dropFirst(prefix.utf8.count)
      .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(Array.init)
    func isOne(_ byte: UInt8, of letters: StaticString) -> Bool {
      UnsafeBufferPointer(start: letters.utf8Start, count: letters.utf8CodeUnitCount)
        .contains(byte)
    }
    guard fields.count == 4, fields[0].count == 4, fields[1].count == 3, fields[2].count == 1,
      fields[3].count >= 3, isOne(fields[0][0], of: "S"), fields[0][1...2].allSatisfy(isDigit),
      isOne(fields[0][3], of: "AHNS"), isOne(fields[1][0], of: "FM"),
      isOne(fields[1][1], of: "0"), isOne(fields[1][2], of: "123456"),
      isOne(fields[2][0], of: "PRST"), fields[3][0...1].allSatisfy({ isOne($0, of: "FM") }),
      fields[3][2...].allSatisfy(isDigit)
    else { return nil }
    session = Int(fields[1][2] - UInt8(ascii: "0"))
    speaker = String(decoding: fields[1], as: UTF8.self)
  }
}
