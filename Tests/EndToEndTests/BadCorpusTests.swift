// Kind: end to end. A path without a corpus, with another corpus, or with a damaged label file.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A corpus path` {
  @Test func `may be missing, empty, a file, or left out`() throws {
    try withFolder { folder in
      try write("", to: folder + "/file")
      try FileManager.default.createDirectory(
        atPath: folder + "/empty", withIntermediateDirectories: false)
      for (path, complaint) in [
        ("nowhere", "the folder does not exist; give the path"),
        ("empty", "holds no files; unpack"),
        ("file", "is a file, not a folder; give the folder"),
      ] {
        for arguments in [
          ["corpora", "list", "ravdess=" + path], ["corpora", "inspect", "ravdess=" + path],
          ["run", "--corpus", "ravdess=" + path, "--quiet"],
        ] {
          expectRefusal(
            try reprise(arguments, in: folder), "\(folder)/\(path): ", complaint)
        }
      }
      let leftOut = try reprise("run", "--corpus", "ravdess=", in: folder)
      #expect(leftOut.code == 64)
      #expect(leftOut.standardError.contains("ravdess=: expected NAME=PATH, found no path"))
      #expect(!exists(folder + "/runs"))
    }
  }

  @Test(arguments: [("iemocap", "savee"), ("ravdess", "iemocap"), ("savee", "msp-improv")])
  func `may lead to another corpus`(_ named: String, _ there: String) throws {
    let path = try standIns.get() + "/" + there
    expectRefusal(
      try reprise("corpora", "list", "\(named)=\(path)"), path + ": looks like",
      "write \(there)=\(path) or give another folder")
  }

  @Test func `may hold too little, which is said and can be allowed`() throws {
    let path = try tinyRAVDESS.get()
    try withFolder { folder in
      let output = try reprise("run", "--corpus", "ravdess=" + path, "--quiet", in: folder)
      #expect(output.code == 2 && output.standardOutput.isEmpty)
      let first = try #require(output.errorLines.first)
      #expect(first.contains("\(path): RAVDESS is incomplete or has extra clips"))
      #expect(output.standardError.contains("all: 48, published 1440"))
      #expect(output.standardError.contains("continue with --allow-incomplete"))
      #expect(!exists(folder + "/runs"))
    }
  }

  @Test func `may leave a fold without utterances`() throws {
    try withFolder { folder in
      try writeTinyRAVDESS(to: folder + "/one", actors: [1, 11])
      let file = try writeExperiment(in: folder, at: folder + "/one")
      expectRefusal(
        try reprise("run", file, "--out", "run", "--folds", "1", "--quiet", in: folder),
        folder + "/one: fold 1 leaves no utterance to train on", "--folds")
      expectRefusal(
        try reprise("run", file, "--out", "run", "--folds", "2", "--quiet", in: folder),
        folder + "/one: fold 2 leaves no utterance to score", "--folds")
      #expect(!exists(folder + "/run"))
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A label file` {
  static let session = "/IEMOCAP_full_release/Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"

  /// Reads IEMOCAP's stand-in after a change to its first label file.
  private func listing(_ change: (inout Data) throws -> Void) throws -> (Output, file: String) {
    try withFolder { folder in
      try copy(try standIns.get() + "/iemocap", to: folder + "/iemocap")
      let file = folder + "/iemocap" + Self.session
      var content = try bytes(file)
      try change(&content)
      try write(content, to: file)
      return (try reprise("corpora", "list", "iemocap=\(folder)/iemocap"), file)
    }
  }

  /// Replaces the first `old` by `new`.
  private func replacing(_ old: String, _ new: String) -> (inout Data) throws -> Void {
    { content in
      let place = try #require(content.range(of: Data(old.utf8)))
      content.replaceSubrange(place, with: Data(new.utf8))
    }
  }

  @Test func `may be in Latin-1`() throws {
    let plain = try listing { _ in }.0
    let latin = try listing { $0 += [0x43, 0x2d, 0x45, 0x31, 0x3a, 0xe9, 0xfc, 0x0a] }.0
    #expect(plain.code == 0 && latin.code == 0)
    let lines = (
      plain.standardOutput.split(separator: "\n"), latin.standardOutput.split(separator: "\n")
    )
    #expect(lines.0.count > 100 && lines.0.count == lines.1.count)
  }

  @Test func `may have a broken line`() throws {
    let (output, file) = try listing(replacing("\texc\t", " exc "))
    expectRefusal(
      output, file + ":3: broken label line, expected [START - END]", "correct the line")
  }

  @Test func `may have an unknown label`() throws {
    let (output, file) = try listing(replacing("\texc\t", "\tqqq\t"))
    expectRefusal(output, file + ":3: unknown label \"qqq\", known are ang exc", "correct it")
  }

  @Test func `may be empty`() throws {
    let (output, file) = try listing { $0 = Data() }
    expectRefusal(output, file + ": holds no label", "copy it again")
  }

  @Test func `may be missing, its labels being in the names`() throws {
    try withFolder { folder in
      try copy(try tinyRAVDESS.get(), to: folder + "/r")
      let wrong = folder + "/r/Actor_01/03-01-09-01-01-01-01.wav"
      try FileManager.default.moveItem(
        atPath: folder + "/r/Actor_01/03-01-08-01-01-01-01.wav", toPath: wrong)
      expectRefusal(
        try reprise("corpora", "list", "ravdess=\(folder)/r"), wrong + ": unknown label \"09\"")
    }
  }
}
