// The report as one web page with the same sections, tables and figures. It loads nothing from
// elsewhere. A script adds sorting, filters and notes; everything can be read without it.
import Files
import Foundation
import Threads

extension Report {
  /// Returns the page.
  func html() throws -> String {
    let page = WebPage(self, try pageFigures())
    return try page.text()
  }

  /// Draws every figure for the page: over its whole width, or narrow if it stands beside others.
  private func pageFigures() throws -> [String: PageFigure] {
    let groups = sections.flatMap(\.blocks).compactMap { block -> [any Chart]? in
      if case .charts(let charts) = block { charts } else { nil }
    }
    let all = groups.flatMap { charts in
      charts.map { (chart: $0, width: charts.count == 1 ? FigureWidth.page : .column) }
    }
    let drawn = try parallelMap(
      count: all.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { index in
      let (chart, width) = all[index]
      return try PageFigure(
        figure(chart, width: width), identifier: "drawing-\(chart.label.name)", ruler: ruler)
    }
    return Dictionary(
      zip(all.map(\.chart.label.name), drawn), uniquingKeysWith: { first, _ in first })
  }
}

/// The parts of a web page.
struct WebPage {
  private let report: Report
  private let figures: [String: PageFigure]

  init(_ report: Report, _ figures: [String: PageFigure]) {
    (self.report, self.figures) = (report, figures)
  }

  private var content: ReportContent { report.content }

  func text() throws -> String {
    let title = (content.warnings.words.map { "\($0) " }.joined() + content.title).xmlEscaped
    let style = PageStyle(theme: report.options.theme, figures: Array(figures.values), fills).text
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="Reprise">
      <meta name="date" content="\(content.createdAt.formatted(.iso8601))">
      <meta http-equiv="Content-Security-Policy" content="\(PageScript.policy)">
      <title>\(title)</title>
      <style>
      \(style)</style>
      </head>
      <body>
      <a class="skip" href="#report">Skip to the report</a>
      <nav aria-label="Contents"><details open><summary>Contents</summary><ol>
      \(entries.joined(separator: "\n"))
      </ol></details></nav>
      <main id="report" tabindex="-1">
      \(body)</main>
      <footer>Reprise · run \(content.runName.xmlEscaped) · \
      \(timestamp(content.createdAt))</footer>
      \(try recordings())<script>\(PageScript.text)</script>
      </body>
      </html>

      """
  }

  private var entries: [String] {
    report.sections.enumerated().map { index, section in
      "<li class=\"level\(section.level)\"><a href=\"#\(destinationName(index))\">"
        + (index == 0 && report.options.only.isEmpty ? "Summary" : entry(section)).xmlEscaped
        + "</a></li>"
    }
  }

  /// The title in the contents. The part above already says the corpus.
  private func entry(_ section: Section) -> String {
    let corpus = content.corpora.map { $0.displayName + ": " }
      .first { section.title.hasPrefix($0) && section.title.count > $0.count }
    guard section.level > 0, let corpus else { return section.title }
    return String(section.title.dropFirst(corpus.count))
  }

  private var body: String {
    report.sections.enumerated().map { index, section in
      let level = section.level == 0 ? (index == 0 ? 1 : 2) : 3
      var inner = level + 1
      let blocks = section.blocks.map { block in
        let text = html(block, heading: inner)
        if case .subheading = block { inner = level + 2 }
        return text
      }
      return "<section id=\"\(destinationName(index))\">\n<h\(level)>"
        + section.title.xmlEscaped + badges(section.warnings) + "</h\(level)>\n"
        + blocks.joined() + "</section>\n"
    }.joined()
  }

  private func badges(_ warnings: Warnings) -> String {
    warnings.words.map { " <span class=\"warning\">\($0)</span>" }.joined()
  }

  /// - Parameter heading: the level of headings inside the section.
  private func html(_ block: Block, heading: Int) -> String {
    switch block {
    case .paragraph(let text, let voice):
      return "<p class=\"\(voice.rawValue)\">\(text.xmlEscaped)</p>\n"
    case .bullet(let text): return "<p class=\"bullet\">\(text.xmlEscaped)</p>\n"
    case .subheading(let text):
      return "<h\(heading) class=\"part\">\(text.xmlEscaped)</h\(heading)>\n"
    case .space: return ""
    case .table(let table): return PageTable(table, number: report.numbers.prefix(of: table)).text
    case .charts(let charts):
      return "<div class=\"figures\(charts.count > 1 ? " many" : "")\">\n"
        + charts.map { html($0, heading: heading) }.joined() + "</div>\n"
    }
  }

  private func html(_ chart: any Chart, heading: Int) -> String {
    let label = chart.label
    let name = "figure-\(label.name)"
    return """
      <figure id="\(name)" aria-labelledby="\(name)-heading">
      <h\(heading) class="figure" id="\(name)-heading">\
      \((report.numbers.prefix(of: label) + label.title).xmlEscaped)</h\(heading)>
      <div class="drawing">\(figures[label.name]?.svg ?? "")</div>
      <figcaption>\((label.warnings.prefix + label.caption).xmlEscaped)</figcaption>
      </figure>

      """
  }

  /// The background colours of table cells.
  private var fills: Set<PageColor> {
    Set(report.tables.flatMap(\.rows).joined().compactMap { $0.fill.map { PageColor($0) } })
  }

  /// The addresses of the recordings that the page mentions, as data for the script; empty if the
  /// report has none.
  private func recordings() throws -> String {
    let known = content.corpora.filter { !$0.recordings.isEmpty }
    guard !known.isEmpty else { return "" }
    let cells = report.tables.flatMap(\.rows).joined().map(\.text)
    let mentioned = figures.values.reduce(into: Set(cells)) { $0.formUnion($1.utterances) }
    let lists = Dictionary(
      known.map { ($0.name, $0.recordings.filter { mentioned.contains($0.key) }) },
      uniquingKeysWith: { first, _ in first })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(lists), as: UTF8.self)
    // No text can end the element.
    let safe = json.replacing("<", with: "\\u003c").replacing("&", with: "\\u0026")
    return "<script type=\"application/json\" id=\"recordings\">\(safe)</script>\n"
  }
}
