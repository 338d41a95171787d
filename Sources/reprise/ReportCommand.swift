// Draws the report of a run that has been made: all of it, or single figures and tables.
import ArgumentParser
import Experiments
import Foundation
import ReportAssembly
import Reporting
import Runs

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draw a run's report again, or single figures and tables, without training.",
    discussion: """
      Written into the run's folder `report`: report.pdf, index.html, figures (SVG and PDF, as wide as a \
      paper's column and as a page), tables (LaTeX with booktabs, CSV, Markdown), contact-sheet.png. The \
      same results and fonts give the same bytes.

      --only takes kinds (fig-tsne, tab-ablation) or single names (ravdess-confusion-1-full), with commas \
      between them; a name that does not exist lists those that do. It writes the files of these figures and \
      tables and leaves the rest as it is; a PDF or page of them alone takes --format as well, and replaces \
      the whole one.
      """)

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
  var folder: String
  @Option(help: "Only these figures and tables: fig-tsne,tab-ablation.")
  var only: String?
  @Option(
    help: ArgumentHelp(
      "Only these forms: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ",")).",
      valueName: "forms"))
  var format: String?
  @Option(help: "print (dark on white) or screen (light on dark).")
  var theme: Theme = .print
  @Option(help: "a4 or letter.")
  var paper: Paper = .a4

  private func parts(_ list: String?) -> [String] {
    (list ?? "").split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
  }

  private func formats() throws -> [ReportFormat] {
    try parts(format).map { name in
      guard let format = ReportFormat(rawValue: name) else {
        let known = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--format \(name): expected some of \(known)")
      }
      return format
    }
  }

  func validate() throws { _ = try formats() }

  func run() throws {
    let formats = try formats()
    let only = parts(only)
    let usual = only.isEmpty ? ReportFormat.allCases : ReportFormat.ofParts
    let options = ReportOptions(
      formats: formats.isEmpty ? usual : formats, paper: paper, theme: theme, only: only)
    let run = try RecordedRun(readingFolder: folder)
    // A run of before keeps nothing that it is shown beside.
    let results = try run.results()
    let references =
      try RunReferences(ofRun: folder) ?? RunReferences(for: run, results, in: baselinesFolder())
    let written = try RunReport(of: run, results, beside: references).write(options)
    try tell(written.joined(separator: "\n"))
  }
}

extension Theme: ExpressibleByArgument {}
extension Paper: ExpressibleByArgument {}
