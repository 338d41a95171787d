// The plan of a stand-in corpus, before anything is synthesised.
import Corpora
import Randomness

/// A clip to be synthesised.
struct PlannedClip {
  /// The path below the corpus's root.
  let path: String
  let id: String
  /// Its label; nil for a clip with an unused label.
  let label: String?
  let speaker: String
  let session: Int?
  /// From 1.
  let fold: Int
  let sex: Sex
  let emotion: Emotion
  var intensity = 1.0
  /// Clips with the same text have the same syllables.
  let text: String
  let sampleRate: Int
  var channels = 1
}

/// The clips and the other files of a stand-in corpus.
struct Layout {
  let corpus: CorpusDefinition
  let clips: [PlannedClip]
  /// Label files and similar: path below the root, and bytes.
  var files: [(path: String, bytes: [UInt8])] = []
  /// Clips with two files: the path of the copy, and that of the clip.
  var copies: [(path: String, of: String)] = []
  /// The chunks before the samples of every clip.
  var chunksBefore: [WAVFile.Chunk] = []
  /// The contents of the `LIST` chunk before the comment.
  var information: [(key: String, text: String)] = []

  /// The utterances that a reader should find.
  func utterances(root: String) -> [Utterance] {
    clips.compactMap { clip in
      guard let label = clip.label, let index = corpus.classes.firstIndex(of: label) else {
        return nil
      }
      return Utterance(
        id: clip.id, label: label, classIndex: index, speaker: clip.speaker, session: clip.session,
        fold: clip.fold, path: root + "/" + clip.path)
    }
  }

  /// The corpora that have a stand-in, with their plans. The same stream gives the same plan.
  static let standIns: [(corpus: CorpusDefinition, plan: @Sendable (RandomStream) -> Layout)] = [
    (.iemocap, iemocap), (.mspImprov, mspImprov), (.ravdess, ravdess), (.savee, savee),
  ]
}

/// The bytes of an AppleDouble file. It has the extension of its companion and is not UTF-8.
let appleDouble: [UInt8] = [0x00, 0x05, 0x16, 0x07, 0x00, 0x02, 0x00, 0x00, 0xFF, 0xFE]

/// Returns a number with leading zeros.
func zeroPadded(_ number: Int, to digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
