// Kind: end to end. `reprise report`: all formats, single figures and tables, themes and papers.
import Foundation
import Testing

/// The message for a complete report.
func written(_ folder: String) -> String {
  ["report.pdf", "index.html", "figures", "tables", "summary.md", "contact-sheet.png"]
    .map { "\(folder)/\($0)\n" }.joined()
}

/// A run of two systems on two folds, made once.
private let tinyRun = Result<String, any Error> {
  let folder = scratch + "/report-run"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
  let output = try reprise("run", file, "--out", "run", "--quiet", in: folder)
  try #require(output.code == 0, "\(output.standardError)")
  return folder + "/run"
}

@Suite(.timeLimit(.minutes(30))) struct `reprise report` {
  /// Runs `body` on a copy of the run without its report.
  private func withRun(_ body: (String) throws -> Void) throws {
    let run = try tinyRun.get()
    try withFolder { folder in
      try copy(run, to: folder + "/run")
      try remove(folder + "/run/report")
      try body(folder + "/run")
    }
  }

  @Test func `shows attention and a mixture of real recordings, and says so where none are kept`()
    throws
  {
    try withRun { run in
      let path = run + "/examples/ravdess.json"
      let kept = try bytes(path)
      let figures = ["fig-attention", "fig-mixup"].joined(separator: ",")
      #expect(try reprise("report", run, "--only", figures, "--format", "svg").code == 0)
      #expect(
        files(below: run + "/report/figures/page") == [
          "ravdess-attention.svg", "ravdess-mixup.svg",
        ])
      let drawn = try text(run + "/report/figures/page/ravdess-attention.svg")
      #expect(drawn.contains("Fold 1, seed 1. The figure shows the most confident"))

      try remove(path)
      expectRefusal(try reprise("report", run, "--only", figures), "no figure or table is called")
      #expect(try reprise("report", run, "--format", "html").code == 0)
      let page = try text(run + "/report/index.html")
      #expect(page.contains("Attention and mixtures were not recorded in this run."))
      // Starting the run again recreates the same ones and trains nothing.
      let folder = (run as NSString).deletingLastPathComponent
      let file = try writeExperiment(in: folder, at: tinyRAVDESS.get())
      let again = try reprise("run", file, "--out", "run", in: folder)
      #expect(again.code == 0 && again.standardError.contains("4 of 4 cells already finished"))
      #expect(try bytes(path) == kept)
      // Other settings make another network. The old one's attention is neither shown nor kept.
      let text = try text(file)
      #expect(text.contains("epochs: 2"))
      try write(text.replacing("epochs: 2", with: "epochs: 1"), to: file)
      let other = try reprise("run", file, "--out", "run", "--quiet", in: folder)
      #expect(other.code == 0, "\(other.standardError)")
      let renewed = try bytes(path)
      #expect(renewed != kept)
      try kept.write(to: URL(fileURLWithPath: path))
      expectRefusal(try reprise("report", run, "--only", figures), "no figure or table is called")
      // The same applies to a damaged one: the report reports it, and a start recreates it.
      try write("{", to: path)
      expectRefusal(try reprise("report", run), "examples/ravdess.json")
      #expect(try reprise("run", file, "--out", "run", "--quiet", in: folder).code == 0)
      #expect(try bytes(path) == renewed)
    }
  }

  @Test func `draws nothing but what was asked for, in the forms that were asked for`() throws {
    try withRun { run in
      let output = try reprise(
        "report", run, "--only", "fig-tsne,tab-systems", "--format", "svg,latex", "--theme",
        "screen", "--paper", "letter")
      try #require(output.code == 0, "\(output.standardError)")
      #expect(output.standardOutput == "\(run)/report/figures\n\(run)/report/tables\n")
      #expect(
        files(below: run + "/report") == [
          "SHA256SUMS",
          "figures/column/ravdess-tsne.svg", "figures/page/ravdess-tsne.svg",
          "tables/ravdess-systems.tex",
        ])
    }
  }

  @Test func `leaves the rest of a report as it is when single figures are drawn`() throws {
    try withRun { run in
      #expect(try reprise("report", run).code == 0)
      let whole = try snapshot(run + "/report")
      try remove(run + "/report/figures/page/ravdess-recall.svg")
      #expect(try reprise("report", run, "--only", "fig-recall").code == 0)
      #expect(try snapshot(run + "/report") == whole)
    }
  }

  @Test func `takes the name of a single figure, and tells what there is for one that is not`()
    throws
  {
    try withRun { run in
      #expect(
        try reprise("report", run, "--only", "ravdess-confusion-1-full", "--format", "figure-pdf")
          .code == 0)
      #expect(
        files(below: run + "/report/figures").map { ($0 as NSString).lastPathComponent }
          == ["ravdess-confusion-1-full.pdf", "ravdess-confusion-1-full.pdf"])
      expectRefusal(
        try reprise("report", run, "--only", "fig-nothing"),
        "no figure or table is called “fig-nothing”", "fig-speakers, fig-tsne, ")
    }
  }

  @Test func `has a paper and a theme, which change the bytes and back`() throws {
    try withRun { run in
      func pdf(_ options: String...) throws -> Data {
        #expect(try reprise(["report", run, "--format", "pdf"] + options).code == 0)
        return try bytes(run + "/report/report.pdf")
      }
      let plain = try pdf()
      let letter = try pdf("--paper", "letter")
      let screen = try pdf("--theme", "screen")
      #expect(letter != plain && screen != plain && screen != letter)
      #expect(try pdf("--paper", "a4", "--theme", "print") == plain)
    }
  }

  @Test func `links the web page to the recordings that --audio gives, and to nothing without it`()
    throws
  {
    let corpus = try tinyRAVDESS.get()
    try withRun { run in
      func page(_ options: String...) throws -> String {
        let output = try reprise(
          ["report", "run", "--format", "html"] + options,
          in: (run as NSString).deletingLastPathComponent)
        #expect(output.code == 0, "\(output.standardError)")
        return try text(run + "/report/index.html")
      }
      let plain = try page()
      #expect(!plain.contains("recordings\">") && !plain.contains("file://"))
      let linked = try page("--audio", corpus)
      #expect(linked.contains("\"file://\(corpus)/Actor_"))
      #expect(try page("--audio", "ravdess=" + corpus) == linked)
      try FileManager.default.createSymbolicLink(
        atPath: (run as NSString).deletingLastPathComponent + "/sound",
        withDestinationPath: corpus)
      let relative = try page("--audio", "sound")
      #expect(relative.contains("\"../../sound/Actor_") && !relative.contains("file://"))
      #expect(try page() == plain)

      expectRefusal(
        try reprise("report", run, "--audio", run + "/nowhere"), "nowhere: is not a folder")
      expectRefusal(try reprise("report", run, "--audio", run), "is missing", corpus)
      for (options, hint) in [
        (["--audio", "savee=/x"], "the run has no such corpus; it has ravdess"),
        (["--audio", corpus, "--format", "pdf"], "add html to --format"),
        (["--audio", corpus, "--only", "fig-tsne"], "add html to --format"),
      ] {
        let output = try reprise(["report", run] + options)
        #expect(output.code == 64 && output.standardError.contains(hint), "\(output)")
      }
      #expect(try text(run + "/report/index.html") == plain)
    }
  }

  @Test func `refuses forms, themes and papers that do not exist`() throws {
    let run = try tinyRun.get()
    for (option, value, hint) in [
      ("--format", "docx", "expected one, more of pdf, html"),
      ("--theme", "dark", "print, screen"),
      ("--paper", "a5", "a4, letter"),
    ] {
      let output = try reprise("report", run, option, value)
      #expect(output.code == 64)
      // The list may have another form: 'print' or 'screen'.
      let words = output.standardError.replacing("'", with: "").replacing(" or ", with: ", ")
        .replacing(" and ", with: ", ")
      #expect(words.contains(hint), "\(output.standardError)")
    }
  }
}
