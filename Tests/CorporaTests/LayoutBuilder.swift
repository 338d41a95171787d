// Writes file trees for tests: names and label files as on disk, without sound.
import Foundation

import Corpora

/// A folder to fill with files.
struct LayoutBuilder {
  let root: String

  /// Writes a file below the root, with its folders.
  func write(_ path: String, _ text: String = "") throws {
    try write(path, bytes: Array(text.utf8))
  }

  func write(_ path: String, bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: root + "/" + path)
    let folder = url.deletingLastPathComponent().path
    if !FileManager.default.fileExists(atPath: folder) {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try Data(bytes).write(to: url)
  }

  /// Makes an empty file or a folder, whose name below the root is given in bytes.
  func write(nameInBytes name: [UInt8], isFolder: Bool = false) {
    let path = Array((root + "/").utf8) + name
    path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { bytes in
      let path = Array(bytes) + [0]
      if isFolder {
        mkdir(path, 0o755)
      } else {
        close(open(path, O_WRONLY | O_CREAT, 0o644))
      }
    }
  }

  func remove(_ path: String) throws {
    try FileManager.default.removeItem(atPath: root + "/" + path)
  }

  /// All of RAVDESS, with `prefix` before each `Actor_NN/`.
  func ravdess(prefix: String = "", suffix: String = ".wav") throws {
    for id in ravdessIDs {
      try write(prefix + "Actor_\(id.suffix(2))/\(id)\(suffix)")
    }
  }

  /// All of SAVEE, with the file of speaker `DC` and stem `a01` at `path(speaker, stem)`.
  func savee(_ path: (_ speaker: String, _ stem: String) -> String) throws {
    for id in saveeIDs {
      let parts = id.split(separator: "_").map(String.init)
      try write(path(parts[0], parts[1]))
    }
  }

  /// A dialog of IEMOCAP: its label file in full grammar, and its clips.
  func iemocapDialog(
    _ dialog: String, _ turns: [(turn: String, code: String)],
    root: String = "IEMOCAP_full_release",
    lineEnd: String = "\n", clips: Bool = true
  ) throws {
    let session = "\(root)/Session\(Array(dialog)[4])"
    try write(
      "\(session)/dialog/EmoEvaluation/\(dialog).txt",
      iemocapLabels(dialog, turns).joined(separator: lineEnd))
    guard clips else { return }
    for (turn, _) in turns { try write("\(session)/sentences/wav/\(dialog)/\(dialog)_\(turn).wav") }
  }
}

/// The lines of an IEMOCAP label file, as shown in `corpora.md`.
func iemocapLabels(_ dialog: String, _ turns: [(turn: String, code: String)]) -> [String] {
  var lines = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""]
  for (number, (turn, code)) in turns.enumerated() {
    lines += [
      "[\(number).2901 - \(number + 1).2357]\t\(dialog)_\(turn)\t\(code)\t[2.5000, 2.5000, 2.5000]",
      "C-E2:\tNeutral;\t()", "C-E3:\tNeutral; Anger;\t()", "C-F1:\tNeutral;\t(curious)",
      "A-E3:\tval 3; act 2; dom  2;\t()", "A-E4:\tval 2; act 3; dom  ;\t(mildly aggravated)", "",
    ]
  }
  return lines
}

/// The block of one clip in MSP-IMPROV's label file. `id` is without its prefix.
func mspBlock(_ id: String, _ code: String) -> [String] {
  [
    "UTD-IMPROV-\(id).avi; \(code); A:3.333333; V:2.333333; D:3.000000 ; N:3.666667;",
    "ID-p-12; Angry; Angry,Frustrated; A:4.000000; V:2.000000; D:4.000000; N:4.000000;",
    "ID-p-15; Neutral; Neutral; A:3.000000; V:3.000000; D:NaN; N:NaN;", "",
  ]
}

/// Complete corpora with exactly the published counts.
extension LayoutBuilder {
  /// IEMOCAP's 10039 turns, with the published labels per session and made-up ids.
  ///
  /// - Returns: the list of expected labels.
  @discardableResult func wholeIEMOCAP() throws -> LabelList {
    var list: [(id: String, code: String)] = []
    let codes = ["neu", "hap", "exc", "ang", "sad", "fru", "xxx", "sur", "fea", "oth", "dis"]
    let sessions = [
      [384, 135, 143, 229, 194, 280, 415, 25, 12, 1, 1],
      [362, 117, 210, 137, 197, 325, 436, 17, 9, 1, 0],
      [320, 135, 151, 240, 305, 382, 572, 28, 2, 0, 1],
      [258, 65, 238, 327, 143, 481, 564, 19, 7, 1, 0],
      [384, 143, 299, 170, 245, 381, 520, 18, 10, 0, 0],
    ]
    let women = [528, 481, 522, 528, 590]
    for (index, counts) in sessions.enumerated() {
      var labels = zip(codes, counts).flatMap { Array(repeating: $0, count: $1) }
      var women = labels.indices.map { $0 < women[index] }
      // Thirty dialogs. The used labels come first, to get the published share of women's turns.
      for dialog in 1...30 {
        let share = dialog == 30 ? labels.count : labels.count / (31 - dialog)
        let name = "Ses0\(index + 1)\(dialog.isMultiple(of: 2) ? "F" : "M")_impro\(dialog)"
        let turns = (0..<share).map { turn in
          let number = String(1000 + turn).suffix(3)
          return ((women[turn] ? "F" : "M") + number, labels[turn])
        }
        try iemocapDialog(name, turns)
        list += turns.map { ("\(name)_\($0)", $1) }
        labels.removeFirst(share)
        women.removeFirst(share)
      }
    }
    return LabelList(iemocap: list)
  }

  /// MSP-IMPROV's 8438 clips, with 4918 used ones in sessions 1 to 4.
  func wholeMSPIMPROV() throws {
    let types = ["T", "R", "S", "P"]
    let counts = [
      ("A", [115, 169, 470, 38]), ("S", [106, 80, 633, 66]), ("H", [136, 88, 1048, 1372]),
      ("N", [283, 241, 1789, 1164]), ("O", [1, 3, 70, 11]), ("X", [11, 39, 371, 134]),
    ]
    let labels = counts.flatMap { label, counts in
      zip(types, counts).flatMap { Array(repeating: (label, $0), count: $1) }
    }
    var lines: [String] = []
    for (number, (label, type)) in labels.enumerated() {
      let session = number < 4918 ? 1 + number % 4 : 5 + number % 2
      let sex = number.isMultiple(of: 3) ? "F" : "M"
      let scene = "S\(String(100 + number / 500 % 20 + 1).suffix(2))A"
      let id = "\(scene)-\(sex)0\(session)-\(type)-FM\(String(10000 + number).suffix(4))"
      lines += mspBlock(id, label)
      try write("MSP-IMPROV/Audio/session\(session)/\(scene)/\(type)/MSP-IMPROV-\(id).wav")
    }
    try write("MSP-IMPROV/Evalution.txt", lines.joined(separator: "\r\n"))
  }
}
