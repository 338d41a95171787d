// The IEMOCAP stand-in: five sessions, each with a woman and a man and two dialogs, at 16 kHz.
import Corpora
import Randomness

extension Layout {
  /// About 34 used turns per session, and four with unused labels (`fru`, `xxx`). One label file
  /// has CRLF, one has a Latin-1 comment, and some files must be ignored by a reader.
  static func iemocap(from random: RandomStream) -> Layout {
    var clips: [PlannedClip] = []
    var files: [(path: String, bytes: [UInt8])] = []
    for session in 1...5 {
      // Sessions differ in size and balance, like the genuine ones.
      let counts: [(code: String, count: Int)] = [
        ("ang", [4, 3, 4, 5, 3][session - 1]), ("hap", 2), ("exc", 2), ("neu", 5),
        ("sad", [4, 4, 5, 3, 4][session - 1]), ("fru", 1), ("xxx", 1),
      ]
      var turns: [(letter: String, code: String)] = []
      for letter in ["F", "M"] {
        for (code, count) in counts { turns += Array(repeating: (letter, code), count: count) }
      }
      var order = random.split("session \(session)")
      order.shuffle(&turns)
      let half = turns.count / 2
      let root = "IEMOCAP_full_release/Session\(session)/"
      let dialogs = [
        "Ses0\(session)F_impro01",
        session == 3 ? "Ses03M_impro05a" : "Ses0\(session)M_script01_1",
      ]
      for (dialog, share) in zip(dialogs, [turns[..<half], turns[half...]]) {
        var spoken: [(id: String, code: String)] = []
        for (letter, code) in share {
          let start = "\(dialog)_\(letter)"
          let id = start + zeroPadded(spoken.count { $0.id.hasPrefix(start) }, to: 3)
          spoken.append((id, code))
          let meaning = meaning(of: code)
          clips.append(
            PlannedClip(
              path: root + "sentences/wav/\(dialog)/\(id).wav", id: id, label: meaning.label,
              speaker: "Ses0\(session)\(letter)", session: session, fold: session,
              sex: letter == "F" ? .female : .male, emotion: meaning.emotion, text: id,
              sampleRate: 16_000))
        }
        let end = dialog == "Ses02F_impro01" ? "\r\n" : "\n"
        let labels = labelLines(spoken).joined(separator: end) + end
        files.append(
          (root + "dialog/EmoEvaluation/\(dialog).txt", labels.unicodeScalars.map(latin1)))
      }
      let evaluation = root + "dialog/EmoEvaluation/"
      files.append((evaluation + "._\(dialogs[0]).txt", appleDouble))
      files.append(
        (
          evaluation + "Categorical/\(dialogs[0])_e2_cat.txt",
          Array("\(dialogs[0])_F000 :Neutral state; ()\n".utf8)
        ))
    }
    return Layout(corpus: .iemocap, clips: clips, files: files)
  }

  private static func meaning(of code: String) -> (label: String?, emotion: Emotion) {
    switch code {
    case "ang": ("angry", .angry)
    case "hap", "exc": ("happy", .happy)
    case "neu": ("neutral", .neutral)
    case "sad": ("sad", .sad)
    case "fru": (nil, .disgust)
    default: (nil, .neutral)
    }
  }

  /// The lines of a label file: the consensus of each turn, and single raters that disagree.
  private static func labelLines(_ turns: [(id: String, code: String)]) -> [String] {
    var lines = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""]
    for (number, (id, code)) in turns.enumerated() {
      lines += [
        "[\(2 * number).2901 - \(2 * number + 1).8357]\t\(id)\t\(code)\t[2.5000, 2.5000, 2.5000]",
        "C-E2:\tNeutral;\t()", "C-E3:\tNeutral; Anger;\t()", "C-F1:\tNeutral;\t(d\u{E9}j\u{E0} vu)",
        "A-E3:\tval 3; act 2; dom  2;\t()", "A-F1:\tval 3; act 2; dom  ;\t()", "",
      ]
    }
    return lines
  }

  /// The Latin-1 byte of a character below U+0100.
  private static func latin1(_ scalar: Unicode.Scalar) -> UInt8 {
    UInt8(truncatingIfNeeded: scalar.value)
  }
}
