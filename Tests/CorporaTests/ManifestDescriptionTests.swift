// Kind: unit. The file `corpus.yaml` beside a manifest: classes, labels, folds, expected counts.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

/// Six speakers in three sessions, with two clips each, and a fixed division.
private let rows = """
  path,label,speaker,session,split
  1.wav,joy,A,1,train
  2.wav,ang,A,1,train
  3.wav,joy,B,1,train
  4.wav,exc,B,1,train
  5.wav,joy,C,2,dev
  6.wav,ang,C,2,dev
  7.wav,exc,D,2,dev
  8.wav,ang,D,2,dev
  9.wav,joy,E,10,test
  10.wav,ang,E,10,test
  11.wav,joy,F,10,test
  12.wav,xxx,F,10,test

  """

/// Reads the corpus with a description.
private func corpus(_ description: String, rows: String = rows) throws -> Corpus {
  try withTemporaryFolder { root in
    let folder = LayoutBuilder(root: root)
    for clip in 1...12 { try folder.write("\(clip).wav") }
    try folder.write("manifest.csv", rows)
    try folder.write("corpus.yaml", description)
    return try Corpus.read(named: "mine", at: root, preferring: "emobox")
  }
}

@Suite struct `The description beside a manifest` {
  @Test func `gives title, licence, classes in their order, and labels that are left out`() throws {
    let read = try corpus(
      """
      title: My corpus, a part
      licence: CC BY 4.0
      citation: "Me: My corpus. 2026."
      classes: [joy, ang]
      labels: {exc: joy, xxx: skip}

      """)
    #expect(read.title == "My corpus, a part" && read.id == "mine")
    #expect(read.classes == ["joy", "ang"])
    #expect(read.utterances.count == 11)
    #expect(read.utterances.first { $0.id == "4" }?.label == "joy")
    #expect(read.exclusions.map(\.subject) == ["12"])
    #expect(
      read.manifest?.about == ["licence: CC BY 4.0", "citation: Me: My corpus. 2026."])
    // Negative control.
    #expect(try corpus("").classes == ["ang", "exc", "joy", "xxx"])
  }

  @Test(arguments: [
    ("folds: {speakers: 3}", "speaker-groups-3", 3),
    ("folds: {clips: 4}", "stratified-4", 4),
    ("folds: leave-one-speaker-out", "leave-one-speaker-out", 6),
    ("folds: leave-one-session-out", "leave-one-session-out", 3),
    ("folds: train/dev/test", "split", 3),
    ("folds: {first: [A, B], second: [C, D, E, F]}", "list", 2),
    ("", "split", 3),
  ])
  func `chooses the folds`(description: String, name: String, count: Int) throws {
    let read = try corpus(description)
    #expect(read.foldList.name == name)
    #expect(read.foldNames.count == count)
    #expect(Set(read.utterances.map(\.fold)) == Set(1...count))
  }

  @Test func `orders sessions by number`() throws {
    let read = try corpus("folds: leave-one-session-out")
    #expect(read.foldNames == ["1", "2", "10"])
    #expect(read.utterances.first { $0.id == "9" }?.fold == 3)
  }

  @Test func `makes the test part fold 1, and no other part is tested`() throws {
    let read = try corpus("folds: train/dev/test")
    #expect(read.foldNames == ["test", "dev", "train"] && read.foldList.isSplit)
    let roles = FoldRoles.all(of: read)
    #expect(roles.map(\.fold) == [1])
    let ids = read.utterances.map(\.id)
    #expect(Set(roles[0].test.map { ids[$0] }) == ["9", "10", "11", "12"])
    #expect(Set(roles[0].validation.map { ids[$0] }) == ["5", "6", "7", "8"])
    // Negative control: other folds are all tested.
    #expect(FoldRoles.all(of: try corpus("folds: {speakers: 3}")).count == 3)
  }

  @Test func `gives counts, without which nothing is incomplete`() throws {
    let good = "expected: {clips: 12, classes: {joy: 5}, speakers: {A: 2}}"
    #expect(try !corpus(good).isIncomplete)
    #expect(try corpus(good).check.summary == "the counts are the expected ones")
    let wrong = try corpus("expected: {clips: 13, speakers: {A: 2}}")
    #expect(wrong.isIncomplete)
    #expect(wrong.check.lines == ["all: 12, expected 13"])
    #expect(try corpus("").check.summary == "no expected counts are known")
  }

  @Test(arguments: [
    ("tittle: x", "corpus.yaml:1: unknown key \"tittle\""),
    ("title: [x]", "title: expected a text of one line"),
    ("classes: [joy, joy]", "classes: expected each name once"),
    ("classes: joy", "classes: expected a list of names"),
    ("classes: [joy, ang]", "manifest.csv:5: label: \"exc\" is not one of the classes"),
    ("classes: [joy, ang, exc, xxx, sad]", "no clip is of the class \"sad\""),
    ("folds: everything", "folds: expected leave-one-speaker-out"),
    ("folds: column", "folds: needs the column fold"),
    ("folds: {speakers: 7}", "expected at most 6 for as many speakers, found 7"),
    ("folds: {speakers: 99999999999999999999}", "folds.speakers: expected a whole number"),
    ("folds: {clips: 13}", "expected at most 12 for as many clips"),
    ("folds: {first: [A, B], second: [C, D, E]}", "\"F\" is in no fold"),
    ("folds: {first: [A, B], second: [A, C, D, E, F]}", "\"A\" is in two folds"),
    ("folds: {a: [A, B, C, D, E, F], b: [G]}", "no clip is of a speaker of \"b\""),
    ("labels: {joy: skip, ang: skip, exc: skip}", "expected 2 to 1000 different labels, found 1"),
    ("expected: {clips: many}", "expected.clips: expected a whole number"),
    ("expected: {utterances: 3}", "expected: unknown key \"utterances\""),
    ("classes: [joy", "corpus.yaml:"),
  ])
  func `with an error says where it is`(description: String, message: String) throws {
    let error = #expect(throws: (any Error).self) { _ = try corpus(description) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(error as Any)")
  }

  @Test func `cannot make a split without a test part`() throws {
    let error = #expect(throws: ManifestError.self) {
      _ = try corpus("", rows: rows.replacing(",test", with: ",dev"))
    }
    #expect(error.map { "\($0)".contains("split: no clip is in test") } == true)
    let unknown = #expect(throws: ManifestError.self) {
      _ = try corpus("", rows: rows.replacing(",test", with: ",later"))
    }
    #expect(unknown.map { "\($0)".contains(":10: split: expected train, dev or test") } == true)
  }
}
