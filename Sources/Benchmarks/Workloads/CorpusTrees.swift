// Corpora on disk for measurements. Names and labels have the genuine layouts; the recordings are
// synthetic.
import Corpora
import Files
import Foundation
import StandIns

/// Writes the first `utterances` clips of RAVDESS's speech under their names and opens them as a
/// corpus.
///
/// - Parameter bytes: the contents of the file of an utterance, by its number.
func writeRAVDESSLayout(
  utterances: Int, to folder: String, bytes: (Int) -> Data
) throws -> Corpus {
  let root = folder + "/ravdess"
  var number = 0
  for repetition in 1...2 {
    for statement in 1...2 {
      for emotion in 1...8 {
        for intensity in 1...(emotion == 1 ? 1 : 2) {
          for actor in 1...24 where number < utterances {
            let fields = [3, 1, emotion, intensity, statement, repetition, actor]
            let name = fields.map { $0 < 10 ? "0\($0)" : "\($0)" }
            let place = root + "/Actor_\(name[6])"
            try makeFolder(place)
            try bytes(number).write(
              to: URL(fileURLWithPath: "\(place)/\(name.joined(separator: "-")).wav"))
            number += 1
          }
        }
      }
    }
  }
  return try Corpus.read(.ravdess, at: root)
}

/// Writes this many SYNTHETIC clips of 1.6 to 3.2 s in the layout of RAVDESS's speech.
func writeSpeech(utterances: Int, to folder: String) throws -> Corpus {
  try writeRAVDESSLayout(utterances: utterances, to: folder) { index in
    let samples = 25_600 + index * 7919 % 25_600
    return WAVFile(
      sampleRate: 16_000,
      samples: voice(samples: samples, sampleRate: 16_000, "utterance \(index)")
    ).bytes
  }
}

/// Writes an MSP-IMPROV with this many clips: a label file with the lines of two raters for each
/// clip, and empty clips.
///
/// - Returns: its root.
func writeMSPIMPROVLayout(utterances: Int, to folder: String) throws -> String {
  let root = folder + "/msp-improv"
  let codes = ["A", "S", "H", "N"]
  var lines = ""
  for number in 0..<utterances {
    let session = 1 + number % 6
    let scene = "S\(String(100 + number / 500 % 20 + 1).suffix(2))\(codes[number % 4])"
    let sex = number % 3 == 0 ? "F" : "M"
    let id = "\(scene)-\(sex)0\(session)-S-FM\(String(100_000 + number).suffix(5))"
    lines += """
      UTD-IMPROV-\(id).avi; \(codes[number / 6 % 4]); \
      A:3.333333; V:2.333333; D:3.000000 ; N:3.666667;
      ID-p-12; Angry; Angry,Frustrated; A:4.000000; V:2.000000; D:4.000000; N:4.000000;
      ID-p-15; Neutral; Neutral; A:3.000000; V:3.000000; D:NaN; N:NaN;


      """
    let place = "\(root)/Audio/session\(session)/\(scene)/S"
    try makeFolder(place)
    try Data().write(to: URL(fileURLWithPath: "\(place)/MSP-IMPROV-\(id).wav"))
  }
  try Data(lines.utf8).write(to: URL(fileURLWithPath: root + "/Evalution.txt"))
  return root
}
