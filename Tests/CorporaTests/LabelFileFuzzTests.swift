// Kind: fuzz. Label files with random damage are read, or rejected with a message. They never crash
// the program.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A damaged label file` {
  /// SplitMix64, for the same damage every time.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private func damaged(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
    var bytes = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      for _ in 0..<4 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = random.next().byte }
    case 1: bytes.removeSubrange(place...)
    case 2: bytes.insert(contentsOf: (0..<9).map { _ in random.next().byte }, at: place)
    case 3: bytes = bytes.flatMap { [$0, 0] }.dropLast(place % 3)
    case 4: bytes = [0xFE, 0xFF] + bytes
    default:
      let gone = bytes[place]
      bytes.removeAll { $0 == gone }
    }
    return bytes
  }

  @Test(arguments: [CorpusDefinition.iemocap, .mspImprov])
  func `is read or refused in words`(name: CorpusDefinition) throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      let turns = (0..<6).map { ("F00\($0)", ["neu", "ang", "fru"][$0 % 3]) }
      try layout.iemocapDialog("Ses01F_impro01", turns)
      try layout.write("Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav")
      let blocks = (1...6).flatMap { mspBlock("S01A-F01-P-FM0\($0)", ["A", "N", "X"][$0 % 3]) }
      let (file, text) =
        name == .iemocap
        ? (
          "IEMOCAP_full_release/Session1/dialog/EmoEvaluation/Ses01F_impro01.txt",
          iemocapLabels("Ses01F_impro01", turns)
        ) : ("Evalution.txt", blocks)
      let bytes = Array(text.joined(separator: "\n").utf8)
      var random = Generator(state: 7)
      var read = 0
      var refused = 0
      for _ in 0..<1_000 {
        try layout.write(file, bytes: damaged(bytes, &random))
        do {
          let corpus = try Corpus.read(name, at: root)
          #expect(!corpus.check.lines.isEmpty && !CorpusInspection(corpus).table.isEmpty)
          read += 1
        } catch let error as CorpusError {
          let said = "\(error)"
          #expect(said.hasPrefix(root) && !said.contains("\n") && said.contains("; "))
          refused += 1
        }
      }
      #expect(read > 100 && refused > 100)
    }
  }
}

extension UInt64 {
  fileprivate var byte: UInt8 { UInt8(truncatingIfNeeded: self) }
}
