// Assembles a report and writes it. It reads no run. It is given results by cell and computes means
// and spreads with `Evaluation`.
import Files
package import Foundation

/// The formats of a report.
package enum ReportFormat: String, Sendable, CaseIterable {
  /// `report.pdf`: the whole report, for reading and printing.
  case pdf
  /// `index.html`: the whole report in one file, for a screen.
  case html
  /// `figures/column/*.svg` and `figures/page/*.svg`.
  case svg
  /// The same figures as PDF.
  case figurePDF = "figure-pdf"
  /// `tables/*.tex`, for one or two columns of a paper, with booktabs and array.
  case latex
  /// `tables/*.csv`.
  case csv
  /// `tables/*.md`.
  case markdown
  /// `contact-sheet.png`: all figures in small size on one image.
  case contactSheet = "contact-sheet"

  /// The formats with one file per figure or table.
  package static let ofParts: [ReportFormat] = [.svg, .figurePDF, .latex, .csv, .markdown]
}

/// The look of a report, and which parts to make.
package struct ReportOptions: Sendable {
  package var formats: [ReportFormat]
  package var paper: Paper
  package var theme: Theme
  /// Kinds (`fig-tsne`) or names of figures and tables; empty for all.
  package var only: [String]
  /// Where recordings are, for links from the web page; empty for no links.
  package var audio: [AudioFolder]

  package init(
    formats: [ReportFormat] = ReportFormat.allCases, paper: Paper = .a4, theme: Theme = .print,
    only: [String] = [], audio: [AudioFolder] = []
  ) {
    (self.formats, self.paper, self.theme, self.only) = (formats, paper, theme, only)
    self.audio = audio
  }

  /// Kinds that a caller may leave out of the content unless `mayInclude` asks for them.
  static let drawnOnDemand = ["fig-tsne", "fig-tsne-speakers", "tab-tsne"]

  /// Whether a kind of figure may be requested and so must be computed.
  package func mayInclude(_ kind: String) -> Bool {
    let short = kind.split(separator: "-").dropFirst().joined(separator: "-")
    return only.isEmpty || only.contains { $0 == kind || $0.contains("-" + short) }
  }
}

/// The folder with the recordings of a corpus.
package struct AudioFolder: Sendable, Equatable {
  package var corpus: String
  /// The path from the root on.
  package var path: String
  /// Whether links are relative to the page, so that both can move together.
  package var isRelative: Bool

  package init(corpus: String, path: String, isRelative: Bool) {
    (self.corpus, self.path, self.isRelative) = (corpus, path, isRelative)
  }
}

/// A finished report in memory.
package struct Report {
  package let content: ReportContent
  package let options: ReportOptions
  /// All requested sections, in page order.
  package let sections: [Section]
  let ruler: Ruler
  let numbers: Numbering
  private let pagination: Pagination

  /// The marks of each page.
  package var pages: [[Mark]] { finishedPages.map(\.marks) }
  /// The structure of the marks of each page.
  package var structure: [[Run]] { finishedPages.map(\.runs) }
  /// The texts of each page, in drawing order.
  package var pageTexts: [[String]] { pages.map { $0.compactMap(\.words) } }
  package var charts: [any Chart] { sections.flatMap(\.charts) }
  /// The tables of the pages, and those that are only written to files.
  package var tables: [Table] { sections.flatMap { $0.tables + $0.extras.tables } }

  /// Lays out the whole report.
  ///
  /// - Throws: `ReportError` if numbers disagree, a SYNTHETIC corpus stands beside the paper's
  ///   results, the font is missing, or nothing matches `options.only`.
  package init(_ content: ReportContent, _ options: ReportOptions = ReportOptions()) throws {
    try content.validate()
    self.content = content
    self.options = options
    ruler = try Ruler(options.paper)
    let all = content.sections
    numbers = Numbering(all)
    sections = try options.only.isEmpty ? all : all.selecting(options.only)
    pagination = Report.layout(sections, numbers, ruler, hasContents: options.only.isEmpty)
  }

  /// Every figure, laid out for the page.
  package func figures(width: FigureWidth, isTitled: Bool = false) -> [Figure] {
    charts.map { figure($0, width: width, isTitled: isTitled) }
  }

  func figure(_ chart: any Chart, width: FigureWidth, isTitled: Bool = false) -> Figure {
    chart.figure(width: width.points, ruler: ruler, isTitled: isTitled)
  }

  private var finishedPages: [FinishedPage] {
    pagination.finished(
      runName: content.runName, footer: "Reprise · \(timestamp(content.createdAt))", ruler: ruler)
  }

  /// Returns the bytes of `report.pdf`.
  package func pdf() throws -> Data {
    let words = content.warnings.words
    let pages = finishedPages
    try requireMarks(of: pages.map(\.marks), insideSheet: ruler.sheet.page, ruler)
    return try makePDF(
      pages, name: "report.pdf", size: ruler.sheet.page, theme: options.theme,
      metadata: DocumentMetadata(
        title: content.warnings.words.map { "\($0) " }.joined() + content.title,
        subject: "Run \(content.runName): speech emotion recognition",
        keywords: (["speech emotion recognition"] + content.corpora.map(\.displayName) + words)
          .joined(separator: ", "), createdAt: content.createdAt),
      outline: sections.enumerated().map { index, section in
        OutlineEntry(
          title: section.title, level: section.level, destination: destinationName(index))
      })
  }

  /// Returns the sections and their pages. The table of contents needs page numbers and also moves
  /// them, so it is laid out twice at the same height.
  private static func layout(
    _ sections: [Section], _ numbers: Numbering, _ ruler: Ruler, hasContents: Bool
  ) -> Pagination {
    var part = 0
    var laid = sections.enumerated().map { index, section in
      if section.level == 0 { part = index }
      let path =
        [StructureElement(.document)]
        + (index == 0 ? [] : [StructureElement(.section, part)])
        + (section.level == 0 ? [] : [StructureElement(.section, index)])
      // A part's heading is one below the title's, and a section's two.
      var laid = LaidSection(
        title: section.title, warnings: section.warnings, slabs: [], level: section.level,
        path: path)
      laid.depth = index == 0 ? 1 : section.level + 2
      laid.slabs = ruler.slabs(section.blocks, numbers, depth: laid.depth)
      return laid
    }
    guard hasContents, !laid.isEmpty else { return Pagination(laid, ruler: ruler) }
    let entries = sections.enumerated().map { index, section in
      (title: index == 0 ? "Summary" : section.title, level: section.level)
    }
    let summary = laid[0].slabs
    laid[0].slabs = summary + ruler.contents(entries, pages: nil)
    let draft = Pagination(laid, ruler: ruler)
    laid[0].slabs = summary + ruler.contents(entries, pages: draft.places)
    return Pagination(laid, ruler: ruler)
  }
}

