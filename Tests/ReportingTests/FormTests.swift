// The formats of a report, read by other programs: poppler, an XML parser, Chromium.
import Evaluation
import Files
import Foundation
import FoundationXML
import Reporting
import Samples
import Statistics
import TestSupport
import Testing

private let pdfinfo = SystemProgram("pdfinfo")

@Suite struct `The PDF of a report` {
  @Test(
    .enabled(if: pdfinfo != nil, "pdfinfo is not installed (poppler-utils)"),
    arguments: Paper.allCases)
  func `has metadata, embedded fonts, an outline, links and text to select`(paper: Paper) throws {
    let report = try Report(makeContent(.quick), ReportOptions(formats: [.pdf], paper: paper))
    try withTemporaryFolder { folder in
      let bytes = try report.pdf()
      try bytes.write(to: URL(fileURLWithPath: folder + "/report.pdf"))
      let facts = try #require(pdfinfo).run(["report.pdf"], in: folder).1
      let size = paper == .a4 ? "595.28 x 841.89 pts (A4)" : "612 x 792 pts (letter)"
      for fact in [
        "Title:           SYNTHETIC Speech emotion recognition", "Author:          Reprise",
        "Keywords:        speech emotion recognition, RAVDESS stand-in",
        "Pages:           \(report.pages.count)\n", size,
      ] { #expect(facts.contains(fact), "\(facts)") }
      let fonts = try #require(SystemProgram("pdffonts")).run(["report.pdf"], in: folder).1
        .split(separator: "\n").dropFirst(2)
      #expect(fonts.count >= 2)
      for font in fonts {
        #expect(font.contains("DejaVuSans"))
        #expect(font.contains(#/ yes +yes +yes /#), "embedded, subset, with Unicode: \(font)")
      }
      let text = try #require(SystemProgram("pdftotext")).run(
        ["-layout", "report.pdf", "-"], in: folder
      ).1
      let pages = text.split(separator: "\u{c}", omittingEmptySubsequences: false).dropLast()
      #expect(pages.count == report.pages.count)
      for (index, page) in pages.enumerated() {
        #expect(page.contains("SYNTHETIC"))
        #expect(page.contains("\(index + 1) / \(pages.count)"))
      }
      #expect(bytes.range(of: Data("/Outlines".utf8)) != nil)
      let destinations = try #require(pdfinfo).run(["-dests", "report.pdf"], in: folder).1
      for index in report.sections.indices {
        #expect(destinations.contains("\"section-\(index)\""))
      }
      let links = report.pages.joined().count { if case .link = $0 { true } else { false } }
      #expect(links >= report.sections.count)
      #expect(String(decoding: bytes, as: UTF8.self).ranges(of: "/Subtype /Link").count == links)
    }
  }
}

@Suite struct `The figures and tables of a report` {
  @Test func `are well-formed SVG with title and description`() throws {
    let report = try Report(makeContent(.awkward), ReportOptions(formats: [.svg]))
    try withTemporaryFolder { folder in
      _ = try Report.write(report.content, report.options, to: folder)
      for width in ["column", "page"] {
        for chart in report.charts {
          let path = "\(folder)/figures/\(width)/\(chart.label.name).svg"
          let data = try Data(contentsOf: URL(fileURLWithPath: path))
          // In points, whichever version of Cairo wrote it.
          let size = #/<svg [^>]*width="[0-9.]+pt" height="[0-9.]+pt" viewBox="0 0 /#
          #expect(String(decoding: data, as: UTF8.self).firstMatch(of: size) != nil, "\(path)")
          let reader = Reader(data)
          #expect(reader.isWellFormed, "\(path)")
          #expect(reader.texts["title"]?.contains(chart.label.title) == true)
          #expect(reader.texts["desc"]?.contains(chart.label.caption) == true)
          #expect(Set(reader.identifiers).count == reader.identifiers.count)
        }
      }
      // Negative control.
      #expect(!Reader(Data("<svg><title>a & b</title></svg>".utf8)).isWellFormed)
    }
  }

