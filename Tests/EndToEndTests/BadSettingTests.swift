// Kind: end to end. Invalid settings in the file and on the command line. The exit code is 2 for a
// wrong value, and 64 for options that cannot be parsed. Nothing is written in either case.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `A wrong setting` {
  struct Case: Sendable, CustomTestStringConvertible {
    let yaml: String
    let complaint: String
    var testDescription: String { yaml }
  }

  @Test(arguments: [
    Case(yaml: "trainin: {epochs: 2}", complaint: "unknown key trainin; did you mean training?"),
    Case(
      yaml: "training: {epoch: 2}",
      complaint: "unknown key training.epoch; did you mean training.epochs?"),
    Case(yaml: "zzzzzzzz: 3", complaint: "unknown key zzzzzzzz; expected one of name, profile"),
    Case(
      yaml: "training: {epochs: two}",
      complaint: "training.epochs: expected a whole number, found two"),
    Case(
      yaml: "training: {epochs: -1}", complaint: "training.epochs: expected 1 to 100000, found -1"),
    Case(yaml: "seeds: 1", complaint: "seeds: expected a list of whole numbers"),
    Case(yaml: "seeds: [-1]", complaint: "seeds: expected whole numbers of at least 0, found -1"),
    Case(
      yaml: "seeds: [99999999999999999999]",
      complaint: "seeds: expected a whole number, found 99999999999999999999"),
    Case(yaml: "folds: [0]", complaint: "expected folds from 1 to 5 for iemocap, found 0"),
    Case(yaml: "corpora: [ravdes]", complaint: "unknown corpus ravdes; did you mean ravdess?"),
    Case(yaml: "seeds: [1, 1]", complaint: "seed 1 occurs twice; remove or rename one"),
    Case(yaml: "name: ../away", complaint: "name: expected a name of letters"),
    Case(yaml: "seeds: [1", complaint: "is not YAML"),
  ]) func `in a file names the file, the line and the key`(_ wrong: Case) throws {
    try withFolder { folder in
      try write("# a remark\n" + wrong.yaml + "\n", to: folder + "/wrong.yaml")
      let output = try reprise("run", "wrong.yaml", in: folder)
      let line = wrong.yaml == "seeds: [1" ? 3 : 2
      expectRefusal(output, "reprise: wrong.yaml:\(line): " + wrong.complaint)
      #expect(files(below: folder) == ["wrong.yaml"])
    }
  }

  @Test func `file may be missing, a folder, or not text`() throws {
    try withFolder { folder in
      try write(Data([0xff, 0xfe, 0x00]), to: folder + "/bytes.yaml")
      expectRefusal(
        try reprise("run", "no.yaml", in: folder), "no.yaml: cannot be read: No such file",
        "check the path")
      expectRefusal(
        try reprise("run", ".", in: folder),
        "cannot be read: it is a folder, expected a regular file")
      expectRefusal(
        try reprise("run", "bytes.yaml", in: folder), "bytes.yaml: is not UTF-8", "save it")
      #expect(files(below: folder) == ["bytes.yaml"])
    }
  }

  @Test(arguments: [
    (["--seeds=-1"], "--seeds: seeds: expected whole numbers of at least 0, found -1"),
    (["--seeds", "2,2"], "--seeds: seed 2 occurs twice"),
    (["--folds", "7"], "--folds: expected folds from 1 to 6 for ravdess, found 7"),
    (["--folds", "0"], "--folds: expected folds from 1 to 6 for ravdess, found 0"),
    (["--corpus", "ravdes=/tmp"], "--corpus: unknown corpus ravdes; did you mean ravdess?"),
  ]) func `on the command line names the option`(_ more: [String], _ complaint: String) throws {
    try withFolder { folder in
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
      expectRefusal(try reprise(["run", file, "--out", "run"] + more, in: folder), complaint)
      #expect(!exists(folder + "/run"))
    }
  }

  @Test(arguments: [
    (["run", "--frobnicate"], "Unknown option '--frobnicate'"),
    (["frobnicate"], "Unexpected argument 'frobnicate'"),
    (["run", "--jobs=-1"], "--jobs -1: expected 1 to 1024"),
    (["run", "--jobs", "0"], "--jobs 0: expected 1 to 1024"),
    (["run", "--jobs", "9223372036854775807"], "expected 1 to 1024"),
    (["run", "--jobs", "two"], "'two' is invalid for '--jobs"),
    (["run", "--seeds", "1,x"], "'1,x' is invalid for '--seeds"),
    (["run", "--profile", "huge"], "'quick', 'standard' or 'paper'"),
    (["run", "--corpus", "ravdess"], "ravdess: expected NAME=PATH"),
    (["corpora", "list", "ravdes=."], "Names: iemocap, msp-improv, ravdess, savee"),
    (["corpora", "list", "ravdess=.", "--format", "xml"], "'csv' and 'json'"),
    (["report"], "Missing expected argument '<run>'"),
  ]) func `of usage ends with 64`(_ arguments: [String], _ complaint: String) throws {
    try withFolder { folder in
      let output = try reprise(arguments, in: folder)
      #expect(output.code == 64 && output.standardOutput.isEmpty)
      #expect(output.standardError.contains(complaint), "\(output.standardError)")
      #expect(output.standardError.contains("Usage: reprise"))
      #expect(files(below: folder).isEmpty)
    }
  }
}