extension ReportContent {
  /// Every section, in page order: the answer and the comparisons first, then an appendix.
  var sections: [Section] {
    var sections = [summarySection]
    for corpus in corpora {
      sections.append(corpus.dataSetSection)
      sections += corpus.resultSections + corpus.judgementSections
    }
    for corpus in corpora {
      var details = corpus.detailSections + corpus.checkSections
      guard let first = details.first else { continue }
      details[0] = Section(
        title: "Appendix. \(first.title)", level: 0, warnings: first.warnings,
        blocks: first.blocks)
      sections += details
    }
    sections.append(conformanceSection)
    sections.append(
      recordSection("Provenance", kind: "tab-provenance", provenance, warnings: warnings))
    sections.append(recordSection("Settings", kind: "tab-settings", settings, warnings: warnings))
    return sections
  }
}

extension [Section] {
  /// Returns the sections with only the requested figures and tables.
  fileprivate func selecting(_ wanted: [String]) throws(ReportError) -> [Section] {
    func names(_ blocks: [Block]) -> [[String]] {
      blocks.charts.map { [$0.label.kind, $0.label.name] }
        + blocks.tables.map { [$0.kind, $0.name] }
    }
    let drawn = names(flatMap(\.blocks))
    let known = drawn + names(flatMap(\.extras))
    for name in wanted where !known.contains(where: { $0.contains(name) }) {
      throw .nothingCalled(
        name, known: Set(known.map { $0[0] } + ReportOptions.drawnOnDemand).sorted())
    }
    // A kind means its parts on the pages, if there are any.
    let kinds = Set(drawn.map { $0[0] })
    func isWanted(_ names: String...) -> Bool { names.contains(where: wanted.contains) }
    func wantsExtra(_ kind: String, _ name: String) -> Bool {
      wanted.contains(name) || !kinds.contains(kind) && wanted.contains(kind)
    }
    return map { section in
      var section = section
      let extras = section.extras.compactMap { block -> Block? in
        switch block {
        case .table(let table): wantsExtra(table.kind, table.name) ? block : nil
        case .charts(let charts):
          charts.contains { wantsExtra($0.label.kind, $0.label.name) }
            ? .charts(charts.filter { wantsExtra($0.label.kind, $0.label.name) }) : nil
        default: nil
        }
      }
      section.extras = []
      section.blocks = section.blocks.compactMap { block in
        switch block {
        case .table(let table): isWanted(table.kind, table.name) ? block : nil
        case .charts(let charts):
          charts.contains { isWanted($0.label.kind, $0.label.name) }
            ? .charts(charts.filter { isWanted($0.label.kind, $0.label.name) }) : nil
        default: nil
        }
      }
      section.blocks += extras
      return section
    }.filter { !$0.blocks.isEmpty }
  }
}
