// Kind: unit. Lists of other programs, in their forms, become manifests.
import Corpora
import Files
import Foundation
import TestSupport
import Testing

/// Imports files with the given contents.
private func imported(
  _ format: ManifestFormat, _ files: [(name: String, text: String)], label: String = "emotion",
  root: String? = nil
) throws -> String {
  try withTemporaryFolder { folder in
    let builder = LayoutBuilder(root: folder)
    for file in files { try builder.write(file.name, file.text) }
    return try importedManifest(
      format, files.map { folder + "/" + $0.name }, label: label, root: root)
  }
}

/// A line of EmoBox in its whole form.
private func line(_ id: String, _ emotion: String) -> String {
  """
  {"key": "emodb-\(id)", "dataset": "emodb", "wav": "downloads/emodb/wav/\(id).wav", \
  "type": "raw", "sample_rate": 16000, "num_frame": 33978.0, "task": "category", \
  "length": 2.123625, "emo": \
  "\(emotion)", "channel": 1}

  """
}

@Suite struct `A list of another program` {
  @Test func `of EmoBox gives the folds of its test lists`() throws {
    let (a, b) = (line("03a02Wb", "anger"), line("08b09Lc", "boredem"))
    let text = try imported(
      .emobox,
      [
        ("fold_1/emodb_train_fold_1.jsonl", b), ("fold_1/emodb_test_fold_1.jsonl", a),
        ("fold_2/emodb_train_fold_2.jsonl", a), ("fold_2/emodb_test_fold_2.jsonl", b),
      ])
    #expect(
      text == """
        id,path,label,fold
        emodb-08b09Lc,downloads/emodb/wav/08b09Lc.wav,boredem,2
        emodb-03a02Wb,downloads/emodb/wav/03a02Wb.wav,anger,1

        """)
  }

  @Test func `of EmoBox with one fold gives a fixed division`() throws {
    let text = try imported(
      .emobox,
      [
        ("x_train_fold_1.jsonl", line("1", "anger")), ("x_test_fold_1.jsonl", line("2", "fear")),
      ], root: "/data")
    #expect(
      text == """
        id,path,label,split
        emodb-1,/data/downloads/emodb/wav/1.wav,anger,train
        emodb-2,/data/downloads/emodb/wav/2.wav,fear,test

        """)
  }

  @Test func `of audformat joins tables and reads its times`() throws {
    let text = try imported(
      .audformat,
      [
        (
          "db.files.csv",
          "file,duration,speaker\nwav/a.wav,0 days 00:00:05,3\nwav/b.wav,0 days 00:00:02,8\n"
        ),
        (
          "db.emotion.csv",
          """
          file,start,end,emotion,emotion.confidence
          wav/a.wav,0 days,0 days 00:00:01.898250,happiness,0.9
          wav/a.wav,0 days 00:00:01.898250,0 days 00:01:02,anger,1
          wav/b.wav,0 days,,neutral,1

          """
        ),
      ])
    #expect(
      text == """
        path,label,speaker,start,end
        wav/a.wav,happiness,3,0,1.898250
        wav/a.wav,anger,3,1.898250,62
        wav/b.wav,neutral,8,,

        """)
  }

  @Test func `of nkululeko takes the parts from the files' names`() throws {
    let head = "file,emotion,speaker,gender,language\n"
    let text = try imported(
      .nkululeko,
      [
        ("emovo_train.csv", head + "EMOVO/f1/neu.wav,neutral,f1,female,italian\n"),
        ("emovo_test.csv", head + "EMOVO/m3/dis.wav,disgust,m3,male,italian\n"),
      ])
    #expect(
      text == """
        path,label,speaker,split,sex,language
        EMOVO/f1/neu.wav,neutral,f1,train,female,italian
        EMOVO/m3/dis.wav,disgust,m3,test,male,italian

        """)
    // One file has no parts.
    let whole = try imported(
      .nkululeko, [("emovo_test.csv", "file,mood\na.wav,calm\n")], label: "mood")
    #expect(whole == "path,label\na.wav,calm\n")
  }

  @Test(
    arguments: [
      (ManifestFormat.emobox, [("a.jsonl", "{\"key\": 1}\n")], "a.jsonl:1: expected JSON"),
      (
        .emobox,
        [
          ("a_train_fold_1.jsonl", line("1", "anger")), ("a_test_fold_2.jsonl", line("2", "fear")),
        ], "1 clips are in no test list, such as \"emodb-1\""
      ),
      (
        .emobox,
        [("a_train_fold_1.jsonl", line("1", "anger")), ("a_test_fold_1.jsonl", line("1", "fear"))],
        "a_test_fold_1.jsonl:1: \"emodb-1\" has another label"
      ),
      (
        .emobox,
        [
          ("a_train_fold_1.jsonl", line("1", "anger")), ("a_test_fold_1.jsonl", line("1", "anger")),
        ],
        "\"emodb-1\" is in split train already"
      ),
      (.audformat, [("a.csv", "file,speaker\na.wav,1\n")], "expected a column emotion in one of"),
      (.audformat, [("a.csv", "clip,emotion\na.wav,1\n")], "a.csv:1: expected a column file"),
      (
        .audformat, [("a.csv", "file,start,end,emotion\na.wav,1 day,,fear\n")],
        "a.csv:2: end: expected a time"
      ),
      (
        .audformat, [("a.csv", "file,start,end,emotion\na.wav,now,later,fear\n")],
        "a.csv:2: expected seconds"
      ),
      (.nkululeko, [("a.csv", "file,emotion\n,fear\n")], "a.csv:2: file: expected a value"),
      (
        .nkululeko, [("a.csv", "file,emotion\na.wav,fear\n"), ("b.csv", "file,emotion\n")],
        "a.csv: the name has none of train, dev and test"
      ),
    ] as [(ManifestFormat, [(String, String)], String)])
  func `with an error says where it is`(
    format: ManifestFormat, files: [(String, String)], message: String
  ) throws {
    let error = #expect(throws: (any Error).self) {
      _ = try imported(format, files.map { (name: $0.0, text: $0.1) })
    }
    #expect(error.map { "\($0)".contains(message) } == true, "\(error as Any)")
  }

  @Test func `becomes a corpus`() throws {
    try withTemporaryFolder { folder in
      let builder = LayoutBuilder(root: folder)
      for clip in ["a", "b"] { try builder.write("wav/\(clip).wav") }
      try builder.write(
        "list.csv",
        "file,start,end,emotion,speaker\nwav/a.wav,0 days,0 days 00:00:01,x,A\n"
          + "wav/b.wav,0 days,,y,B\n")
      try builder.write(
        "manifest.csv", try importedManifest(.audformat, [folder + "/list.csv"]))
      let read = try Corpus.read(named: "mine", at: folder, preferring: "emobox")
      #expect(read.utterances.map(\.id) == ["a_0-1", "b"])
      #expect(read.utterances[0].path == folder + "/wav/a.wav#t=0,1")
    }
  }
}
