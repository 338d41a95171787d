// Kind: end to end. Runs and baselines that were changed afterwards, with matching checksums: no
// command accepts them.
import Foundation
import Randomness
import Testing

/// A copy of the recorded run to forge, with its baseline.
private func withForgedRun(
  _ forge: (_ cells: [String]) throws -> Void, _ check: (_ place: String) throws -> Void
) throws {
  let folder = try recorded.get()
  try withFolder { place in
    for name in ["run", "tiny.json", "tiny.ravdess.full.csv"] {
      try copy(folder + "/" + name, to: place + "/" + name)
    }
    try forge(cells(of: place + "/run"))
    try check(place)
  }
}

/// Changes the lines of a cell's file and updates the checksums.
private func change(
  _ name: String = "predictions.csv", of cell: String, _ change: ([String]) -> [String]
) throws {
  let old = try text(cell + "/" + name)
  let new = change(old.split(separator: "\n").map(String.init)).joined(separator: "\n") + "\n"
  let done = unsealed(try text(cell + "/done.json"))
  try write(new, to: cell + "/" + name)
  try write(done.replacing(sha256(old), with: sha256(new)), to: cell + "/done.json")
}

private func sha256(_ text: String) throws -> String {
  let file = scratch + "/\(UUID().uuidString)"
  try write(text, to: file)
  defer { try? remove(file) }
  return String(try #require(program("sha256sum", file)).standardOutput.prefix(64))
}

@Suite(.timeLimit(.minutes(30))) struct `A run that scored something else` {
  struct Forgery: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let complaint: String
    let change: @Sendable ([String]) -> [String]
  }

  /// The fields of a row.
  private static func fields(_ row: String) -> [String] {
    row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: [
    Forgery(
      testDescription: "the truth is what was predicted", complaint: "another class than the corpus"
    ) { lines in
      lines.enumerated().map { index, line in
        var row = fields(line)
        if index > 0 { row[3] = row[4] }
        return row.joined(separator: ",")
      }
    },
    Forgery(testDescription: "wrong ones are left out", complaint: "are missing") { lines in
      lines.enumerated().filter { index, line in
        index == 0 || fields(line)[3] == fields(line)[4]
      }.map(\.element)
    },
    Forgery(testDescription: "ids of no corpus", complaint: "ids are not in RAVDESS") { lines in
      lines.map { $0.replacing(#/^03-/#, with: "93-") }
    },
    Forgery(
      testDescription: "the right class is the predicted one",
      complaint: "has not the greatest probability"
    ) { lines in
      lines.enumerated().map { index, line in
        var row = fields(line)
        if index > 0 { row[4] = row[3] }
        return row.joined(separator: ",")
      }
    },
  ]) func `is incomparable for every command, whatever its checksums say`(_ forgery: Forgery) throws
  {
    try withForgedRun { cells in
      for cell in cells { try change(of: cell, forgery.change) }
    } _: { place in
      let check = try reprise(
        "check", "run", "--baseline", "tiny.json", "--junit", "g.xml", "--history", "h.jsonl",
        in: place)
      #expect(check.code == 5 && check.standardOutput.contains(forgery.complaint))
      #expect(try text(place + "/g.xml").contains("<error type=\"incomparable\""))
      #expect(!exists(place + "/h.jsonl"))
      for command in [
        ["compare", "run", "--baseline", "tiny.json"], ["explain", "run", "ravdess full ua"],
        ["claims", "run"], ["diff", "run", "run"], ["report", "run"],
        ["baseline", "record", "run", "--name", "x", "--to", "x.json"],
      ] {
        expectRefusal(try reprise(command, in: place), code: 5, forgery.complaint, "start the run")
      }
      #expect(!exists(place + "/x.json"))
    }
  }

  @Test func `is known by the record of its corpus and of its cells, whatever their checksums say`()
    throws
  {
    // The corpus record contradicts its own fingerprints.
    for (old, new) in [
      ("\"label\" : \"calm\"", "\"label\" : \"sad\""),
      ("\"speaker\" : \"Actor_04\"", "\"speaker\" : \"Actor_10\""),
      ("\"sound\" : \"a", "\"sound\" : \"b"),
    ] {
      try withForgedRun { cells in
        let path =
          (try #require(cells.first) as NSString).deletingLastPathComponent
          + "/../corpora/ravdess.json"
        let record = unsealed(try text(path))
        #expect(record.contains(old))
        try write(record.replacing(old, with: new), to: path)
      } _: { place in
        for command in [
          ["check", "run", "--baseline", "tiny.json"], ["explain", "run", "ravdess full ua"],
        ] {
          expectRefusal(
            try reprise(command, in: place), "corpora/ravdess.json", "does not match the utterances"
          )
        }
      }
    }
    // A cell claims other settings or other data.
    for (old, new, complaint) in [
      ("\"epochs\" : 2", "\"epochs\" : 3", "has other settings than its variant"),
      ("\"sound\" : \"", "\"sound\" : \"0", "was trained on other sound"),
      ("\"corpus_fingerprint\" : \"", "\"corpus_fingerprint\" : \"0", "belongs to another RAVDESS"),
      ("\"fold\" : 2", "\"fold\" : 3", "belongs to another fold"),
      (
        "\"fold_list\" : \"emobox\"", "\"fold_list\" : \"other\"",
        "does not match its address"
      ),
    ] {
      try withForgedRun { cells in
        let cell = try #require(cells.first { $0.contains("fold2-seed1") })
        try change("configuration.json", of: cell) { $0.map { $0.replacing(old, with: new) } }
      } _: { place in
        let check = try reprise("check", "run", "--baseline", "tiny.json", in: place)
        #expect(
          check.code == 5 && check.standardOutput.contains(complaint), "\(check.standardOutput)")
        expectRefusal(try reprise("report", "run", in: place), code: 5, complaint)
      }
    }
  }

  @Test func `has seeds that are trainings of their own`() throws {
    try withForgedRun { cells in
      let (first, second) = (
        try #require(cells.first { $0.contains("fold2-seed1") }),
        try #require(cells.first { $0.contains("fold2-seed3") })
      )
      // The same values in another spelling and order.
      let rows = try text(first + "/predictions.csv").split(separator: "\n").map(String.init)
      let watched = try text(first + "/trajectory.jsonl").split(separator: "\n")
      try change("trajectory.jsonl", of: second) { _ in watched.map(String.init) }
      try change(of: second) { _ in
        [rows[0]]
          + rows.dropFirst().reversed().map { row in
            var fields = Self.fields(row)
            fields[5] = "0" + fields[5]
            return fields.joined(separator: ",")
          }
      }
    } _: { place in
      let check = try reprise("check", "run", "--baseline", "tiny.json", in: place)
      #expect(check.code == 5)
      #expect(check.standardOutput.contains("one is a copy of the other"))
      for name in ["fold2-seed1", "fold2-seed3"] { #expect(check.standardOutput.contains(name)) }
    }
  }

  @Test func `never ends a command by a signal, whatever number or name is in a file`() throws {
    let numbers = ["0", "-1", "9223372036854775807", "1e308", "0.5", "\"\"", "[]", "null"]
    let texts = ["", "-1", "9223372036854775807", "1e308", "nan", "x\u{1}y", "../x", "test"]
    for index in 0..<24 {
      try withForgedRun { _ in
      } _: { place in
        var random = RandomStream(seed: 21).split("\(index)")
        let cell = try #require(cells(of: place + "/run").first)
        switch index % 4 {
        case 0:
          let json = unsealed(try text(place + "/tiny.json"))
          let tokens = json.ranges(of: #/: -?[0-9][0-9.e+-]*/#)
          let token = tokens[random.integer(below: tokens.count)]
          try write(
            json.replacingCharacters(in: token, with: ": " + numbers[index / 4 % numbers.count]),
            to: place + "/tiny.json")
        case 1:
          try change("trajectory.jsonl", of: cell) {
            $0.map { $0.replacing("[", with: "[" + numbers[index / 4] + ",", maxReplacements: 2) }
          }
        case 2:
          try change("epochs.jsonl", of: cell) {
            $0.map {
              $0.replacing(#/:[0-9.e-]+/#, with: ":" + numbers[index / 4], maxReplacements: 3)
            }
          }
        default:
          try change(of: cell) { lines in
            lines.enumerated().map { row, line in
              var fields = Self.fields(line)
              if row == 1 + index / 4 { fields[random.integer(below: 7)] = texts[index / 4] }
              return fields.joined(separator: ",")
            }
          }
        }
        for command in [
          ["check", "run", "--baseline", "tiny.json"], ["explain", "run", "ravdess full ua"],
          ["baseline", "lint", place, "--readme", "none"],
          ["compare", "run", "--baseline", "tiny.json"],
        ] {
          let output = try reprise(command, in: place)
          #expect(
            [0, 1, 2, 3, 4, 5, 6].contains(output.code), "\(index) \(command): \(output.code)")
          #expect(!output.standardError.contains("DecodingError"), "\(output.standardError)")
        }
      }
    }
  }

  @Test func `is seen where nothing but the recorded utterances differ`() throws {
    try withForgedRun { _ in
    } _: { place in
      let whole = try reprise("check", "run", "--baseline", "tiny.json", in: place)
      #expect(whole.code == 0)
      #expect(whole.standardOutput.contains("the same on both sides (96 were held to each other)"))
      // Another speaker for one utterance, with the file's hash and the baseline's checksum
      // updated.
      let old = try text(place + "/tiny.ravdess.full.csv")
      let new = old.replacing(",Actor_04,", with: ",Actor_10,", maxReplacements: 1)
      #expect(new != old)
      try write(new, to: place + "/tiny.ravdess.full.csv")
      let json = unsealed(try text(place + "/tiny.json"))
      try write(json.replacing(sha256(old), with: sha256(new)), to: place + "/tiny.json")
      let forged = try reprise("check", "run", "--baseline", "tiny.json", in: place)
      #expect(forged.code == 5 && forged.standardOutput.contains("other speakers"))
      #expect(
        try reprise("baseline", "lint", place).standardOutput.contains("the recorded fingerprint"))
    }
  }
}
