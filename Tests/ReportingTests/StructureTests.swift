// The structure of report.pdf: what a screen reader or a converter finds in it.
import Foundation
import Reporting
import Samples
import TestSupport
import Testing

private let pdfinfo = SystemProgram("pdfinfo")
private let qpdf = SystemProgram("qpdf")

/// The elements of a report, in reading order.
private struct Outline {
  /// A leaf with its place and words.
  struct Leaf {
    var page: Int
    var path: [StructureElement]
    var words: String
    var role: Role? { path.last?.role }
  }
  private(set) var leaves: [Leaf] = []
  /// The texts that belong to no element.
  private(set) var decorations: [(page: Int, words: String, y: Double)] = []

  init(_ pages: [[Mark]], _ structure: [[Run]]) {
    for (index, (marks, runs)) in zip(pages, structure).enumerated() {
      var position = 0
      func decorate(to end: Int) {
        for mark in marks[position..<end] {
          if case .text(let words, let place, _, _, _) = mark {
            decorations.append((index, words, place.y))
          }
        }
      }
      for run in runs {
        decorate(to: run.marks.lowerBound)
        position = run.marks.upperBound
        let words = marks[run.marks].compactMap(\.words).joined(separator: " ")
        if let last = leaves.last, last.page == index, last.path == run.path {
          leaves[leaves.count - 1].words += " " + words
        } else {
          leaves.append(Leaf(page: index, path: run.path, words: words))
        }
      }
      decorate(to: marks.count)
    }
  }

  func leaves(_ role: Role) -> [Leaf] { leaves.filter { $0.role == role } }

  /// The cells of each row of each table: elements that begin alike are one.
  var tables: [[[String]]] {
    var tables: [[[String]]] = []
    var open: [StructureElement] = []
    for leaf in leaves where [.cell, .headerCell].contains(leaf.role) {
      let path = leaf.path
      if path.dropLast(2) != open.dropLast(1) { tables.append([]) }
      if path.dropLast(1) != open[...] { tables[tables.count - 1].append([]) }
      open = Array(path.dropLast())
      let row = tables[tables.count - 1].count - 1
      tables[tables.count - 1][row].append(leaf.words)
    }
    return tables
  }
}

extension Report {
  fileprivate var outline: Outline { Outline(pages, structure) }
}

