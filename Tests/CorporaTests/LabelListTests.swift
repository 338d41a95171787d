// Checks IEMOCAP's labels against the published list: correct counts do not prove correct labels.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `The published labels of IEMOCAP` {
  @Test func `are the 10039 turns of 151 dialogs, 5531 of them used`() {
    let size = LabelList.iemocap.size
    #expect(size.dialogs == 151 && size.used == 5531 && size.all == 10_039)
    // Fingerprint of the rows computed from the public lists: no digit has changed.
    #expect(
      LabelList.iemocap.fingerprint
        == "a967a634d347cc7ee4157ba3fe927cc1d73a2dbfb2592b206fc7adb44a34c47d")
  }

  /// Reads a corpus with correct counts after replacing `old` by `new` in one of its label files.
  private func differences(
    _ replacements: [(file: String, old: String, new: String)]
  ) throws -> (Corpus, LabelDifferences) {
    try withTemporaryFolder { root in
      let list = try LayoutBuilder(root: root).wholeIEMOCAP()
      for (file, old, new) in replacements {
        let path = "\(root)/IEMOCAP_full_release/Session1/dialog/EmoEvaluation/\(file).txt"
        let text = String(decoding: try Data(readingFile: path), as: UTF8.self)
        #expect(text.contains(old))
        try Data(text.replacing(old, with: new).utf8).writeAtomically(to: path)
      }
      let corpus = try Corpus.read(.iemocap(labels: list), at: root)
      return (corpus, try #require(corpus.check.labels))
    }
  }

  @Test func `show two labels of one session and sex that were exchanged`() throws {
    let clean = try differences([])
    #expect(clean.0.check.passes && clean.1.passes && clean.1.note == nil)
    let (corpus, labels) = try differences([
      ("Ses01M_impro1", "Ses01M_impro1_F000\tneu", "Ses01M_impro1_F000\thap"),
      ("Ses01F_impro8", "Ses01F_impro8_F000\thap", "Ses01F_impro8_F000\tneu"),
    ])
    // The counts do not reveal it.
    #expect(corpus.check.differences.isEmpty && corpus.check.missing.isEmpty)
    #expect(labels.changed == ["Ses01F_impro8", "Ses01M_impro1"])
    #expect(corpus.isIncomplete && labels.missing.isEmpty && labels.extra.isEmpty)
    #expect(
      corpus.check.lines == [
        "dialogs with other labels than the published ones: Ses01F_impro8, Ses01M_impro1"
      ])
    #expect(corpus.check.summary == "labels differ from the published list")
    #expect(throws: CorpusError.self) { try corpus.requireCompleteness(allowIncomplete: false) }
    #expect(CorpusInspection(corpus).table.contains("INCOMPLETE: labels differ"))
  }

  @Test func `tell hap from exc, and only note what is not used`() throws {
    let (merged, used) = try differences([
      ("Ses01M_impro9", "Ses01M_impro9_F000\thap", "Ses01M_impro9_F000\texc")
    ])
    #expect(merged.check.differences.isEmpty && used.changed == ["Ses01M_impro9"])
    let (corpus, labels) = try differences([
      ("Ses01F_impro30", "Ses01F_impro30_M060\tdis", "Ses01F_impro30_M060\txxx")
    ])
    #expect(corpus.check.passes && labels.changed.isEmpty)
    #expect(labels.changedUnused == ["Ses01F_impro30"])
    #expect(CorpusInspection(corpus).table.contains("but none that is used: Ses01F_impro30"))
  }

  @Test func `name a dialog that is not there, and one that was made up`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      let list = try layout.wholeIEMOCAP()
      try layout.remove("IEMOCAP_full_release/Session5/dialog/EmoEvaluation/Ses05M_impro7.txt")
      try layout.iemocapDialog("Ses05F_impro99", [("F000", "xxx")])
      let labels = try #require(
        try Corpus.read(.iemocap(labels: list), at: root).check.labels)
      #expect(labels.missing == ["Ses05M_impro7"] && labels.extra == ["Ses05F_impro99"])
    }
  }

  @Test func `are what a genuine copy is held to, and no stand-in is`() throws {
    try withTemporaryFolder { root in
      let layout = LayoutBuilder(root: root)
      try layout.wholeIEMOCAP()
      let corpus = try Corpus.read(.iemocap, at: root)
      #expect(corpus.check.differences.isEmpty && corpus.isIncomplete)
      #expect(corpus.check.labels?.missing.count == 151)
      let marker = SyntheticMarker(
        corpus: .iemocap, program: "test", seed: 1, utterances: corpus.utterances)
      try canonicalJSON(marker).writeAtomically(to: root + "/SYNTHETIC.json")
      let synthetic = try Corpus.read(.iemocap, at: root)
      #expect(!synthetic.isIncomplete && synthetic.check.labels == nil)
    }
  }
}
