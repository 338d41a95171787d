// Held-out accuracy epoch by epoch, and the learning rate.
import Evaluation

extension CorpusReport {
  /// The accuracy after each epoch, as a figure and a table; empty if nothing was recorded.
  var epochBlocks: [Block] {
    guard let recorded = judgement?.courses, !recorded.isEmpty else { return [] }
    let parts = EpochCourse.Part.allCases.filter { part in
      recorded.contains { $0.courses.contains { $0.part == part } }
    }
    let cells = parts.map { part in
      let courses = recorded.compactMap { $0.courses.first { $0.part == part } }
      return "\(part.name): \(courses.max { $0.cells < $1.cells }.map(words) ?? "")"
    }
    return [
      .chart(
        EpochPanels(
          label: label(
            "fig-epochs", ": held-out accuracy by epoch",
            """
            WA after each epoch, percent. Lines: mean over cells (folds × seeds). Bands: least to \
            greatest cell. \(cells.joined(separator: "; ").capitalizedFirst). The scores of test \
            utterances were recorded and never used: no epoch was chosen by a test fold.
            """), systems: recorded.map { ($0.system, $0.courses) })),
      .table(epochTable(recorded)),
    ]
  }

  private func words(_ course: EpochCourse) -> String {
    "\(count(course.cells, "cell")) (\(count(course.folds.count, "fold")), "
      + "\(count(course.seeds.count, "seed"))) of a system"
  }

  private func epochTable(_ recorded: [(system: String, courses: [EpochCourse])]) -> Table {
    let last = recorded.flatMap(\.courses).map(\.epochs.count).max() ?? 1
    let shown = [1, last / 4, last / 2, last * 3 / 4, last].filter { $0 > 0 }
    let epochs = Set(shown).sorted()
    var ruled: Set<Int> = []
    var rows: [[Table.Cell]] = []
    for (system, courses) in recorded {
      ruled.insert(rows.count)
      for (index, course) in courses.enumerated() {
        rows.append(
          [
            Table.Cell(index == 0 ? system : "", isBold: true), Table.Cell(course.part.name),
            Table.Cell("\(course.cells)"),
          ]
            + epochs.map { epoch in
              Table.Cell(
                course.epochs.indices.contains(epoch - 1)
                  ? inPercent(course.epochs[epoch - 1].mean) : "–")
            }
            + [
              Table.Cell(
                course.epochs.last.map { "\(inPercent($0.least)) to \(inPercent($0.greatest))" }
                  ?? "–")
            ])
      }
    }
    return table(
      tidy: tidyCourses(recorded), "tab-epochs", ": held-out accuracy by epoch, WA, percent",
      columns: [.words("System"), .words("Scored"), .number("Cells")]
        + epochs.map { .number("epoch \($0)") } + [.number("last: least to greatest")],
      rows: rows, ruledRows: ruled,
      remark:
        """
        Mean over cells, each with equal weight. Test utterances are those of the cell's own fold. \
        The CSV file has every epoch.
        """, isDense: true)
  }

  private func tidyCourses(_ recorded: [(system: String, courses: [EpochCourse])]) -> TidyTable {
    var table = TidyTable([
      "system", "scored", "metric", "epoch", "mean", "least", "greatest", "cells",
    ])
    for (system, courses) in recorded {
      for course in courses {
        for (index, epoch) in course.epochs.enumerated() {
          table.add([
            system, course.part.rawValue, Metric.accuracy.rawValue, "\(index + 1)",
            exact(epoch.mean), exact(epoch.least), exact(epoch.greatest), "\(epoch.cells)",
          ])
        }
      }
    }
    return table
  }

  // MARK: The learning rate

  /// The learning rate by epoch, once for all systems that share it; empty without curves.
  var learningRates: [Block] {
    var schedules: [(rates: [Double], systems: [String])] = []
    for variant in variants where !variant.curves.isEmpty {
      for rates in variant.schedules {
        if let place = schedules.firstIndex(where: { areAlike($0.rates, rates) }) {
          if !schedules[place].systems.contains(variant.name) {
            schedules[place].systems.append(variant.name)
          }
        } else {
          schedules.append((rates, [variant.name]))
        }
      }
    }
    guard !schedules.isEmpty else { return [] }
    let isOne = schedules.count == 1
    let groups = schedules.map { listed($0.systems) }
    return [
      .chart(
        CurvePanels(
          label: label(
            "fig-learning-rate", ": learning rate",
            isOne
              ? "The learning rate at the end of each epoch. It is the same in all cells of every "
                + "system, up to the number of steps that a fold has."
              : "The learning rate at the end of each epoch. The systems differ: "
                + groups.joined(separator: "; ") + "."),
          panels: schedules.enumerated().map { index, schedule in
            CurvePanels.Panel(
              title: isOne ? "Learning rate" : "Learning rate: \(groups[index])",
              lines: [schedule.rates])
          }))
    ]
  }
}

extension VariantReport {
  /// The different courses of the learning rate over the cells, longest first. A cell that stopped
  /// early has the course of a longer one that begins alike.
  fileprivate var schedules: [[Double]] {
    var found: [[Double]] = []
    let all = curves.map { $0.epochs.map(\.learningRate) }.filter { !$0.isEmpty }
    let longest = all.map(\.count).max() ?? 0
    // In the order of the cells among those of one length.
    let courses = all.filter { $0.count == longest } + all.filter { $0.count < longest }
    for course in courses where !found.contains(where: { areAlike($0, course) }) {
      found.append(course)
    }
    return found
  }
}

/// Whether two courses of the learning rate begin alike: they differ by at most a twentieth of the
/// greatest rate. The rate at the end of an epoch depends a little on the steps of the fold.
private func areAlike(_ a: [Double], _ b: [Double]) -> Bool {
  let greatest = max(a.max() ?? 0, b.max() ?? 0)
  return zip(a, b).allSatisfy { abs($0 - $1) <= greatest / 20 }
}

extension String {
  /// The text with a capital at the beginning.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
