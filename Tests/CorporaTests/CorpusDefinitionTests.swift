// Worked by hand: a corpus's definition holds all its properties. A corpus that is not registered
// is read, counted and audited like the others.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

@Suite struct `The definition of a corpus` {
  @Test(arguments: CorpusDefinition.registered)
  func `has classes and folds of its own, each once`(corpus: CorpusDefinition) throws {
    #expect(try CorpusDefinition.registered(as: corpus.id) == corpus)
    #expect(Set(corpus.classes).count == corpus.classes.count && corpus.classes.count >= 2)
    #expect(Set(corpus.foldLists.map(\.name)).count == corpus.foldLists.count)
    for list in corpus.foldLists {
      let speakers = list.folds.flatMap(\.speakers)
      #expect(Set(speakers).count == speakers.count && list.folds.count >= 2)
      #expect(Set(speakers) == Set(corpus.usualFolds.folds.flatMap(\.speakers)))
      #expect(speakers.allSatisfy { corpus.sex(of: $0) != nil })
      #expect(corpus.folds(preferring: list.name) == list)
    }
    #expect(corpus.folds(preferring: "no such list") == corpus.usualFolds)
    #expect(corpus.usualFolds.fold(of: "nobody") == nil)
    for count in corpus.published.counts where !count.scope.folds.isEmpty {
      #expect(count.scope.folds.allSatisfy(corpus.usualFolds.folds.indices.map { $0 + 1 }.contains))
    }
  }

  @Test func `is found by its id, and another id is told what there is`() throws {
    let ids = CorpusDefinition.registered.map(\.id)
    #expect(ids.prefix(4) == ["iemocap", "msp-improv", "ravdess", "savee"])
    #expect(Set(ids).count == ids.count)
    let error = try #require(throws: CorpusError.self) {
      try CorpusDefinition.registered(as: "no-such")
    }
    #expect(
      "\(error)" == "no corpus is called \"no-such\", known are "
        + "\(ids.joined(separator: ", ")); write one of these")
  }

  @Test(
    arguments: [
      (CorpusDefinition.iemocap, ["Ses01F", "Ses05F"], ["Ses01M", "Ses03M"]),
      (.mspImprov, ["F01", "F06"], ["M01", "M06"]),
      (.ravdess, ["Actor_02", "Actor_24"], ["Actor_01", "Actor_23"]),
      (.savee, [], ["DC", "JE", "JK", "KL"]),
    ])
  func `tells the sex of speakers`(corpus: CorpusDefinition, women: [String], men: [String]) {
    #expect(women.allSatisfy { corpus.sex(of: $0) == .female })
    #expect(men.allSatisfy { corpus.sex(of: $0) == .male })
    let all = corpus.usualFolds.folds.flatMap(\.speakers)
    let halves = corpus == .savee ? 0 : all.count / 2
    #expect(all.count { corpus.sex(of: $0) == .female } == halves)
  }
}

@Suite struct `A corpus that is not registered` {
  @Test func `is read, listed, counted and audited`() throws {
    try withTemporaryFolder { root in
      for name in ["a1-joy", "a2-joy", "a1-rage", "b1-joy", "b2-rage", "b3-rage", "c1-joy", "note"]
      {
        try Data().write(to: URL(fileURLWithPath: "\(root)/\(name).wav"))
      }
      let corpus = try Corpus.read(diary, at: root)
      #expect(
        corpus.utterances.map(\.id) == [
          "a1-joy", "a1-rage", "a2-joy", "b1-joy", "b2-rage", "b3-rage", "c1-joy",
        ])
      #expect(corpus.csv.contains("\nb1-joy,joy,b,,2,\(root)/b1-joy.wav\n"))
      #expect(corpus.exclusions.map(\.subject) == ["note.wav"])
      #expect(corpus.speakers.map(\.name) == ["a", "b", "c"])
      #expect(corpus.speakers.map(\.sex) == [.female, nil, nil])
      #expect(corpus.isIncomplete == false && corpus.foldNames == ["first", "second", "third"])
      let inspection = CorpusInspection(corpus)
      #expect(inspection.table.hasPrefix("The diary at \(root)\n"))
      #expect(
        inspection.table.contains("\na (female)  ") && inspection.table.contains("\nb           "))
      #expect(inspection.folds.map(\.found) == [3, 3, 1])
      let audit = ProtocolAudit(corpus)
      #expect(audit.corpus == "diary" && audit.findings.last?.kind == .repeatedText)
      // No registered corpus has this name.
      #expect(throws: CorpusError.self) { try CorpusDefinition.registered(as: "diary") }
    }
  }

  @Test func `is divided by another of its lists`() throws {
    try withTemporaryFolder { root in
      for name in ["a1-joy", "b1-joy"] {
        try Data().write(to: URL(fileURLWithPath: "\(root)/\(name).wav"))
      }
      let folds = diary.folds(preferring: "reversed")
      let corpus = try Corpus.read(diary, at: root, folds: folds)
      #expect(corpus.utterances.map(\.fold) == [2, 1])
      #expect(try Corpus.read(diary, at: root).fingerprint != corpus.fingerprint)
    }
  }

  @Test func `has a SYNTHETIC marker that is its own`() throws {
    try withTemporaryFolder { root in
      try Data().write(to: URL(fileURLWithPath: "\(root)/a1-joy.wav"))
      let utterances = try Corpus.read(diary, at: root).utterances
      func mark(_ corpus: CorpusDefinition) throws {
        let marker = SyntheticMarker(corpus: corpus, program: "t", seed: 1, utterances: utterances)
        try canonicalJSON(marker).write(
          to: URL(fileURLWithPath: root + "/" + SyntheticMarker.fileName))
      }
      try mark(diary)
      #expect(try Corpus.read(diary, at: root).isSynthetic)
      try mark(.savee)
      let error = try #require(throws: CorpusError.self) { try Corpus.read(diary, at: root) }
      #expect("\(error)".contains("is the marker of SAVEE, not of The diary"))
    }
  }
}

/// A made-up corpus, whose file names hold speaker, number and label.
private let diary = CorpusDefinition(
  id: "diary", title: "The diary", classes: ["joy", "rage"],
  usualFolds: FoldList(
    name: "speaker",
    folds: [
      FoldList.Fold(name: "first", speakers: ["a"]), FoldList.Fold(name: "second", speakers: ["b"]),
      FoldList.Fold(name: "third", speakers: ["c"]),
    ]),
  otherFolds: [
    FoldList(
      name: "reversed",
      folds: [
        FoldList.Fold(name: "second", speakers: ["b"]),
        FoldList.Fold(name: "first", speakers: ["a"]),
      ])
  ],
  isOwnFile: { $0.stem.contains("-") },
  texts: { [SpokenText(kind: .sentence, key: String($0.dropFirst().prefix(1)))] },
  sex: { $0 == "a" ? .female : nil },
  reader: { index, folds in
    var findings = Findings()
    for file in index.files where file.isAudio {
      let parts = file.stem.split(separator: "-").map(String.init)
      let speaker = String(file.stem.prefix(1))
      guard parts.count == 2, let fold = folds.fold(of: speaker) else {
        findings.exclusions.append(Exclusion(subject: file.path, reason: .foreignName))
        continue
      }
      findings.utterances.append(
        Utterance(
          id: file.stem, label: parts[1], classIndex: parts[1] == "joy" ? 0 : 1, speaker: speaker,
          session: nil, fold: fold, path: index.root + "/" + file.path))
    }
    return findings
  })
