// Results by group of utterances, such as by sex or length, for the first system.
import Evaluation
import Files
import Statistics

extension SpeakerAccuracy {
  /// What the intervals of a figure of speakers mean.
  static func caption(of system: String) -> String {
    """
    Lines: 95 % Wilson intervals of \(system) for other utterances of the same speaker. Their n is \
    the speaker's utterances; seeds do not add to it.
    """
  }
}

extension CorpusReport {
  /// Sections on groups of utterances and on the hardest ones; none without their numbers.
  var groupSections: [Section] {
    [section("scores by group", groupBlocks), section("hardest utterances", errorBlocks)]
      .filter { !$0.blocks.isEmpty }
  }

  private var groupBlocks: [Block] {
    guard let groups = judgement?.groups.first, let system = groups.first?.system else { return [] }
    return groupCharts(groups, of: system)
      + [.table(groupTable(groups, of: system)), .table(gapTable(groups, of: system))]
  }

  /// The most rows of one figure.
  private static let mostRows = 22

  private func groupCharts(_ groups: [GroupScores], of system: String) -> [Block] {
    var parts: [[GroupScores]] = []
    for scores in groups {
      let rows = (parts.last ?? []).reduce(0) { $0 + $1.groups.count } + scores.groups.count
      if parts.isEmpty || rows > Self.mostRows { parts.append([]) }
      parts[parts.count - 1].append(scores)
    }
    return parts.enumerated().map { index, part in
      var label = label(
        "fig-groups", ": scores of \(system) by \(listed(part.map(\.property)))",
        """
        Bars and markers: pooled over the test utterances of the group (number in brackets), mean \
        over seeds. \
        \(isWithoutSpeakers
          ? "No intervals, because the speakers are unknown."
          : "Lines: 95 % delete-one-speaker jackknife intervals.") \
        \(variants.first.map { sample($0.scores) } ?? "").
        """)
      if parts.count > 1 { label.name += "-\(index + 1)" }
      return .chart(
        RecallBars(
          label: label, systems: GroupScores.metrics.map(\.abbreviation),
          rows: part.flatMap { scores in
            scores.groups.map { group in
              RecallBars.Row(
                name: "\(scores.property): \(group.name.shown(48))", support: group.utterances,
                bars: group.figures.map { figure in
                  figure.value.isFinite
                    ? RecallBars.Bar(
                      value: figure.value, lower: figure.interval?.withinShares.lower,
                      upper: figure.interval?.withinShares.upper) : nil
                })
            }
          }, scale: "WA and UA, %"))
    }
  }

  private func groupTable(_ groups: [GroupScores], of system: String) -> Table {
    var rows: [[Table.Cell]] = []
    var ruled: Set<Int> = []
    for scores in groups {
      ruled.insert(rows.count)
      for (index, group) in scores.groups.enumerated() {
        rows.append(
          [
            Table.Cell(index == 0 ? scores.property : "", isBold: true),
            Table.Cell(group.name.shown(60)), Table.Cell(grouped(group.utterances)),
            Table.Cell(isWithoutSpeakers ? "–" : grouped(group.speakers)),
          ]
            + group.figures.flatMap { figure in
              [
                Table.Cell(shown(figure) { inPercent($0) }, isBold: true),
                Table.Cell(range(figure)),
              ]
            })
      }
    }
    let lengths =
      groups.contains { $0.property == "length" } ? " Length: four groups of about equal size." : ""
    return table(
      tidy: judgement?.tidyGroups, "tab-groups", ": scores of \(system) by group, percent",
      columns: [
        .words("Property"), .words("Group"), .number("n"), .number("Speakers"), .number("WA"),
        .number("95 %"), .number("UA"), .number("95 %"),
      ], rows: rows, ruledRows: ruled,
      remark:
        """
        Pooled over the test utterances of a group, mean over seeds. n: utterances. Intervals: \
        delete-one-speaker jackknife; none if one speaker has all of the group's utterances of a \
        class. UA averages the classes that the group has.\(lengths)
        """)
  }

  private func gapTable(_ groups: [GroupScores], of system: String) -> Table {
    var rows: [[Table.Cell]] = []
    var ruled: Set<Int> = []
    for scores in groups {
      ruled.insert(rows.count)
      for (index, gap) in scores.gaps.enumerated() {
        rows.append(
          [
            Table.Cell(index == 0 ? scores.property : "", isBold: true),
            Table.Cell("\(gap.first.shown(36)) − \(gap.second?.shown(36) ?? "the others")"),
            Table.Cell(isWithoutSpeakers ? "–" : gap.speakers),
          ]
            + gap.differences.flatMap { difference in
              [
                Table.Cell(shown(difference, points), isBold: true),
                Table.Cell(pointRange(difference.interval)),
              ]
            } + [
              Table.Cell(gap.adjusted.last.flatMap { $0 }.map(pText) ?? "–"),
              isWithoutSpeakers
                ? Table.Cell("speakers unknown", isQuiet: true)
                : Table.Cell(gap.verdict, isQuiet: gap.verdict != GroupScores.Gap.clear),
            ])
      }
    }
    return table(
      tidy: judgement?.tidyGaps, "tab-gaps",
      ": gaps between groups for \(system), points",
      columns: [
        .words("Property"), .words("Gap"), .words("Speakers"), .number("Δ WA"), .number("95 %"),
        .number("Δ UA"), .number("95 %"), .number("p Holm"), .words("Verdict"),
      ], rows: rows, ruledRows: ruled,
      remark:
        """
        First group minus second, over the classes that both have. Gaps between groups of the same \
        speakers are paired (delete-one-speaker jackknife); others compare different speakers \
        (Welch). p: of UA, adjusted for all gaps with a verdict (Holm). A verdict needs \
        \(GroupScores.Gap.fewestShared) shared speakers, or \
        \(GroupScores.Gap.fewestOnASide) on either side. WA also depends on the mix of classes in \
        a group; UA does not.
        """, isDense: true)
  }

  private func shown(_ estimate: Estimate, _ text: (Double?) -> String) -> String {
    text(estimate.value.isFinite ? estimate.value : nil)
  }

}

extension GroupScores.Gap {
  static let clear = "differ"

  /// The verdict on UA.
  var verdict: String {
    guard let p = adjusted.last.flatMap({ $0 }) else {
      return hasEnoughSpeakers ? "no interval" : "too few speakers"
    }
    return p <= ComponentClaim.level ? Self.clear : "undecided"
  }

  /// The speakers behind it: "24 shared" or "12 and 12".
  fileprivate var speakers: String {
    sharedSpeakers > 0 ? "\(sharedSpeakers) shared" : "\(firstSpeakers) and \(secondSpeakers)"
  }
}

extension String {
  /// The text on one line, of at most `length` characters.
  func shown(_ length: Int) -> String {
    let line = onOneLine
    return line.count > length ? line.prefix(length - 1) + "…" : line
  }
}
