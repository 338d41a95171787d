// `reprise report`: draws the report of a run, or some of its figures and tables.
import ArgumentParser
import Experiments
import Foundation
import ReportAssembly
import Reporting
import Runs

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draw a run's report again, or only some figures and tables.",
    discussion: help(
      """
      Trains nothing. Writes into RUN/report: report.pdf, index.html, figures (SVG and PDF, in the \
      width of a column and of a page), tables (LaTeX, CSV, Markdown) and contact-sheet.png. The \
      same results and fonts give the same bytes.

      --only takes kinds, such as fig-tsne, or names, such as ravdess-confusion-1-full. It leaves \
      all other files as they are. An unknown name lists the known ones. To get a PDF or HTML page \
      of these figures alone, add --format; it replaces the whole one.

      --audio lets index.html play the recordings: click a point of a map or the id of an \
      utterance. Nothing is copied. The page then contains paths of this machine; draw it again \
      without --audio before you share it. An absolute folder gives file: links, a relative one \
      relative links. With several corpora, give CORPUS=FOLDER for each.
      """,
      examples: [
        "Draw the whole report again.":
          "reprise report runs/reproduce",
        "Draw the t-SNE maps for dark slides.":
          "reprise report runs/reproduce --only fig-tsne --theme screen",
        "Write the LaTeX table of the intervals.":
          "reprise report runs/reproduce --only tab-intervals --format latex",
        "Listen to utterances from the web page.":
          "reprise report runs/reproduce --format html --audio /data/ravdess",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Option(
    help: ArgumentHelp(
      "Only these figures and tables, with commas between them.", valueName: "names"))
  var only: String?
  @Option(
    help: ArgumentHelp(
      "Only these forms: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ",")).",
      valueName: "forms"))
  var format: String?
  @Option(help: "Dark on white, or light on dark.")
  var theme: Theme = .print
  @Option(help: "The size of the paper.")
  var paper: Paper = .a4

  @Option(
    help: ArgumentHelp(
      "The recordings that index.html plays; it then contains local paths. Repeatable.",
      valueName: "folder|corpus=folder"))
  var audio: [String] = []

  private func parts(_ list: String?) -> [String] {
    (list ?? "").split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
  }

  private func formats() throws -> [ReportFormat] {
    try parts(format).map { name in
      guard let format = ReportFormat(rawValue: name) else {
        let known = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--format \(name): expected one or more of \(known)")
      }
      return format
    }
  }

  func validate() throws {
    let formats = try formats()
    guard audio.isEmpty || formats.contains(.html) || (formats.isEmpty && only == nil) else {
      throw ValidationError(
        "--audio is for index.html, which is not drawn here: add html to --format")
    }
  }

  /// The folders of recordings by corpus.
  private func audioFolders(_ run: RecordedRun) throws -> [AudioFolder] {
    let known = run.corpora.map(\.corpus)
    return try audio.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let isNamed = parts.count == 2 && !parts[0].contains("/")
      if isNamed, !known.contains(String(parts[0])) {
        throw ValidationError(
          "--audio \(parts[0])=…: the run has no such corpus; it has "
            + known.joined(separator: ", "))
      }
      guard isNamed || known.count == 1, let first = known.first else {
        throw ValidationError(
          "--audio \(text): the run has several corpora: expected CORPUS=FOLDER with one of "
            + known.joined(separator: ", "))
      }
      let path = isNamed ? String(parts[1]) : text
      guard !path.isEmpty else {
        throw ValidationError("--audio \(text): expected FOLDER or CORPUS=FOLDER")
      }
      return AudioFolder(
        corpus: isNamed ? String(parts[0]) : first, path: absolutePath(path),
        isRelative: !path.hasPrefix("/"))
    }
  }

  func run() throws {
    let formats = try formats()
    let only = parts(only)
    let usual = only.isEmpty ? ReportFormat.allCases : ReportFormat.ofParts
    let run = try openRun(folder)
    let options = ReportOptions(
      formats: formats.isEmpty ? usual : formats, paper: paper, theme: theme, only: only,
      audio: try audioFolders(run))
    // Runs of old versions keep no reference results.
    let results = try run.results()
    let references =
      try RunReferences(ofRun: folder) ?? RunReferences(for: run, results, in: baselinesFolder())
    let written = try RunReport(of: run, results, beside: references).write(options)
    try tell(written.joined(separator: "\n"))
  }
}

extension Theme: ExpressibleByArgument {}
extension Paper: ExpressibleByArgument {}
