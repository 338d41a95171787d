// One clip of each corpus, for tests of all corpora.
import Corpora

/// The path of a clip without its extension. Every registered corpus needs one.
let exampleClips: [CorpusDefinition: String] = [
  .iemocap: "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000",
  .mspImprov: "Audio/session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01",
  .ravdess: "Actor_01/03-01-01-01-01-01-01", .savee: "DC/a01",
]

extension LayoutBuilder {
  /// Writes the label files for the example of a corpus, below `folder`.
  func labels(ofExample corpus: CorpusDefinition, in folder: String) throws {
    switch corpus {
    case .iemocap:
      try iemocapDialog("Ses01F_impro01", [("F000", "neu")], root: folder, clips: false)
    case .mspImprov:
      try write(folder + "/Evalution.txt", mspBlock("S01A-F01-P-FM01", "A").joined(separator: "\n"))
    default: break
    }
  }
}
