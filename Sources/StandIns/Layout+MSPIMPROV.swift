// The MSP-IMPROV stand-in: six sessions, each with a woman and a man, at 48 kHz; the last session
// at 44.1 kHz.
import Corpora
import Randomness

extension Layout {
  /// 28 used clips per session, and one each of `O` and `X`. The scene's intended emotion in the
  /// clip's name is drawn independently of the label. One clip has two files.
  static func mspImprov(from random: RandomStream) -> Layout {
    let counts: [(code: String, count: Int)] = [("A", 2), ("H", 4), ("N", 5), ("S", 3)]
    var clips: [PlannedClip] = []
    var lines: [String] = []
    for session in 1...6 {
      var takes: [(letter: String, code: String)] = []
      for letter in ["F", "M"] {
        for (code, count) in counts { takes += Array(repeating: (letter, code), count: count) }
        takes.append((letter, letter == "F" ? "O" : "X"))
      }
      var order = random.split("session \(session)")
      order.shuffle(&takes)
      for (number, (letter, code)) in takes.enumerated() {
        let scene =
          "S\(zeroPadded(1 + number % 20, to: 2))\(["A", "H", "N", "S"][order.integer(below: 4)])"
        let type = ["P", "R", "S", "T"][number % 4]
        let pair = letter == "F" ? "FM" : "MF"
        let name = "\(scene)-\(letter)0\(session)-\(type)-\(pair)\(zeroPadded(number + 1, to: 2))"
        let id = "MSP-IMPROV-" + name
        let meaning = meaning(of: code)
        clips.append(
          PlannedClip(
            path: "MSP-IMPROV/Audio/session\(session)/\(scene)/\(type)/\(id).wav", id: id,
            label: meaning.label, speaker: "\(letter)0\(session)", session: session, fold: session,
            sex: letter == "F" ? .female : .male, emotion: meaning.emotion, text: id,
            sampleRate: session == 6 ? 44_100 : 48_000))
        lines += [
          "UTD-IMPROV-\(name).avi; \(code); A:3.333333; V:2.333333; D:3.000000 ; N:3.666667;",
          "ID-p-12; Angry; Angry,Frustrated; A:4.000000; V:2.000000; D:4.000000; N:4.000000;",
          "ID-p-15; Neutral; Neutral; A:3.000000; V:3.000000; D:NaN; N:NaN;", "",
        ]
      }
    }
    return Layout(
      corpus: .mspImprov, clips: clips,
      files: [("MSP-IMPROV/Evalution.txt", Array(lines.joined(separator: "\r\n").utf8))],
      copies: [("MSP-IMPROV/session1/" + fileName(clips[0].path), clips[0].path)])
  }

  private static func meaning(of code: String) -> (label: String?, emotion: Emotion) {
    switch code {
    case "A": ("angry", .angry)
    case "H": ("happy", .happy)
    case "N": ("neutral", .neutral)
    case "S": ("sad", .sad)
    case "O": (nil, .surprised)
    default: (nil, .calm)
    }
  }

  private static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
