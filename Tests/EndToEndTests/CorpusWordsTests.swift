// Kind: end to end. Messages and exit codes for a corpus that deviates from expectations.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(30))) struct `An incomplete corpus` {
  private func object(_ text: String) throws -> NSDictionary {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
  }

  @Test(arguments: ["list", "inspect", "audit"])
  func `is said on standard error, and does not pass where it must not`(command: String) throws {
    let corpus = try "ravdess=" + tinyRAVDESS.get()
    let plain = try reprise("corpora", command, corpus)
    #expect(plain.code == 0 && plain.errorLines.count == 1)
    let said = "reprise: \(try tinyRAVDESS.get()): RAVDESS is INCOMPLETE"
    #expect(plain.standardError.hasPrefix(said))
    #expect(plain.standardError.contains("all: 48, published 1440"))
    #expect(!plain.standardOutput.contains("passed"))
    let strict = try reprise("corpora", command, corpus, "--strict")
    #expect(strict.code == 1)
    #expect(strict.standardOutput == plain.standardOutput)
    #expect(strict.standardError == plain.standardError)

    // A stand-in is complete by its own marker.
    let whole = try "ravdess=" + standIns.get() + "/ravdess"
    let passed = try reprise("corpora", command, whole, "--strict")
    #expect(passed.code == 0 && !passed.standardError.contains("INCOMPLETE"))
    let help = try reprise("corpora", command, "--help").standardOutput
    #expect(help.contains("--strict") && help.contains("INCOMPLETE"))
  }

  @Test func `is said in JSON`() throws {
    let paths = [(try tinyRAVDESS.get(), true), (try standIns.get() + "/ravdess", false)]
    for (path, isIncomplete) in paths {
      let corpus = "ravdess=" + path
      let list = try reprise("corpora", "list", corpus, "--format", "json")
      let rows = try #require(
        JSONSerialization.jsonObject(with: Data(list.standardOutput.utf8)) as? [NSDictionary])
      #expect(!rows.isEmpty && rows.allSatisfy { $0["is_incomplete"] as? Bool == isIncomplete })
      for command in ["inspect", "audit"] {
        let document = try object(reprise("corpora", command, corpus, "--json").standardOutput)
        #expect(document["is_incomplete"] as? Bool == isIncomplete)
      }
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A corpus that holds clips twice` {
  /// The tiny corpus, doubled like Kaggle's RAVDESS.
  private func doubled(in folder: String) throws -> String {
    let root = folder + "/corpus"
    try writeTinyRAVDESS(to: root)
    try writeTinyRAVDESS(to: root + "/audio_speech_actors_01-24")
    return root
  }

  @Test func `is said to do so once, and trains as the single one`() throws {
    try withFolder { folder in
      let root = try doubled(in: folder)
      let inspection = try reprise("corpora", "inspect", "ravdess=" + root)
      #expect(inspection.code == 0)
      #expect(
        inspection.standardOutput.contains("\ncopies: 48 clips occur twice with equal samples\n"))
      #expect(
        try reprise("corpora", "list", "ravdess=" + root).standardError
          .contains("48 ids have several files"))
      let file = try writeExperiment(in: folder, at: root, variants: "[{name: full}]")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      #expect(cells(of: folder + "/run").count == 2)
    }
  }

  @Test func `is refused before anything is trained where the sounds differ`() throws {
    try withFolder { folder in
      let root = try doubled(in: folder)
      let copy = root + "/audio_speech_actors_01-24/" + oneClip
      try write(WAV(sampleRate: 22_050, samples: tone(204, sampleRate: 22_050)).bytes, to: copy)
      let file = try writeExperiment(in: folder, at: root, variants: "[{name: full}]")
      for arguments in [
        ["corpora", "inspect", "ravdess=" + root], ["corpora", "audit", "ravdess=" + root],
        ["run", file, "--out", "run", "--plan"], ["run", file, "--out", "run", "--no-start"],
        ["run", file, "--out", "run", "--quiet"],
      ] {
        let output = try reprise(arguments, in: folder)
        #expect(output.code == 2 && output.standardOutput.isEmpty)
        let said = output.standardError
        #expect(said.contains("\(root): 1 clip of RAVDESS with different sound in several files:"))
        let pair = "audio_speech_actors_01-24/\(oneClip) differs from \(oneClip): 22050 Hz"
        #expect(said.contains(pair))
        #expect(said.contains("give one folder, ravdess=\(root)/audio_speech_actors_01-24"))
      }
      #expect(cells(of: folder + "/run").isEmpty)
      // The suggested folder is a valid argument.
      let half = "ravdess=\(root)/audio_speech_actors_01-24"
      #expect(try reprise("corpora", "inspect", half).code == 0)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `A file without permission` {
  /// Runs the program as a user without read permission for everything.
  private static func asNobody(_ arguments: String...) throws -> Output {
    guard geteuid() == 0 else { return try reprise(arguments) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    process.arguments =
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", try Executable.path()] + arguments
    let (out, err) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (out, err)
    try process.run()
    let said = out.fileHandleForReading.readDataToEndOfFile()
    let complained = err.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Output(
      code: process.terminationStatus, standardOutput: String(decoding: said, as: UTF8.self),
      standardError: String(decoding: complained, as: UTF8.self))
  }

  /// Whether that user may run the program at all.
  static let isPossible = (try? asNobody("--version"))?.code == 0

  @Test(.enabled(if: isPossible, "nobody else may run the program where it lies"))
  func `is named as such: a folder skipped, a clip and a label file not missing`() throws {
    try withFolder { folder in
      let root = folder + "/corpus"
      try copy(try standIns.get() + "/iemocap/IEMOCAP_full_release", to: root)
      func forbid(_ path: String, _ mode: mode_t = 0) { #expect(chmod(root + path, mode) == 0) }
      try FileManager.default.createDirectory(
        atPath: root + "/lost+found", withIntermediateDirectories: false)
      forbid("/lost+found")
      let all = try Self.asNobody("corpora", "inspect", "iemocap=" + root)
      #expect(all.code == 0)
      #expect(all.standardOutput.contains("1  cannot be read: Permission denied: lost+found\n"))

      let clips = "/Session1/sentences/wav/Ses01F_impro01"
      let clip = try #require(files(below: root + clips).first)
      forbid("\(clips)/\(clip)")
      let one = try Self.asNobody("corpora", "inspect", "iemocap=" + root)
      let words = "cannot be read: \(clips.dropFirst())/\(clip): Permission denied"
      #expect(one.code == 0 && one.standardOutput.contains(words))
      #expect(!one.standardOutput.contains("missing: "))
      #expect(one.standardError.contains("INCOMPLETE"))

      forbid(clips)
      let below = try Self.asNobody("corpora", "list", "iemocap=" + root, "--strict")
      #expect(below.code == 1)
      let cause = "left out, cannot be read: Permission denied: Session1/"
      #expect(below.standardError.contains(cause))
      #expect(below.standardError.contains("give yourself permission to read it"))
      forbid(clips, 0o755)

      let labels = "/Session1/dialog/EmoEvaluation/Ses01F_impro01.txt"
      forbid(labels)
      let refused = try Self.asNobody("corpora", "inspect", "iemocap=" + root)
      #expect(refused.code == 2)
      #expect(refused.standardError.contains("\(root)\(labels): cannot be read: Permission denied"))
      forbid("/lost+found", 0o755)
    }
  }
}
