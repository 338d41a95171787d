// Worked by hand: small divisions with countable overlaps, classes and texts, each with the clean
// division beside the planted fault.
import Corpora
import Files
import TestSupport
import Testing

@Suite struct `An audit of the protocol` {
  @Test func `finds the genuine design of RAVDESS clean, but for its two sentences`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).ravdess()
      for folds in CorpusDefinition.ravdess.foldLists {
        let audit = ProtocolAudit(try Corpus.read(.ravdess, at: root, folds: folds))
        #expect(audit.findings.map(\.severity) == [.note, .note])
        #expect(audit.findings.map(\.kind) == [.classImbalance, .repeatedText])
        #expect(audit.findings[0].found == "calm 192, neutral 96, 2.0 times")
        #expect(audit.findings[1].found == "1440 of 1440 test utterances")
        #expect(audit.folds.map(\.fold) == Array(1...6))
        for fold in audit.folds {
          #expect(fold.balances.map(\.role) == [.training, .validation, .test])
          #expect(fold.balances.map(\.count) == [960, 240, 240])
          #expect(fold.balances[2].classes.map(\.count) == [16] + Array(repeating: 32, count: 7))
          expectClose(fold.balances[2].classes[0].share, 16 / 240)
        }
      }
    }
  }

  @Test func `finds a planted speaker overlap, and none without it`() throws {
    try withTemporaryFolder { root in
      try LayoutBuilder(root: root).ravdess()
      let corpus = try Corpus.read(.ravdess, at: root)
      var roles = FoldRoles.all(of: corpus.utterances, folds: 6)
      let clean = ProtocolAudit(corpus, roles: roles)
      #expect(clean == ProtocolAudit(corpus) && !clean.findings.contains { $0.severity == .leak })
      // One test utterance and one validation utterance of fold 3 also train.
      roles[2] = FoldRoles(
        fold: 3, training: roles[2].training + [roles[2].test[7], roles[2].validation[0]],
        validation: roles[2].validation, test: roles[2].test)
      let leaks = ProtocolAudit(corpus, roles: roles).findings.filter { $0.severity == .leak }
      #expect(leaks.map(\.kind) == [.speakerOverlap, .speakerOverlap])
      #expect(
        leaks.map(\.place) == [
          "fold 3 (Actors 08 09 19 23), training and test",
          "fold 3 (Actors 08 09 19 23), training and validation",
        ])
      #expect(
        leaks.map(\.found) == [
          corpus.utterances[roles[2].test[7]].speaker,
          corpus.utterances[roles[2].validation[0]].speaker,
        ])
    }
  }

  @Test func `warns of partners apart where folds are speakers, not where they are sessions`()
    throws
  {
    let corpus = try smallIEMOCAP()
    #expect(ProtocolAudit(corpus).findings.allSatisfy { $0.severity == .note })
    let speaker = "Ses02M"
    let (test, others) = (
      corpus.utterances.indices.filter { corpus.utterances[$0].speaker == speaker },
      corpus.utterances.indices.filter { corpus.utterances[$0].speaker != speaker }
    )
    let apart = FoldRoles(fold: 2, training: others, validation: [], test: test)
    let findings = ProtocolAudit(corpus, roles: [apart]).findings
    #expect(!findings.contains { $0.severity == .leak })
    let found = try #require(findings.first { $0.kind == .sessionOverlap })
    #expect(found.severity == .warning && found.found == "session 2")
    #expect(found.place == "fold 2 (Session 2), training and test")
  }

  @Test func `warns of a class that a fold lacks`() throws {
    let corpus = try smallIEMOCAP(lacking: "sad", in: 4)
    let findings = ProtocolAudit(corpus).findings.filter { $0.severity == .warning }
    #expect(findings.map(\.kind) == [.missingClass, .missingClass])
    #expect(
      findings.map(\.place) == ["fold 3 (Session 3), validation", "fold 4 (Session 4), test"])
    #expect(findings.allSatisfy { $0.found == "no sad" && $0.expected == "all 4 classes" })
  }

  @Test func `counts test utterances whose text was heard in training`() throws {
    // Each session has four turns of an improvisation and four of a script; sessions 4 and 5 use
    // another script.
    let folds = ProtocolAudit(try smallIEMOCAP()).folds
    #expect(folds.allSatisfy { $0.repetitions.map(\.kind) == [.turn, .scene] })
    // Fold 1 trains on sessions 3 to 5, fold 3 on 1, 2 and 5, fold 4 on 1 to 3, fold 5 on 2 to 4.
    #expect(folds.map { $0.repetitions[0].count } == [4, 4, 4, 0, 4])
    #expect(folds.map { $0.repetitions[1].count } == [8, 8, 8, 4, 8])
    #expect(folds.allSatisfy { $0.repetitions.map(\.known) == [4, 8] })
    #expect(folds.allSatisfy { $0.repetitions.map(\.test) == [8, 8] })
  }

  @Test func `survives JSON`() throws {
    let audit = ProtocolAudit(try smallIEMOCAP())
    #expect(try decodeJSON(ProtocolAudit.self, from: canonicalJSON(audit)) == audit)
  }

  /// Five sessions of eight turns, each class twice.
  private func smallIEMOCAP(lacking code: String? = nil, in session: Int = 0) throws -> Corpus {
    try withTemporaryFolder { root in
      for number in 1...5 {
        let codes = ["ang", "hap", "neu", "sad"].filter { number != session || $0 != code }
        let turns = ["F000", "M000", "F001", "M001"]
        let spoken = zip(turns, codes).map { (turn: $0, code: $1) }
        let layout = LayoutBuilder(root: root)
        try layout.iemocapDialog("Ses0\(number)F_impro01", spoken)
        try layout.iemocapDialog("Ses0\(number)M_script0\(number < 4 ? 1 : 2)_1", spoken)
      }
      return try Corpus.read(.iemocap, at: root)
    }
  }
}

