// Kind: end to end. Results depend on the sound. Other sound under the same names, or in another
// folder, is trained again or rejected with a message. The old number is never used for it.
import Foundation
import Testing

/// A finished run with its own copy of the corpus.
private func withRun(
  _ body: (_ place: String, _ experiment: String) throws -> Void
) throws {
  try withFolder { place in
    try writeTinyRAVDESS(to: place + "/corpus")
    let experiment = try writeExperiment(in: place, at: place + "/corpus")
    let run = try reprise("run", experiment, "--out", "run", "--quiet", in: place)
    #expect(run.code == 0, "\(run.standardError)")
    try body(place, experiment)
  }
}

/// Gives each clip of an actor the sound of the actor's next one. Names stay.
private func rotateSound(below corpus: String) throws {
  for actor in try FileManager.default.contentsOfDirectory(atPath: corpus).sorted() {
    let clips = files(below: corpus + "/" + actor).map { "\(corpus)/\(actor)/\($0)" }
    let sounds = try clips.map(bytes)
    for (index, clip) in clips.enumerated() {
      try write(sounds[(index + 1) % clips.count], to: clip)
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `Results` {
  @Test func `are refused for sound that was rotated within each speaker`() throws {
    try withRun { place, experiment in
      let before = try results(of: place + "/run")
      let clean = try reprise("fsck", "run", "--dry-run", in: place)
      #expect(clean.code == 0, "\(clean.standardOutput)")
      try rotateSound(below: place + "/corpus")
      for command in [["run", experiment, "--out", "run"], ["run", "run"]] {
        expectRefusal(
          try reprise(command + ["--quiet"], in: place), "the sound of 48 clips of RAVDESS",
          "its 4 finished cells are not valid for this sound", "--retrain")
      }
      expectRefusal(
        try reprise("replay", "run", "ravdess", "full", "1", "1", "--quiet", in: place),
        "the sound of 48 clips of RAVDESS is not the sound that run used")
      let fsck = try reprise("fsck", "run", "--dry-run", in: place)
      #expect(fsck.code == 1 && fsck.standardOutput.contains("the sound of 48 clips at"))
      #expect(try results(of: place + "/run") == before)

      let trained = try reprise(
        "run", experiment, "--out", "run", "--retrain", "--quiet", in: place)
      #expect(trained.code == 0, "\(trained.standardError)")
      let after = try results(of: place + "/run")
      #expect(after.count == 2 * before.count)
      #expect(before.allSatisfy { after[$0.key] == $0.value })
      // Trained on it, a separate run gives the same bytes.
      let own = try reprise("run", experiment, "--out", "own", "--quiet", in: place)
      #expect(own.code == 0, "\(own.standardError)")
      #expect(try results(of: place + "/own").allSatisfy { after[$0.key] == $0.value })
      let difference = try reprise("diff", "run", "own", in: place)
      #expect(difference.standardOutput.contains("no difference"))
    }
  }

  @Test func `are refused for a single clip that was replaced, also with its size and times`()
    throws
  {
    try withRun { place, experiment in
      let clip = place + "/corpus/" + oneClip
      let attributes = try FileManager.default.attributesOfItem(atPath: clip)
      var samples = try bytes(clip)
      samples[samples.count - 1] ^= 1
      try write(samples, to: clip)
      let date = try #require(attributes[.modificationDate] as? Date)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: clip)
      for flags in [[], ["--rehash"]] {
        expectRefusal(
          try reprise(["run", experiment, "--out", "run", "--quiet"] + flags, in: place),
          "the sound of 1 clips of RAVDESS", "03-01-05-01-01-01-04")
      }
    }
  }

  @Test func `are those of the sound, not of the folder`() throws {
    try withRun { place, experiment in
      // The same sound in another place and file format: nothing is trained again.
      try copy(place + "/corpus", to: place + "/moved")
      let moved = try reprise(
        "run", experiment, "--out", "run", "--corpus", "ravdess=moved", in: place)
      #expect(moved.code == 0 && moved.standardError.contains("4 of 4 cells already finished"))
      #expect(
        !moved.standardError.contains(": finished (")
      )

      try rotateSound(below: place + "/moved")
      expectRefusal(
        try reprise(
          "run", experiment, "--out", "run", "--corpus", "ravdess=moved", "--quiet", in: place),
        "/moved: the sound of 48 clips")

      let other = try reprise(
        "run", experiment, "--out", "other", "--corpus", "ravdess=moved", "--quiet", in: place)
      #expect(other.code == 0, "\(other.standardError)")
      let difference = try reprise("diff", "run", "other", in: place)
      #expect(
        difference.standardOutput.contains(#/sound +ravdess: sha256 [0-9a-f]{16} → sha256/#))
      let provenance = try text(place + "/other/provenance.json")
      #expect(provenance.contains("\"sound\" : \""))
    }
  }

  @Test func `keep apart from cells of other sound that were slipped into the folder`() throws {
    try withRun { place, experiment in
      try copy(place + "/corpus", to: place + "/moved")
      try rotateSound(below: place + "/moved")
      let other = try reprise(
        "run", experiment, "--out", "other", "--corpus", "ravdess=moved", "--quiet", in: place)
      #expect(other.code == 0, "\(other.standardError)")
      // One run's corpus record and table over the cells of the other.
      for name in ["run.json", "corpora/ravdess.json"] {
        try remove("\(place)/run/\(name)")
        try copy("\(place)/other/\(name)", to: "\(place)/run/\(name)")
      }
      let status = try reprise("status", "run", in: place)
      #expect(status.standardOutput.contains("0 finished"), "\(status.standardOutput)")
    }
  }
}

@Suite(.timeLimit(.minutes(30))) struct `The SYNTHETIC mark of a run` {
  /// An experiment of one tiny variant on SAVEE.
  private func experiment(in folder: String, at path: String) throws -> String {
    try writeExperiment(in: folder, corpus: "savee", at: path, variants: "[{name: full}]")
  }

  @Test func `stays through a link to the corpus`() throws {
    try withFolder { place in
      let savee = try standIns.get() + "/savee"
      try FileManager.default.createSymbolicLink(
        atPath: place + "/linked", withDestinationPath: savee)
      let file = try experiment(in: place, at: place + "/linked")
      let run = try reprise("run", file, "--out", "run", in: place)
      #expect(run.code == 0 && run.standardOutput.contains("SYNTHETIC"), "\(run)")
      #expect(try text(place + "/run/corpora/savee.json").contains("\"synthetic\" : {"))
      let compared = try reprise("explain", "run", "savee full ua", in: place)
      #expect(compared.standardOutput.contains("SYNTHETIC"))
    }
  }

  @Test func `is in each clip, which is refused without its marker`() throws {
    try withFolder { place in
      try copy(try standIns.get() + "/savee", to: place + "/copied")
      try remove(place + "/copied/SYNTHETIC.json")
      let file = try experiment(in: place, at: place + "/copied")
      expectRefusal(
        try reprise("run", file, "--out", "run", "--quiet", in: place),
        "say that they are SYNTHETIC",
        "no SYNTHETIC.json stands above them")
      #expect(!exists(place + "/run/run.json"))
    }
  }
}
