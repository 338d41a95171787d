// RAVDESS speech (Livingstone & Russo 2018). There is no label file; the name says everything.
// Clips may be anywhere below the root, so every repackaging reads the same.

extension CorpusDefinition {
  /// RAVDESS, speech only: 24 actors, 8 classes, 6 folds of four actors.
  ///
  /// The paper does not say which of the two public fold lists it used. `emobox` is EmoBox's list
  /// @08280f2, the one public split that others reuse. In `contiguous`, an actor's fold is (actor
  /// − 1) div 4 + 1.
  package static let ravdess = CorpusDefinition(
    id: "ravdess", title: "RAVDESS",
    classes: ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"],
    usualFolds: RAVDESSReader.folds(
      "emobox",
      [
        [1, 11, 20, 21], [4, 10, 12, 14], [8, 9, 19, 23],
        [3, 5, 7, 24], [2, 15, 16, 18], [6, 13, 17, 22],
      ]),
    otherFolds: [
      RAVDESSReader.folds("contiguous", (0..<6).map { fold in (1...4).map { fold * 4 + $0 } })
    ],
    published: { RAVDESSReader.published }, isOwnFile: { RAVDESSName($0.stem) != nil },
    texts: { id in
      // The fifth number selects one of two sentences.
      RAVDESSName(id).map { [SpokenText(kind: .sentence, key: twoDigits($0.statement))] } ?? []
    },
    sex: { speaker in
      Int(speaker.dropFirst("Actor_".count)).map { $0.isMultiple(of: 2) ? .female : .male }
    },
    attributes: { RAVDESSName($0)?.attributes ?? .none }, reader: RAVDESSReader.findings)
}

/// Reads RAVDESS's audio-only speech clips by name.
private enum RAVDESSReader {
  /// Each fold of four actors has 32 utterances of each class, but 16 neutral ones; each actor has
  /// 60.
  static var published: ExpectedCorpus {
    let classes = CorpusDefinition.ravdess.classes
    let fold = [16] + [Int](repeating: 32, count: 7)
    return ExpectedCorpus(
      source: .published,
      counts: ExpectedCount.grid(classes: classes, folds: Array(repeating: fold, count: 6))
        + (1...24).map { ExpectedCount(CountScope(speaker: "Actor_" + twoDigits($0)), 60) },
      ids: allIDs.sorted(by: precedes))
  }

  static func folds(_ name: String, _ actors: [[Int]]) -> FoldList {
    FoldList(
      name: name,
      folds: actors.map { actors in
        let numbers = actors.map(twoDigits)
        return FoldList.Fold(
          name: "Actors " + numbers.joined(separator: " "), speakers: numbers.map { "Actor_" + $0 })
      })
  }

  static func findings(in index: FileIndex, folds: FoldList) throws -> Findings {
    var clips = ClipTable()
    var findings = Findings()
    func exclude(_ file: FoundFile, _ reason: Exclusion.Reason) {
      findings.exclusions.append(Exclusion(subject: file.path, reason: reason))
    }
    for file in index.files {
      guard let name = RAVDESSName(file.stem) else {
        if file.isAudio { exclude(file, .foreignName) }
        continue
      }
      if name.modality != 3 {
        exclude(file, .video)
      } else if !file.isAudio {
        if file.isOtherSound, name.channel == 1, name.isInDesign {
          exclude(file, .otherFormat(file.kind))
        }
      } else if name.channel == 2 {
        exclude(file, .song)
      } else if !(1...8).contains(name.emotion) {
        throw CorpusError.unknownLabel(
          place: index.root + "/" + file.path, code: twoDigits(name.emotion),
          known: (1...8).map(twoDigits))
      } else if !name.isInDesign {
        exclude(file, .foreignName)
      } else if let folder = file.folders.last(where: isActorFolder),
        folder.lowercased() != name.speaker.lowercased()
      {
        exclude(file, .misplaced(folder: folder))
      } else {
        clips.add(file, id: file.stem)
      }
    }
    guard !clips.ids.isEmpty else {
      throw missingPart(.ravdess, .clips("Actor_01/03-01-01-01-01-01-01.wav"), in: index)
    }
    findings.exclusions += clips.duplicates
    findings.copies = clips.copies
    let classes = CorpusDefinition.ravdess.classes
    for id in clips.ids {
      guard let name = RAVDESSName(id), let path = clips.path(of: id),
        let fold = folds.fold(of: name.speaker)
      else { continue }
      findings.utterances.append(
        Utterance(
          id: id, label: classes[name.emotion - 1], classIndex: name.emotion - 1,
          speaker: name.speaker, session: nil, fold: fold, path: index.root + "/" + path))
    }
    return findings
  }

  /// The ids of all 1440 clips. The design is a full factorial, except that neutral has only normal
  /// intensity.
  private static var allIDs: [String] {
    var ids: [String] = []
    for emotion in 1...8 {
      for intensity in 1...(emotion == 1 ? 1 : 2) {
        for statement in 1...2 {
          for repetition in 1...2 {
            for actor in 1...24 {
              let fields = [3, 1, emotion, intensity, statement, repetition, actor]
              ids.append(fields.map(twoDigits).joined(separator: "-"))
            }
          }
        }
      }
    }
    return ids
  }

  private static func isActorFolder(_ name: String) -> Bool {
    name.utf8.count == 8 && name.lowercased().hasPrefix("actor_")
      && name.utf8.suffix(2).allSatisfy(isDigit)
  }
}

/// The seven numbers of a name `MM-VV-EE-II-SS-RR-AA`.
private struct RAVDESSName {
  /// 1 picture and sound, 2 picture, 3 sound.
  let modality: Int
  /// 1 speech, 2 song.
  let channel: Int
  /// 1 neutral … 8 surprised: one more than the class index.
  let emotion: Int
  let actor: Int
  private let intensity: Int
  /// 1 "Kids are talking by the door", 2 "Dogs are sitting by the door".
  let statement: Int
  private let repetition: Int

  /// Parses a stem; nil unless it is seven two-digit numbers joined by dashes, with modality 1–3
  /// and channel 1–2.
  init?(_ stem: String) {
    let bytes = Array(stem.utf8)
    guard bytes.count == 20 else { return nil }
    for (place, byte) in bytes.enumerated() {
      guard place % 3 == 2 ? byte == UInt8(ascii: "-") : isDigit(byte) else { return nil }
    }
    func number(_ field: Int) -> Int {
      Int(bytes[3 * field] - UInt8(ascii: "0")) * 10
        + Int(bytes[3 * field + 1] - UInt8(ascii: "0"))
    }
    modality = number(0)
    channel = number(1)
    emotion = number(2)
    intensity = number(3)
    statement = number(4)
    repetition = number(5)
    actor = number(6)
    guard (1...3).contains(modality), (1...2).contains(channel) else { return nil }
  }

  /// Whether the design contains such a speech clip. Neutral has no strong intensity.
  var isInDesign: Bool {
    (1...8).contains(emotion) && (1...(emotion == 1 ? 1 : 2)).contains(intensity)
      && (1...2).contains(statement) && (1...2).contains(repetition) && (1...24).contains(actor)
  }

  var speaker: String { "Actor_" + twoDigits(actor) }

  /// Words, intensity and repetition; none of a name outside the design.
  var attributes: UtteranceAttributes {
    guard isInDesign else { return .none }
    return UtteranceAttributes(
      text: statement == 1 ? "Kids are talking by the door" : "Dogs are sitting by the door",
      values: [
        "intensity": intensity == 1 ? "normal" : "strong",
        "repetition": repetition == 1 ? "first" : "second",
      ])
  }
}