@Suite struct `The text of an id` {
  struct Case: Sendable, CustomTestStringConvertible {
    let corpus: CorpusDefinition
    let id: String
    let texts: [String]
    var testDescription: String { id }
  }

  static let cases = [
    Case(
      corpus: .iemocap, id: "Ses01F_script01_1_F003",
      texts: ["turn script01_1_F003", "scene script01_1"]),
    Case(
      corpus: .iemocap, id: "Ses04M_script01_1_F003",
      texts: ["turn script01_1_F003", "scene script01_1"]),
    Case(corpus: .iemocap, id: "Ses05M_script01_1b_M010", texts: ["scene script01_1"]),
    Case(corpus: .iemocap, id: "Ses01F_impro01_F003", texts: ["scene impro01"]),
    Case(corpus: .iemocap, id: "Ses03M_impro05a_M012", texts: ["scene impro05"]),
    Case(
      corpus: .mspImprov, id: "MSP-IMPROV-S07A-F02-R-FF01", texts: ["sentence S07", "scene S07A"]),
    Case(
      corpus: .mspImprov, id: "MSP-IMPROV-S07H-M03-T-FM12", texts: ["sentence S07", "scene S07H"]),
    Case(corpus: .mspImprov, id: "MSP-IMPROV-S07A-F02-S-FM03", texts: ["scene S07A"]),
    Case(corpus: .mspImprov, id: "MSP-IMPROV-S07A-F02-P-FM03", texts: []),
    Case(corpus: .ravdess, id: "03-01-06-01-02-01-12", texts: ["sentence 02"]),
    Case(corpus: .ravdess, id: "03-01-06-01-01-02-01", texts: ["sentence 01"]),
    Case(corpus: .savee, id: "DC_sa07", texts: ["sentence sa07"]),
    Case(corpus: .savee, id: "JE_a07", texts: ["sentence a07"]),
  ]

  @Test(arguments: cases) func `tells what is said`(_ known: Case) {
    let texts = known.corpus.texts(of: known.id)
    #expect(texts.map { "\($0.kind.rawValue) \($0.key)" } == known.texts)
  }
}
