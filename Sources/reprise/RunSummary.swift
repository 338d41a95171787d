// What `run` prints at its end: results with intervals, where the report is, what to type next.
import Cluster
import Evaluation
import Files
import Foundation
import Reporting
import Runs

/// The end of a run, for a person.
struct RunSummary {
  let run: RecordedRun
  let content: ReportContent
  let failedCells: Int

  /// The whole text.
  var text: String {
    let table = content.resultTable
    let report = ["report.pdf", "index.html"].map { "  \(run.folder)/report/\($0)" }
    let steps = nextSteps.flatMap { ["  # \($0.purpose)", "  \($0.command)"] }
    return ([table, "", "Report:"] + report + ["", "Next:"] + steps).joined(separator: "\n")
  }

  /// Three commands to try next, with the paths of this run.
  private var nextSteps: [(purpose: String, command: String)] {
    let corpus = content.corpora.first
    let variant = corpus?.variants.first
    var steps: [(purpose: String, command: String)] = []
    if failedCells > 0 {
      steps = [
        ("Show which cells failed, and why.", command("status", folder)),
        ("Try them again.", command("run", folder, "--retry-failed")),
      ]
    }
    if let corpus, let variant, variant.scores.completeSeeds.isEmpty == false {
      steps.append(
        (
          "Explain a number: formula, interval, files.",
          command("explain", folder, corpus.name, variant.name, "ua", "pooled")
        ))
    }
    if let real = content.corpora.first(where: { !$0.isSynthetic }) {
      let name = real.name
      steps.append(("Compare with recorded results.", command("compare", folder)))
      steps.append(
        (
          "Record the result, to check later runs against it.",
          command("baseline", "record", folder, "--name", "my-\(name)")
        ))
    } else if !run.isScored, let corpus, let variant, let cell = variant.scores.cells.first {
      steps.append(
        (
          "Train a cell again: are all bits the same?",
          command("replay", folder, corpus.name, variant.name, "\(cell.fold)", "\(cell.seed)")
        ))
    }
    steps.append(("Check every file of the run.", command("fsck", folder)))
    steps.append(("Draw the report again.", command("report", folder)))
    return Array(steps.prefix(3))
  }

  /// The folder as an argument; a name may begin like an option.
  private var folder: String { run.folder.hasPrefix("-") ? "./" + run.folder : run.folder }

  /// A command line for a shell, beginning with the program as the user called it.
  private func command(_ words: String...) -> String {
    shellCommand([programName] + words)
  }
}
