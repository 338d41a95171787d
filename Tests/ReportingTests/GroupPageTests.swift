// The pages on groups of utterances and on the hardest ones: their words follow the numbers.
import Evaluation
import Files
import Foundation
import Reporting
import Samples
import Statistics
import TestSupport
import Testing

private func table(_ kind: String, _ content: ReportContent) throws -> Table {
  try #require(Report(content).tables.first { $0.kind == kind })
}

private func paragraphs(_ content: ReportContent, _ title: String) throws -> [String] {
  let section = try #require(Report(content).sections.first { $0.title.contains(title) })
  return section.blocks.compactMap { if case .paragraph(let text, _) = $0 { text } else { nil } }
}

private func rows(_ table: Table) throws -> [[String: String]] {
  let parsed = try CSVTable(parsing: table.csv, file: table.name)
  return parsed.rows.map { row in
    Dictionary(zip(parsed.header, row.fields)) { first, _ in first }
  }
}

@Suite struct `The pages on groups of utterances` {
  private let content = makeContent(.real)

  @Test func `have the numbers of the first system, and every system's in CSV`() throws {
    let judgement = try #require(content.corpora[0].judgement)
    let sex = try #require(judgement.groups.first?.first)
    #expect(sex.system == "full" && sex.property == "sex")
    let own = try table("tab-groups", content)
    #expect(own.rows[0][0].text == "sex" && own.rows[0][1].text == "female")
    #expect(own.rows[0][6].text == String(format: "%.1f", 100 * sex.groups[0].figures[1].value))
    let tidy = try rows(own)
    #expect(Set(tidy.compactMap { $0["system"] }) == ["full", "plain"])
    #expect(Double(tidy[1]["value"] ?? "") == sex.groups[0].figures[1].value)
    #expect(Double(tidy[1]["low"] ?? "") == sex.groups[0].figures[1].interval?.lower)
    #expect(tidy.count == 2 * 2 * judgement.groups[0].reduce(0) { $0 + $1.groups.count })
    let gaps = try rows(table("tab-gaps", content))
    #expect(gaps.count == 2 * 2 * judgement.groups[0].reduce(0) { $0 + $1.gaps.count })
    #expect(Double(gaps[1]["p_holm"] ?? "") == sex.gaps[0].adjusted[1])
  }

  @Test func `tell gaps that are clear from others and from too few speakers`() throws {
    func verdict(speakers: Int, skill: (Int) -> Int) throws -> String {
      var content = content
      let classes = Array(content.corpora[0].classes.prefix(2))
      let rows = (0..<480).map { index in
        Prediction(
          id: "u\(index)", speaker: "s\(index % speakers)", fold: 1, truth: index / 48 % 2,
          predicted: index / 96 % 5 < skill(index / speakers % 2)
            ? index / 48 % 2 : 1 - index / 48 % 2, probabilities: [])
      }
      let system = SystemPredictions(
        system: "full", classes: classes, seeds: [(1, rows)])
      let parts = try #require(
        Grouping(
          "half", of: rows.enumerated().map { ($1.id, $0 / speakers % 2 == 0 ? "x" : "y") }))
      content.corpora[0].judgement?.groups = [GroupScores.all(of: system, by: [parts])]
      let table = try table("tab-gaps", content)
      return try #require(table.rows.first?.last).text
    }
    #expect(try verdict(speakers: 12) { $0 == 0 ? 5 : 2 } == "differ")
    #expect(try verdict(speakers: 12) { _ in 3 } == "undecided")
    #expect(try verdict(speakers: 4) { $0 == 0 ? 5 : 2 } == "too few speakers")
    var unknown = content
    unknown.corpora[0].isWithoutSpeakers = true
    let gaps = try table("tab-gaps", unknown)
    #expect(gaps.rows.allSatisfy { $0[2].text == "–" && $0.last?.text == "speakers unknown" })
    #expect(try !table("tab-gaps", content).rows.contains { $0.last?.text == "speakers unknown" })
  }

  @Test func `are left out without groups`() throws {
    var content = content
    content.corpora[0].judgement?.groups = []
    let titles = try Report(content).sections.map(\.title)
    #expect(!titles.contains { $0.contains("scores by group") })
    #expect(titles.contains { $0.contains("hardest utterances") })
  }

  @Test func `draw each speaker's interval, and say what it means`() throws {
    let judgement = try #require(content.corpora[0].judgement)
    func strip(_ content: ReportContent) throws -> StripPlot {
      try #require(
        Report(content).charts.compactMap { $0 as? StripPlot }
          .first { $0.label.kind == "fig-speakers" })
    }
    let chart = try strip(content)
    let first = try #require(chart.rows.first)
    let own = try #require(judgement.speakers.first { $0.name == first.name })
    #expect(first.interval?.lower == own.accuracy.interval?.lower)
    #expect(chart.label.caption.contains("seeds do not add to it"))
    // Negative control.
    var bare = content
    bare.corpora[0].judgement?.speakers = []
    let other = try strip(bare)
    #expect(other.rows.allSatisfy { $0.interval == nil })
    #expect(!other.label.caption.contains("Wilson"))
  }
}

@Suite struct `The page on the hardest utterances` {
  private let content = makeContent(.real)

  @Test func `counts them in a sentence and lists the worst`() throws {
    let errors = try #require(content.corpora[0].judgement?.errors)
    let sentence = try #require(paragraphs(content, "hardest utterances").first)
    #expect(
      sentence == "full is wrong on \(errors.always) of 1536 utterances in every seed, on "
        + "\(errors.sometimes) in some seeds, and on \(errors.never) in none.")
    let own = try table("tab-errors", content)
    #expect(own.rows.count == min(15, errors.always))
    #expect(own.rows[0][0].text == errors.rows[0].id)
    #expect(own.rows.allSatisfy { $0[4].text == "3 of 3" })
    let tidy = try rows(own)
    #expect(tidy.count == errors.rows.count)
    #expect(Double(tidy[0]["confidence"] ?? "") == errors.rows[0].confidence)
    #expect(tidy[0]["text"]?.hasSuffix("by the door") == true)
  }

  @Test func `has only the columns that it can fill, and counts one seed otherwise`() throws {
    var content = content
    let classes = content.corpora[0].classes
    let rows = (0..<20).map { index in
      Prediction(
        id: "u\(index)", speaker: "s", fold: 1, truth: 0, predicted: index < 6 ? 1 : 0,
        probabilities: [])
    }
    content.corpora[0].judgement?.errors = UtteranceErrors(
      SystemPredictions(
        system: "full", classes: classes, seeds: [(1, rows)]), beside: [])
    content.corpora[0].judgement?.notes = [:]
    #expect(
      try paragraphs(content, "hardest utterances").first
        == "full is wrong on 6 of 20 utterances, with one seed.")
    let own = try table("tab-errors", content)
    #expect(
      own.columns.map(\.title) == ["Utterance", "Speaker", "Truth", "Predicted", "Wrong in"])
    #expect(own.rows.count == 6)
    // Without any error there is no page.
    content.corpora[0].judgement?.errors = UtteranceErrors(
      SystemPredictions(
        system: "full", classes: classes,
        seeds: [(1, rows.filter { $0.predicted == 0 })]), beside: [])
    #expect(
      try !Report(content).sections.contains { $0.title.contains("hardest utterances") })
  }
}