  @Test(arguments: [Sample.real, .grid])
  func `say of how many, and under which protocol`(sample: Sample) throws {
    for chart in try Report(makeContent(sample)).charts {
      let caption = chart.label.caption
      #expect(caption.contains("fp:0123456789abcdef"), "\(caption)")
      let isOfSingleRecordings = ["fig-attention", "fig-mixup"].contains(chart.label.kind)
      #expect(
        isOfSingleRecordings || caption.contains("n = ") || caption.contains("cells"), "\(caption)")
    }
  }

  @Test func `have as many cells in CSV and Markdown as columns, and numbers that a program reads`()
    throws
  {
    for table in try Report(makeContent(.real)).tables {
      let lines = table.markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
      #expect(lines.count == table.rows.count + 2)
      for line in lines {
        #expect(line.replacing("\\|", with: "").count { $0 == "|" } == table.columns.count + 1)
      }
      #expect(!table.csv.contains("−") && !table.csv.contains("\u{2009}"))
    }
  }

  @Test func `have tidy values behind scores, intervals and comparisons`() throws {
    let content = makeContent(.real)
    let tables = try Report(content).tables
    func rows(_ name: String) throws -> [[String: String]] {
      let table = try #require(tables.first { $0.name == name })
      let parsed = try CSVTable(parsing: table.csv, file: name)
      return parsed.rows.map { row in
        Dictionary(zip(parsed.header, row.fields)) { first, _ in first }
      }
    }
    let scores = try rows("scores")
    let analysis = try #require(content.corpora[0].judgement?.analyses.first)
    let figure = try #require(analysis[.accuracy]?.pooled)
    let own = try #require(
      scores.first { $0["system"] == "full" && $0["metric"] == "accuracy" })
    // Every digit survives.
    #expect(Double(own["value"] ?? "") == figure.value)
    #expect(Double(own["low"] ?? "") == figure.interval?.lower)
    #expect(own["seeds"] == "3" && own["comparable"] == "yes")
    let printed = scores.filter { $0["comparable"] == "no" }
    #expect(printed.count == 2 && printed.allSatisfy { $0["note"]?.contains("94 000 h") == true })
    #expect(scores.contains { $0["quantity"] == "difference" && $0["system"] == "full - plain" })
    let intervals = try rows("ravdess-intervals")
    #expect(intervals.count == 2 * Metric.allCases.count * 5)
    let row = try #require(content.corpora[0].judgement?.comparisons.first?.first)
    let networks = try #require(rows("ravdess-unseen-speakers").first)
    #expect(Double(networks["difference"] ?? "") == row.difference.value)
    #expect(Double(networks["p"] ?? "") == row.exchange.p && networks["units"] == "24")
    let methods = try #require(rows("ravdess-methods").first)
    #expect(Double(methods["difference"] ?? "") == row.method?.value && methods["units"] == "6")
  }

  @Test func `are found by kind and by name, and nothing else is`() throws {
    let content = makeContent(.real)
    func names(_ only: String...) throws -> [String] {
      let report = try Report(content, ReportOptions(only: only))
      return report.charts.map(\.label.name) + report.tables.map(\.name)
    }
    #expect(try names("fig-tsne") == ["ravdess-tsne"])
    // A part that no page has is found by its name, and by its kind if no page has that kind.
    #expect(try names("ravdess-tsne-1-full") == ["ravdess-tsne-1-full"])
    #expect(
      try names("tab-speakers", "tab-reliability") == ["ravdess-speakers", "ravdess-reliability"])
    #expect(try names("tab-ablation", "ravdess-recall") == ["ravdess-recall", "ravdess-ablation"])
    #expect(throws: ReportError.self) { try names("fig-tsn") }
    // The number of a figure is that in the whole report.
    let whole = try Report(content)
    let place = try #require(whole.charts.firstIndex { $0.label.kind == "fig-recall" })
    let alone = try Report(content, ReportOptions(only: ["fig-recall"])).pageTexts.joined()
    #expect(alone.contains { $0.hasPrefix("Figure \(place + 1).") })
  }
}

/// Reads an SVG.
private final class Reader: NSObject, XMLParserDelegate {
  var texts: [String: String] = [:]
  var identifiers: [String] = []
  private(set) var isWellFormed = false
  private var open: [String] = []

  init(_ data: Data) {
    super.init()
    let parser = XMLParser(data: data)
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(name)
    if let identifier = attributes["id"] { identifiers.append(identifier) }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let name = open.last { texts[name, default: ""] += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }
}
