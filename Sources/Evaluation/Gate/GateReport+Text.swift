// The gate's report as terminal text, Markdown for a CI summary, and JUnit XML for a CI test list.
// All three have the same content.
import Files
import Statistics

extension GateResult {
  /// What was compared, such as `ravdess full UA vs ravdess-compact ravdess full`.
  package var title: String { "\(corpus) \(system) \(metric.abbreviation) vs \(baseline)" }

  /// The facts behind the verdict, as names and values.
  package var facts: [(name: String, value: String)] {
    func percentages(_ share: Double?) -> String {
      share.map { fixed(100 * $0, digits: 2) + " %" } ?? "–"
    }
    var facts: [(String, String)] = [
      ("this run", "\(percentages(value)), seeds \(list(seeds))"),
      (
        "baseline",
        "\(percentages(recorded))"
          + (baselineSeeds.isEmpty ? ", published" : ", seeds \(list(baselineSeeds))")
      ),
    ]
    if let difference {
      let interval = difference.interval.map {
        $0.marked(
          """
          , \(fixed(100 * $0.level, digits: 0)) % interval \(points($0.lower)) to \
          \(points($0.upper))
          """)
      }
      facts.append(("difference", "\(points(difference.value)) points" + (interval ?? "")))
    }
    facts.append(("margin", "\(points(-margin)) points, \(marginRule)"))
    if let test { facts.append(("test", test + (reason.map { ": " + $0 } ?? ""))) }
    facts.append(("evidence", evidence.rawValue))
    if let permutation {
      facts.append(
        (
          "p",
          permutation.canReach(0.05)
            ? (permutation.p < 0.0001 ? "below 0.0001" : fixed(permutation.p, digits: 4))
              + " (\(permutation.method))"
            : "none: these data cannot reach 0.05, the smallest p is "
              + "\(fixed(permutation.smallestAttainable, digits: 3)) (\(permutation.method))"
        ))
    }
    if let detectable {
      facts.append(
        ("detectable", "a loss of \(fixed(100 * detectable, digits: 2)) points, 8 times in 10"))
    }
    if let changed = changedDecisions, let compared = comparedDecisions {
      facts.append(
        (
          "decisions",
          "\(changed) of \(compared) differ from the baseline's, seeds \(list(commonSeeds))"
        ))
    }
    if verdict == .inconclusive {
      let own = seedsNeeded.map { "\($0) seeds of the run" }
      let both = seedsNeededOnBothSides.map { "\($0) on both sides" }
      let needed = [own, both].compactMap { $0 }.joined(separator: ", or ")
      facts.append(
        ("to settle it", needed.isEmpty ? "more than 200 seeds: the margin is too small" : needed))
    }
    if let drift {
      let loss = drift.loss
      facts.append(
        (
          "history",
          """
          the mean changed \(drift.changes.count) times in \(drift.runs) runs; since \
          \(drift.since) it is \(points(-loss)) points from its best stretch
          """
        ))
    }
    facts.append(("protocol", signature))
    if baselineSignature != signature { facts.append(("baseline's", baselineSignature)) }
    return facts
  }

  private func list(_ seeds: [Int]) -> String {
    seeds.isEmpty ? "none" : seeds.map(String.init).joined(separator: " ")
  }
}

extension GateReport {
  /// Text for a terminal.
  package var text: String {
    let bodies = results.map { result in
      let lines = result.facts.map { "  \($0.name.padded(12))  \($0.value)" }
      return
        (["\(result.verdict.title)  \(result.title)"]
        + result.because.map { "  " + $0 } + lines).joined(separator: "\n")
    }
    let whole =
      "\(verdict.title): \(run): \(results.count) comparisons, exit code \(verdict.exitCode)"
    return (bodies.map(\.explainingDegenerateIntervals) + [whole]).joined(separator: "\n\n")
  }

  /// Markdown for the summary page of a CI service.
  package var markdown: String {
    let head = """
      ## \(verdict.title): \(escaped(run))

      | verdict | comparison | this run | baseline | difference | interval | margin |
      |---|---|---|---|---|---|---|

      """
    let rows = results.map { result in
      func share(_ value: Double?) -> String { value.map { fixed(100 * $0, digits: 2) } ?? "–" }
      let interval = result.difference?.interval.map {
        $0.marked("\(points($0.lower)) … \(points($0.upper))")
      }
      return "| **\(result.verdict.title)** | \(escaped(result.title)) | \(share(result.value)) "
        + "| \(share(result.recorded)) | \(result.difference.map { points($0.value) } ?? "–") "
        + "| \(interval ?? "–") | \(points(-result.margin)) |\n"
    }
    let details = results.map { result in
      "\n**\(escaped(result.title))**: \(escaped(result.because.joined(separator: "; ")))\n\n"
        + result.facts.map { "* \($0.name): \(escaped($0.value))\n" }.joined()
    }
    return head + (rows.joined() + details.joined()).explainingDegenerateIntervals
  }

  /// JUnit XML. A regression or a gain that is too good is a failure. Incomparable is an error.
  /// Inconclusive is a skipped test.
  package var junit: String {
    let cases = results.map { result in
      let message = result.because.joined(separator: "; ").xmlAttribute
      let body = result.facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        .explainingDegenerateIntervals.xmlEscaped
      let outcome =
        switch result.verdict {
        case .pass: "    <system-out>\(body)</system-out>\n"
        case .regressed, .tooGood:
          """
              <failure type=\"\(result.verdict.rawValue)\" \
          message=\"\(message)\">\(body)</failure>\n
          """
        case .incomparable:
          "    <error type=\"incomparable\" message=\"\(message)\">\(body)</error>\n"
        case .inconclusive:
          """
              <skipped message=\"inconclusive: \(message)\"/>\n    \
          <system-out>\(body)</system-out>\n
          """
        }
      return
        "  <testcase classname=\"reprise.check\" name=\"\(result.title.xmlAttribute)\">\n\(outcome)"
        + "  </testcase>\n"
    }
    func count(_ verdicts: Verdict...) -> Int { results.count { verdicts.contains($0.verdict) } }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"reprise check\" "
      + "tests=\"\(results.count)\" failures=\"\(count(.regressed, .tooGood))\" "
      + "errors=\"\(count(.incomparable))\" skipped=\"\(count(.inconclusive))\">\n"
      + cases.joined() + "</testsuite>\n"
  }

  private func escaped(_ text: String) -> String { text.markdownEscaped }
}

extension String {
  /// This text, padded with spaces.
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
