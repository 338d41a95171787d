// SAVEE (Haq & Jackson 2009) with its three spellings: `DC/a01.wav`, `DC_a01.wav` and `DCa01.wav`.
// There is no label file; the name holds emotion and sentence.

extension CorpusDefinition {
  /// SAVEE: four men, 7 classes, one fold per man.
  package static let savee = CorpusDefinition(
    id: "savee", title: "SAVEE",
    classes: ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"],
    usualFolds: FoldList(
      name: "speaker", folds: saveeSpeakers.map { FoldList.Fold(name: $0, speakers: [$0]) }),
    published: { SAVEEReader.published },
    isOwnFile: { file in
      (file.isAudio || file.isOtherSound)
        && (SAVEEName(file.stem).map { name in
          (name.speaker ?? file.folders.last.flatMap { saveeSpeakers.contains($0) ? $0 : nil })
            != nil
        } ?? false)
    },
    texts: { id in
      // Letters and digits are emotion and sentence, the same list for each speaker (its Info.txt).
      // Three sentences are common to all emotions, but their numbers are unknown. With one speaker
      // left out this does not matter: the others say everything that he says.
      SAVEEName(id).map { [SpokenText(kind: .sentence, key: $0.code + $0.number)] } ?? []
    }, sex: { _ in .male }, reader: SAVEEReader.findings)
}

/// The four speakers of SAVEE in the order of EmoBox's folds 1 to 4 (EmoBox @08280f2).
private let saveeSpeakers = ["JE", "KL", "DC", "JK"]

/// Reads SAVEE's clips by name.
private enum SAVEEReader {
  /// Each speaker is a fold and has 15 utterances of each class, but 30 neutral ones.
  static var published: ExpectedCorpus {
    let classes = CorpusDefinition.savee.classes
    let fold = classes.map { $0 == "neutral" ? 30 : 15 }
    return ExpectedCorpus(
      source: .published,
      counts: ExpectedCount.grid(
        classes: classes, folds: Array(repeating: fold, count: saveeSpeakers.count))
        + saveeSpeakers.map { ExpectedCount(CountScope(speaker: $0), 120) },
      ids: allIDs.sorted(by: precedes))
  }

  /// The codes and their classes, with two-letter codes first.
  private static let codes: [(code: String, label: String)] = [
    ("sa", "sadness"), ("su", "surprise"), ("a", "anger"), ("d", "disgust"), ("f", "fear"),
    ("h", "happiness"), ("n", "neutral"),
  ]

  static func findings(in index: FileIndex, folds: FoldList) throws -> Findings {
    var clips = ClipTable()
    var findings = Findings()
    let rootName = index.root.split(separator: "/").last.map(String.init)
    for file in index.files where file.isAudio || file.isOtherSound {
      let folder = (file.folders.last ?? rootName).flatMap { saveeSpeakers.contains($0) ? $0 : nil }
      guard let name = SAVEEName(file.stem), let speaker = name.speaker ?? folder else {
        if file.isAudio {
          findings.exclusions.append(Exclusion(subject: file.path, reason: .foreignName))
        }
        continue
      }
      guard file.isAudio else {
        findings.exclusions.append(
          Exclusion(subject: file.path, reason: .otherFormat(file.kind)))
        continue
      }
      if let folder, folder != speaker {
        findings.exclusions.append(
          Exclusion(subject: file.path, reason: .misplaced(folder: folder)))
        continue
      }
      guard codes.contains(where: { $0.code == name.code }) else {
        throw CorpusError.unknownLabel(
          place: index.root + "/" + file.path, code: name.code, known: codes.map(\.code))
      }
      clips.add(file, id: "\(speaker)_\(name.code)\(name.number)")
    }
    guard !clips.ids.isEmpty else {
      throw missingPart(.savee, .clips("DC/a01.wav, DC_a01.wav or DCa01.wav"), in: index)
    }
    findings.exclusions += clips.duplicates
    findings.copies = clips.copies
    let classes = CorpusDefinition.savee.classes
    for id in clips.ids {
      guard let name = SAVEEName(id), let path = clips.path(of: id), let speaker = name.speaker,
        let label = codes.first(where: { $0.code == name.code })?.label,
        let fold = folds.fold(of: speaker)
      else { continue }
      findings.utterances.append(
        Utterance(
          id: id, label: label, classIndex: classes.firstIndex(of: label) ?? 0, speaker: speaker,
          session: nil, fold: fold, path: index.root + "/" + path))
    }
    return findings
  }

  /// The ids of all 480 clips: 15 sentences per emotion, 30 for neutral.
  private static var allIDs: [String] {
    saveeSpeakers.flatMap { speaker in
      codes.flatMap { code, _ in
        (1...(code == "n" ? 30 : 15)).map { "\(speaker)_\(code)\(twoDigits($0))" }
      }
    }
  }
}

/// The parts of a name such as `DC_sa07`.
private struct SAVEEName {
  /// Nil if the name does not tell.
  let speaker: String?
  /// One or two lower-case letters, not necessarily a known code.
  let code: String
  /// The sentence's two digits.
  let number: String

  /// Parses a stem; nil unless it is `[SPEAKER[_]]` + one or two lower-case letters + two digits.
  init?(_ stem: String) {
    var rest = stem.utf8[...]
    speaker = saveeSpeakers.first { stem.hasPrefix($0) }
    if speaker != nil {
      rest = rest.dropFirst(2)
      if rest.first == UInt8(ascii: "_") { rest = rest.dropFirst() }
    }
    let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    let digits = rest.dropFirst(letters.count)
    guard (1...2).contains(letters.count), digits.count == 2, digits.allSatisfy(isDigit) else {
      return nil
    }
    code = String(decoding: letters, as: UTF8.self)
    number = String(decoding: digits, as: UTF8.self)
  }
}
