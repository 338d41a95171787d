// SAVEE as it lies on disk, in its three spellings: `DC/a01.wav`, `DC_a01.wav` and `DCa01.wav`. No
// label file; the name holds emotion and sentence (Haq & Jackson 2009).

/// Reads SAVEE's clips by their names.
enum SAVEEReader {
  /// The codes, those of two letters first, and their classes.
  static let codes: [(code: String, label: String)] = [
    ("sa", "sadness"), ("su", "surprise"), ("a", "anger"), ("d", "disgust"), ("f", "fear"),
    ("h", "happiness"), ("n", "neutral"),
  ]

  static func findings(in index: FileIndex) throws -> Findings {
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
    let classes = CorpusName.savee.classes
    for id in clips.ids {
      guard let name = SAVEEName(id), let path = clips.path(of: id), let speaker = name.speaker,
        let label = codes.first(where: { $0.code == name.code })?.label
      else { continue }
      findings.utterances.append(
        Utterance(
          id: id, label: label, classIndex: classes.firstIndex(of: label) ?? 0, speaker: speaker,
          session: nil, fold: (saveeSpeakers.firstIndex(of: speaker) ?? 0) + 1,
          path: index.root + "/" + path))
    }
    return findings
  }

  /// The ids of all 480 clips: 15 sentences per emotion, 30 for neutral.
  static var allIDs: [String] {
    saveeSpeakers.flatMap { speaker in
      codes.flatMap { code, _ in
        (1...(code == "n" ? 30 : 15)).map { "\(speaker)_\(code)\(twoDigits($0))" }
      }
    }
  }
}

/// The parts of a name such as `DC_sa07`.
struct SAVEEName {
  /// Nil where the name itself does not tell.
  let speaker: String?
  /// One or two lower-case letters, not necessarily a known code.
  let code: String
  /// The sentence's two digits.
  let number: String

  /// Takes a stem apart; nil where it is not `[SPEAKER[_]]` + one or two lower-case letters + two
  /// digits.
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
