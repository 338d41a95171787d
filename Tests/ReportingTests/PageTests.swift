// The web page of a report: what its file contains.
import Evaluation
import Files
import Foundation
import Reporting
import Samples
import TestSupport
import Testing

/// The text of `index.html`.
func webPage(_ content: ReportContent, theme: Theme = .print) throws -> String {
  try withTemporaryFolder { folder in
    _ = try Report.write(content, ReportOptions(formats: [.html], theme: theme), to: folder)
    return try String(contentsOfFile: folder + "/index.html", encoding: .utf8)
  }
}

@Suite struct `The web page of a report` {
  @Test(arguments: [Sample.quick, .awkward])
  func `stands alone: one script, nothing from elsewhere, every link leads somewhere`(
    sample: Sample
  ) throws {
    let page = try webPage(makeContent(sample))
    #expect(page.ranges(of: "<script").count == 1 && page.ranges(of: "<style").count == 1)
    #expect(!page.contains("@import") && page.firstMatch(of: #/url\((?!#)/#) == nil)
    #expect(page.contains("script-src 'sha256-"))
    let links = page.matches(of: #/ (?:src|href)="([^"]*)"/#).map { String($0.1) }
    #expect(links.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:") })
    let names = page.matches(of: #/ id="([^"]*)"/#).map { String($0.1) }
    #expect(Set(names).count == names.count)
    let known = Set(names)
    for link in links where link.hasPrefix("#") {
      #expect(known.contains(String(link.dropFirst())))
    }
    for list in page.matches(of: #/ aria-(?:labelledby|describedby|controls)="([^"]*)"/#) {
      for name in list.1.split(separator: " ") { #expect(known.contains(String(name))) }
    }
  }

  @Test func `has each figure once, with its words as text, a title and a description`() throws {
    let content = makeContent(.real)
    let page = try webPage(content)
    let report = try Report(content)
    #expect(page.ranges(of: "<svg ").count == report.charts.count)
    #expect(page.ranges(of: "role=\"img\"").count == report.charts.count)
    for (chart, isNarrow) in report.sections.flatMap(\.blocks).flatMap(chartsOf) {
      let start = try #require(page.range(of: "<figure id=\"figure-\(chart.label.name)\""))
      let end = try #require(page[start.upperBound...].range(of: "</figure>"))
      let part = page[start.lowerBound..<end.lowerBound]
      #expect(part.contains("-title\">\(chart.label.title.xmlEscaped)</title>"))
      #expect(part.contains("-desc\">\(chart.label.caption.xmlEscaped)</desc>"))
      let figure = chart.figure(
        width: isNarrow ? FigureWidth.column.points : FigureWidth.page.points, ruler: try Ruler(),
        isTitled: false)
      for words in figure.marks.compactMap(\.words) where !words.isEmpty {
        #expect(part.contains(">\(words.xmlEscaped)</text>"), "\(chart.label.name): \(words)")
      }
    }
    // Negative control: a word of another figure.
    #expect(!page.contains(">an emotion with a very long name, no. 1</text>"))
  }

  private func chartsOf(_ block: Block) -> [(any Chart, Bool)] {
    if case .charts(let charts) = block { charts.map { ($0, charts.count > 1) } } else { [] }
  }

  @Test func `of two systems is smaller than 3 MB, and has the same bytes every time`() throws {
    let content = makeContent(.real)
    let page = try webPage(content)
    #expect(page.utf8.count < 3_000_000)
    #expect(try webPage(content) == page)
    #expect(try webPage(content, theme: .screen) != page)
  }

  @Test func `gives every data row and column its head`() throws {
    let page = try webPage(makeContent(.real))
    let columns = try Report(makeContent(.real)).sections.flatMap(\.tables).map(\.columns.count)
      .reduce(0, +)
    #expect(page.ranges(of: "<th scope=\"col\"").count == columns)
    #expect(page.ranges(of: "<th scope=\"row\"").count > 50)
    let heads = page.ranges(of: "<th").count - page.ranges(of: "<thead").count
    #expect(heads == page.ranges(of: "<th scope=").count)
  }

  @Test func `tells the utterances behind each cell of a confusion matrix`() throws {
    let content = makeContent(.real)
    let variant = content.corpora[0].variants[0]
    let predictions = try #require(variant.predictions)
    let wrong = predictions.utterances.indices.map { place in
      (
        predictions.utterances[place].id,
        predictions.seeds.count {
          $0.predictions[place].truth == 4 && $0.predictions[place].predicted == 5
        }
      )
    }.filter { $0.1 > 0 }
    let total = wrong.reduce(0) { $0 + $1.1 }
    let page = try webPage(content)
    let utterances = wrong.count == 1 ? "utterance" : "utterances"
    let title = "angry, predicted as fearful: \(total) predictions, \(wrong.count) \(utterances)\n"
    let start = try #require(page.range(of: title))
    let end = try #require(page[start.upperBound...].range(of: "</title>"))
    let lines = page[start.upperBound..<end.lowerBound].split(separator: "\n").map(String.init)
    let most = wrong.map(\.1).max() ?? 0
    let first = try #require(wrong.first { $0.1 == most })
    #expect(lines.first == "\(first.0)\t\(first.1) of 3 seeds")
    #expect(lines.count == min(wrong.count, Note.limit) + (wrong.count > Note.limit ? 1 : 0))
    // The matrix counts the same predictions.
    #expect(variant.scores.pooledMatrix?.counts[4][5] == total)
    #expect(page.contains("more</title>"))
  }
}
