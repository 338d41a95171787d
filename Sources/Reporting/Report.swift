// Puts a report together and writes it. It reads no run and computes no score.
import Files
package import Foundation

/// A finished report in memory.
package struct Report {
  /// The PDF's bytes.
  package let pdf: Data
  /// Every figure, in the order of the pages.
  package let figures: [Figure]
  /// The marks of each page.
  package let pages: [[Mark]]

  /// The texts of each page, in the order of drawing.
  package var pageTexts: [[String]] { pages.map { $0.compactMap(\.words) } }

  /// Lays out and draws everything.
  ///
  /// - Throws: `ReportError` where numbers disagree, a SYNTHETIC corpus stands beside the paper's
  ///   results, the font is missing or Cairo fails.
  package init(_ content: ReportContent) throws {
    try content.validate()
    let ruler = try Ruler()
    let (sections, pagination) = Report.layout(content, ruler)
    let words = content.warnings.words
    let footer = "Reprise · \(timestamp(content.createdAt))"
    let pages = pagination.finished(runName: content.runName, footer: footer, ruler: ruler)
    let title = words.map { "\($0) " }.joined() + content.title
    pdf = try makePDF(
      pages, size: Style.page,
      metadata: DocumentMetadata(
        title: title, subject: "Run \(content.runName): speech emotion recognition",
        keywords: (["speech emotion recognition"] + content.corpora.map(\.displayName) + words)
          .joined(separator: ", "), createdAt: content.createdAt),
      outline: sections.enumerated().map { index, section in
        OutlineEntry(
          title: index == 0 ? "Summary" : section.title, level: section.level,
          destination: destinationName(index))
      })
    figures = sections.flatMap(\.figures)
    self.pages = pages.map(\.marks)
  }

  /// Writes `report.pdf` and `figures/*.svg` into `folder`, each file whole or not at all.
  ///
  /// - Returns: the path of the PDF.
  package static func write(_ content: ReportContent, to folder: String) throws -> String {
    let report = try Report(content)
    try makeFolder(folder + "/figures")
    for figure in report.figures {
      try makeSVG(figure).writeAtomically(to: "\(folder)/figures/\(figure.name).svg")
    }
    let path = folder + "/report.pdf"
    try report.pdf.writeAtomically(to: path)
    return path
  }

  /// Returns the sections and their pages. The contents list needs page numbers, and they need the
  /// contents list: it is laid out twice, at the same height.
  private static func layout(_ content: ReportContent, _ ruler: Ruler) -> ([Section], Pagination) {
    var sections = [content.summarySection(ruler)]
    for corpus in content.corpora {
      sections.append(corpus.dataSetSection(ruler))
      sections += corpus.resultSections(ruler) + corpus.judgementSections(ruler)
    }
    sections.append(
      ruler.conformanceSection(content.conformance, warnings: content.warnings))
    sections.append(
      ruler.recordSection("Provenance", content.provenance, warnings: content.warnings))
    sections.append(ruler.recordSection("Settings", content.settings, warnings: content.warnings))
    let entries = sections.enumerated().map { index, section in
      (title: index == 0 ? "Summary" : section.title, level: section.level)
    }
    let summary = sections[0].slabs
    sections[0].slabs = summary + ruler.contents(entries, pages: nil)
    let draft = Pagination(sections, ruler: ruler)
    sections[0].slabs = summary + ruler.contents(entries, pages: draft.places)
    return (sections, Pagination(sections, ruler: ruler))
  }
}