@Suite struct `The structure of a report` {
  @Test(arguments: [Sample.quick, .real, .awkward, .least, .many, .grid])
  func `has every heading, cell, figure and caption in reading order`(sample: Sample) throws {
    let report = try Report(makeContent(sample))
    let outline = report.outline
    let headings = outline.leaves.filter {
      [.title, .heading2, .heading3, .heading4].contains($0.role)
    }
    let titles = headings.map { $0.words.replacing(" ", with: "") }
    // A heading over several lines is one element.
    var last = -1
    for section in report.sections {
      let title = section.title.replacing(" ", with: "")
      let place = try #require(titles[(last + 1)...].firstIndex(of: title), "\(section.title)")
      last = place
    }
    #expect(headings.first?.role == .title && outline.leaves(.title).count == 1)
    let depths: [Role] = [.title, .heading2, .heading3, .heading4]
    let levels = headings.compactMap { heading in depths.firstIndex { $0 == heading.role } }
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 }, "no level is left out")

    let figures = outline.leaves(.figure)
    #expect(figures.count == report.charts.count)
    for (number, (figure, chart)) in zip(figures, report.charts).enumerated() {
      let text = figure.path.last?.alternate ?? ""
      #expect(text.hasPrefix("Figure \(number + 1). ") && text.hasSuffix(chart.label.title))
    }
    #expect(
      outline.leaves(.caption).count == report.charts.count
        + report.sections.flatMap(\.tables).count)
  }

  @Test(arguments: [Sample.quick, .real, .awkward, .least, .many, .grid])
  func `has the rows of each table once, with a cell for each column, and each text somewhere`(
    sample: Sample
  ) throws {
    let report = try Report(makeContent(sample))
    #expect(problems(report, report.structure) == [])
  }

  /// What is wrong with a structure.
  private func problems(_ report: Report, _ structure: [[Run]]) -> [String] {
    let outline = Outline(report.pages, structure)
    var problems: [String] = []
    let parts = outline.tables
    if parts.contains(where: { Set($0.map(\.count)).count != 1 }) {
      problems.append("rows of other lengths")
    }
    // Wide tables are divided into parts, each with all rows.
    let rows = parts.map(\.count)
    var position = 0
    for table in report.sections.flatMap(\.tables) {
      var columns = 0
      repeat {
        guard position < parts.count, rows[position] == table.rows.count + 1 else {
          problems.append("rows of \(table.name)")
          return problems
        }
        columns += (parts[position].first?.count ?? 0) - (columns > 0 ? 1 : 0)
        position += 1
      } while columns < table.columns.count
      if columns != table.columns.count { problems.append("columns of \(table.name)") }
    }
    // Only running heads and repeated table heads are decoration.
    let heads = Set(
      report.sections.flatMap(\.tables).flatMap(\.columns).flatMap {
        $0.title.split(separator: " ")
      })
    for text in outline.decorations where text.y > 60 && text.y < 780 {
      let words = text.words.split(separator: " ")
      if !words.allSatisfy({ word in heads.contains { $0.contains(word) } }) {
        problems.append("“\(text.words)” on page \(text.page + 1)")
      }
    }
    return problems
  }

  @Test func `is found wrong without a cell or a line (negative control)`() throws {
    let report = try Report(makeContent(.real))
    for role in [Role.cell, .paragraph] {
      var structure = report.structure
      let page = try #require(
        structure.firstIndex { $0.contains { $0.path.last?.role == role } })
      structure[page].removeAll { $0.path.last?.role == role }
      #expect(problems(report, structure) != [])
    }
  }

  @Test(
    .enabled(if: pdfinfo != nil, "pdfinfo is not installed (poppler-utils)"),
    arguments: [Sample.quick, .real])
  func `is what pdfinfo reads from report.pdf`(sample: Sample) throws {
    let report = try Report(makeContent(sample))
    try withTemporaryFolder { folder in
      let bytes = try report.pdf()
      try bytes.write(to: URL(fileURLWithPath: folder + "/report.pdf"))
      let facts = try #require(pdfinfo).run(["report.pdf"], in: folder).1
      #expect(facts.contains(#/Tagged: +yes/#))
      let text = try #require(pdfinfo).run(["-struct-text", "report.pdf"], in: folder).1
      let roles = text.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
      func count(_ role: Role) -> Int {
        roles.count { $0 == role.rawValue || $0 == role.rawValue + " (block)" }
      }
      #expect(count(.document) == 1 && count(.title) == 1)
      #expect(count(.row) == report.outline.tables.joined().count)
      #expect(count(.headerCell) + count(.cell) == report.outline.tables.joined().joined().count)
      #expect(count(.figure) == report.charts.count)
      #expect(count(.contentsItem) == report.sections.count)
      for section in report.sections.dropFirst() {
        #expect(text.contains("\"\(section.title) \""), "\(section.title)")
      }
      // What Cairo does not write itself.
      let raw = String(decoding: bytes, as: UTF8.self)
      #expect(raw.ranges(of: "/Alt <FEFF").count == report.charts.count)
      #expect(raw.contains("/Lang (en)") && raw.contains("/DisplayDocTitle true"))
      if let qpdf {
        let (status, found) = try qpdf.run(["--check", "report.pdf"], in: folder)
        #expect(status == 0, "\(found)")
      }
      // Negative control: a figure of its own has no structure.
      _ = try Report.write(
        report.content, ReportOptions(formats: [.figurePDF], only: ["scores"]), to: folder)
      let figure = try #require(pdfinfo).run(["figures/column/scores.pdf"], in: folder).1
      #expect(figure.contains(#/Tagged: +no/#))
    }
  }
}
