// Where pages and lines end, and that nothing leaves the sheet.
import Reporting
import Samples
import TestSupport
import Testing

@Suite struct `The lines of a text` {
  /// Every break between two lines at any width.
  private func breaks(in text: String) throws -> Set<String> {
    let ruler = try Ruler()
    var breaks: Set<String> = []
    for width in 90...300 {
      let lines = ruler.lines(of: text, Font(8), width: Double(width))
      #expect(lines.joined(separator: " ") == text, "at \(width)")
      for (line, next) in zip(lines, lines.dropFirst()) {
        breaks.insert("\(line.split(separator: " ").last ?? "")|\(next.prefix { $0 != " " })")
      }
    }
    return breaks
  }

  @Test func `keep a number with its unit, its sign and its name`() throws {
    let text = """
      The difference is 5.4 points, its interval 95 % wide (p = 0.04), see Table 3 and Figure 12: \
      71.3 ± 2.0 % of n = 1440 over 3 h of speech
      """
    let breaks = try breaks(in: text)
    for torn in [
      "5.4|points,", "95|%", "=|0.04),", "(p|=", "Table|3", "Figure|12:", "±|2.0", "2.0|%", "n|=",
      "3|h",
    ] { #expect(!breaks.contains(torn), "\(torn)") }
    // Negative control: other words are parted there.
    #expect(breaks.contains("is|5.4") && breaks.contains("and|Figure"))
    #expect(try self.breaks(in: "a corpus of 1440 utterances").contains("1440|utterances"))
  }

  @Test func `part even those if they are wider than a line`() throws {
    let lines = try Ruler().lines(of: "p = 0.000000000000001", Font(8), width: 40)
    #expect(lines.count > 1 && lines.joined().contains("0.0"))
  }
}

@Suite struct `The ends of pages` {
  private static let samples: [Sample] = [.quick, .real, .awkward, .least, .many, .grid]

  private func isHeading(_ run: Run) -> Bool {
    switch run.path.last?.role {
    case .title, .heading2, .heading3, .heading4: true
    case .caption: run.path.contains { $0.role == .table }
    default: false
    }
  }

  @Test(arguments: samples, Paper.allCases)
  func `have no heading alone, and tables go on with several rows`(sample: Sample, paper: Paper)
    throws
  {
    let report = try Report(makeContent(sample), ReportOptions(paper: paper))
    var earlier: Set<[String]> = []
    for (number, runs) in report.structure.enumerated() {
      let last = try #require(runs.last)
      #expect(!isHeading(last), "page \(number + 1) ends with a heading")
      let rows = runs.filter { [.cell, .headerCell].contains($0.path.last?.role) }
        .map { run in Array(run.path.dropLast()) }
      var tables: [[StructureElement]] = []
      for row in rows where tables.last != Array(row.dropLast()) { tables.append(row.dropLast()) }
      for table in tables {
        let own = rows.filter { Array($0.dropLast()) == table }
        let count = own.enumerated().count { $0 == 0 || own[$0 - 1] != $1 }
        let name = table.map { "\($0)" }
        if earlier.contains(name) { #expect(count >= 5, "page \(number + 1): \(count) rows") }
        earlier.insert(name)
      }
    }
  }

  @Test(arguments: samples)
  func `cut no title of the contents`(sample: Sample) throws {
    var content = makeContent(sample)
    content.corpora[0].displayName += " of a corpus whose name is longer than a column of contents"
    let report = try Report(content)
    let entries = zip(report.pages, report.structure).flatMap { marks, runs in
      runs.filter { $0.path.last?.role == .link }.map { run in
        marks[run.marks].compactMap(\.words).dropLast().joined(separator: " ")
      }
    }
    #expect(entries.count == report.sections.count)
    // A name may be broken at a hyphen.
    for (entry, section) in zip(entries, report.sections).dropFirst() {
      #expect(entry.replacing("- ", with: "-") == section.title)
    }
  }

  @Test(arguments: [Sample.quick, .real, .grid])
  func `cut no label, on pages and in figures for a paper's column`(sample: Sample) throws {
    let report = try Report(makeContent(sample))
    func cut(_ marks: [Mark]) -> [String] { marks.compactMap(\.words).filter { $0.contains("…") } }
    #expect(report.pages.flatMap(cut) == [])
    for figure in report.figures(width: .column) {
      #expect(cut(figure.marks) == [], "\(figure.name)")
    }
    // Negative control.
    var content = makeContent(sample)
    content.corpora[0].classes[0] = String(repeating: "emotion ", count: 20)
    #expect(try Report(content).pages.flatMap(cut) != [])
  }

  @Test func `fail the report if a mark leaves the sheet`() throws {
    let ruler = try Ruler()
    let size = Paper.a4.size
    let ink = Color(hex: 0x1a1a1a)
    func text(_ x: Double, _ y: Double, turned: Bool = false) -> Mark {
      .text("words", at: Point(x, y), Font(9), ink, turned: turned)
    }
    func require(_ mark: Mark) throws {
      try requireMarks(of: [[], [text(100, 100), mark]], insideSheet: size, ruler)
    }
    for mark in [
      text(size.width - 10, 100), text(100, size.height + 1), text(-5, 100),
      text(100, 10, turned: true),
      .line([Point(10, 10), Point(10, size.height + 200)], Stroke(ink)),
      .rectangle(Rectangle(500, 10, 200, 5), fill: ink, stroke: nil),
    ] {
      let words = mark.words.map { "“\($0)”" } ?? "a mark"
      #expect(throws: ReportError.leavesSheet(page: 2, what: words)) { try require(mark) }
    }
    // Negative control.
    try require(text(size.width - 40, size.height - 10))
    try require(.line([Point(0, 0), Point(size.width, size.height)], Stroke(ink)))
  }
}

@Suite struct `The counts of a corpus` {
  @Test func `are compared with a manifest's as expected, and with a paper's as published`() throws
  {
    func texts(_ isExpected: Bool, _ counts: [Int]?) throws -> String {
      var content = makeContent(.real)
      content.corpora[0].dataset.isExpectedByManifest = isExpected
      content.corpora[0].dataset.publishedCounts = counts
      // Unequal counts are always drawn.
      content.corpora[0].dataset.counts[0] += 3
      let report = try Report(content)
      let figure = try #require(report.charts.first { $0.label.kind == "fig-classes" })
      let words = figure.figure(width: 500, ruler: try Ruler()).marks.compactMap(\.words)
      return ([figure.label.caption] + words).joined(separator: " ")
    }
    let counts = makeContent(.real).corpora[0].dataset.counts
    let manifest = try texts(true, counts)
    #expect(manifest.contains("the counts expected by the manifest"))
    #expect(manifest.contains("= expected") && !manifest.contains("published"))
    let paper = try texts(false, counts)
    #expect(paper.contains("the published counts") && paper.contains("= published"))
    #expect(!paper.contains("manifest"))
    #expect(try texts(true, nil).contains("The manifest expects no counts."))
    #expect(try texts(false, nil).contains("There are no published counts"))
  }
}

@Suite struct `A cell taller than a page` {
  @Test func `is cut on paper, and whole in the table's files`() throws {
    var content = makeContent(.real)
    let long = (1...2_000).map { "word\($0)" }.joined(separator: " ")
    content.provenance[0].rows[0].value = long
    let report = try Report(content)
    _ = try report.pdf()
    let texts = report.pageTexts.joined().joined(separator: " ")
    #expect(texts.contains("word20") && texts.contains("…") && !texts.contains("word2000"))
    #expect(report.tables.contains { $0.csv.contains("word2000") })
  }
}
