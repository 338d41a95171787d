// By hand: what the corpora say about an utterance beside class and speaker.
import Corpora
import Files
import TestSupport
import Testing

@Suite struct `The attributes of an utterance` {
  @Test func `of RAVDESS stand in its name`() {
    let own = CorpusDefinition.ravdess.attributes(of: "03-01-06-01-02-01-12")
    #expect(own.text == "Dogs are sitting by the door")
    #expect(own.values == ["intensity": "normal", "repetition": "first"])
    let other = CorpusDefinition.ravdess.attributes(of: "03-01-06-02-01-02-12")
    #expect(other.text == "Kids are talking by the door")
    #expect(other.values == ["intensity": "strong", "repetition": "second"])
    // Negative control: not in the design, and no name of the corpus.
    for id in ["03-01-01-02-01-01-12", "03-01-06-01-03-01-12", "x", ""] {
      #expect(CorpusDefinition.ravdess.attributes(of: id) == .none)
    }
  }

  @Test func `of RAVDESS have the published numbers`() {
    let all = ravdessIDs.map { CorpusDefinition.ravdess.attributes(of: $0) }
    #expect(all.count { $0.values["intensity"] == "strong" } == 672)
    #expect(all.count { $0.values["intensity"] == "normal" } == 768)
    #expect(all.count { $0.values["repetition"] == "first" } == 720)
    #expect(all.count { $0.text?.hasPrefix("Kids") == true } == 720)
  }

  @Test(arguments: [
    ("Ses01F_impro01_M013", "improvised"), ("Ses03M_impro05b_F001", "improvised"),
    ("Ses05M_script01_1b_F010", "scripted"), ("Ses02F_script03_2_M041", "scripted"),
    ("Ses02F_other_M041", nil), ("Ses09F_impro01_M013", nil), ("", nil),
  ]) func `of IEMOCAP tell scripts from improvisation`(id: String, type: String?) {
    #expect(CorpusDefinition.iemocap.attributes(of: id).values["type"] == type)
  }

  @Test(arguments: [
    ("MSP-IMPROV-S01A-F02-R-FF01", "target sentence, read", "S01"),
    ("MSP-IMPROV-S20N-M06-T-MF11", "target sentence, improvised", "S20"),
    ("MSP-IMPROV-S01A-F01-P-FM01", "natural interaction", nil),
    ("MSP-IMPROV-S01A-F01-S-FM01", "other turn, improvised", nil),
    ("MSP-IMPROV-S01A-F01-X-FM01", nil, nil), ("UTD-IMPROV-S01A-F01-R-FM01", nil, nil),
  ]) func `of MSP-IMPROV are type and target sentence`(id: String, type: String?, sentence: String?)
  {
    let values = CorpusDefinition.mspImprov.attributes(of: id).values
    #expect(values["type"] == type && values["sentence"] == sentence)
  }

  @Test func `of SAVEE are unknown, because the list of sentences is not public`() {
    #expect(CorpusDefinition.savee.attributes(of: "DC_sa07") == .none)
  }
}

@Suite struct `The further columns of a manifest` {
  private func read(_ header: String, _ rows: [String]) throws -> Corpus {
    try withTemporaryFolder { folder in
      try LayoutBuilder(root: folder).write(
        "manifest.csv", ([header] + rows).joined(separator: "\n") + "\n")
      return try Corpus.read(named: "mine", at: folder, preferring: "", needsSound: false)
    }
  }

  private func rows(_ count: Int, _ cell: (Int) -> String) -> [String] {
    (0..<count).map { "\($0).wav,\($0 % 2 == 0 ? "joy" : "anger"),s\($0 / 2 % 5),\(cell($0))" }
  }

  @Test func `become attributes if they have 2 to 24 values`() throws {
    let read = try read(
      "path,label,speaker,Room Type,language,text,all,one,length",
      rows(30) { "\($0 % 3 == 0 ? "" : "big"),de,\"Word \($0), yes\",v\($0),x,\($0 % 2)" })
    let first = read.definition.attributes(of: "0")
    #expect(first.text == "Word 0, yes" && first.values == ["language": "de"])
    #expect(
      read.manifest?.remarks.contains("columns not used: Room Type, all, one, length") == true)
    let other = try self.read(
      "path,label,speaker,Room Type", rows(30) { $0 % 3 == 0 ? "" : $0 % 2 == 0 ? "big" : "small" })
    #expect(other.definition.attributes(of: "0") == .none)
    #expect(other.definition.attributes(of: "1").values == ["room type": "small"])
    #expect(other.definition.attributes(of: "2").values == ["room type": "big"])
    #expect(other.manifest?.remarks.contains("columns for scores by group: room type") == true)
  }

  @Test(arguments: [(24, true), (25, false)])
  func `have at most 24 values`(values: Int, isUsed: Bool) throws {
    let read = try read("path,label,speaker,take", rows(60) { "t\($0 % values)" })
    #expect((read.definition.attributes(of: "3").values["take"] == "t3") == isUsed)
  }

  @Test func `are short and without control characters`() throws {
    for cell in [String(repeating: "x", count: 101), "a\u{1b}b"] {
      let read = try read("path,label,speaker,take", rows(20) { $0 == 4 ? cell : "t\($0 % 2)" })
      #expect(read.definition.attributes(of: "3") == .none)
    }
    // The text may be long; nothing is cut.
    let long = String(repeating: "word ", count: 400) + "end"
    let read = try read("path,label,speaker,text", rows(20) { $0 == 4 ? long : "t" })
    #expect(read.definition.attributes(of: "4").text == long)
  }
}
