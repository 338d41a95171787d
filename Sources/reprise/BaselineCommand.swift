// `reprise baseline`: recorded results: record, list, show and lint them.
import ArgumentParser
import Evaluation
import Experiments
import Files
import Foundation
import Judging
import Runs

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Record, list, show or lint baselines.",
    discussion: help(
      "A baseline is a recorded result that `reprise check` and `reprise compare` use.",
      examples: [
        "List what is recorded.":
          "reprise baseline list",
        "Record a run.":
          "reprise baseline record runs/ravdess --name ours",
      ]),
    subcommands: [Record.self, List.self, Show.self, Lint.self])

  struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Record a finished run on real corpora: every fold, seed and utterance.",
      discussion: help(
        """
        Also records the margin for later runs, before anyone has seen them. Refuses a run that is \
        incomplete, comes from uncommitted sources, or has fewer than \
        \(RecordingRules.fewestSeeds) seeds; --allow overrides that.
        """,
        examples: [
          "Record a run as baselines/ours.json.":
            "reprise baseline record runs/ravdess --name ours",
          "Let later runs be up to half a point of WA worse.":
            "reprise baseline record runs/ravdess --name ours --metric wa --margin 0.5",
        ]))

    @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
    var folder: String
    @Option(help: "The start of the baselines' names.")
    var name: String
    @Option(
      help: ArgumentHelp("The file to write; baselines/NAME.json by default.", valueName: "file"))
    var to: String?
    @Option(
      help: ArgumentHelp("How much worse a later run may be and still pass.", valueName: "points"))
    var margin = 1.0
    @Option(help: "The metric to judge by.")
    var metric = Metric.unweightedAverageRecall
    @Option(
      help: ArgumentHelp("Confidence of the two-sided interval to judge by.", valueName: "share"))
    var confidence = 0.95
    @Option(help: ArgumentHelp("Record in spite of this fault. Repeatable.", valueName: "fault"))
    var allow: [RecordingFault] = []

    func validate() throws {
      guard !name.isEmpty, name.utf8.count <= 100,
        !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x2F })
      else {
        throw ValidationError(
          "--name \(name.debugDescription): expected 1 to 100 bytes without \"/\" or control "
            + "characters"
        )
      }
      if let problem = Baseline.Margin.problem(points: margin) {
        throw ValidationError("--margin \(margin): \(problem)")
      }
      if let problem = Baseline.Margin.problem(confidence: confidence) {
        throw ValidationError("--confidence \(confidence): \(problem)")
      }
    }

    func run() throws {
      let path = to ?? baselinesFolder() + "/\(name).json"
      let file = try Evidence(of: openRun(folder)).record(
        as: name, to: path,
        RecordingRules(
          margin: .init(metric: metric, points: margin, confidence: confidence),
          allowed: Set(allow)))
      for baseline in file.baselines { try tell("\(path): \(baseline.name): \(baseline.line)") }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the baselines, one a line.",
      discussion: help(examples: ["List all baselines.": "reprise baseline list"]))

    @Argument(help: "The folder of the baselines; baselines/ by default.")
    var folder: String?

    func run() throws {
      for baseline in try BaselineFile.load(folder: folder ?? baselinesFolder()) {
        try tell("\(baseline.name): \(baseline.line)")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show everything that is recorded of one baseline.",
      discussion: help(examples: [
        "Show the figures that the paper prints for RAVDESS.":
          "reprise baseline show paper-ravdess"
      ]))

    @Argument(help: "The name of the baseline.")
    var name: String
    @Option(help: "The folder of the baselines; baselines/ by default.")
    var folder: String?

    func run() throws {
      let baselines = try BaselineFile.load(folder: folder ?? baselinesFolder())
      guard let baseline = baselines.first(where: { $0.name == name }) else {
        let names = baselines.map(\.name)
        let nearest = nearestName(to: name, among: names).map { "did you mean \"\($0)\"? " } ?? ""
        throw ValidationError(
          "no baseline \"\(name)\": \(nearest)expected one of \(names.joined(separator: ", "))")
      }
      try tell(baseline.details)
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every number in baselines and in the tables of documents.",
      discussion: help(
        """
        Computes counts from predictions and scores from counts, and compares them with the files. \
        Then checks the tables between "<!-- reprise:NAME -->" and "<!-- end -->" in documents. \
        Exit code 1 means that a number is wrong.
        """,
        examples: [
          "Check the numbers.":
            "reprise baseline lint",
          "Write the tables of a document again.":
            "reprise baseline lint --text README.md --write",
        ]))

    @Argument(help: "The folder of the baselines; baselines/ by default.")
    var folder: String?
    @Option(
      name: [.customLong("text"), .customLong("readme")],
      help: ArgumentHelp(
        """
        A document with tables of baselines. Repeatable. README.md and docs/results.md next to the \
        folder by default.
        """, valueName: "file"))
    var texts: [String] = []
    @Flag(help: "Write the tables instead of checking them.")
    var write = false
    @Flag(help: "Add a checksum to files that have none. Later edits are then detected.")
    var seal = false

    func run() throws {
      let folder = folder ?? baselinesFolder()
      let beside = URL(fileURLWithPath: folder).deletingLastPathComponent()
      let texts =
        texts.isEmpty
        ? ["README.md", "docs/results.md"].map { beside.appendingPathComponent($0).path } : texts
      if seal {
        for path in try BaselineFile.paths(in: folder) where try BaselineFile.seal(path) {
          try tell("\(path): sealed")
        }
      }
      let lint = try BaselineLint(folder: folder, texts: texts)
      if write, !lint.mendedTexts.isEmpty {
        for mended in lint.mendedTexts {
          try Data(mended.text.utf8).writeAtomically(to: mended.path)
          try tell("\(mended.path): \(mended.tables) tables written")
        }
        return
      }
      for line in lint.lines { try tell(line) }
      if !lint.complaints.isEmpty { throw FailedVerification() }
    }
  }
}

extension RecordingFault: ExpressibleByArgument {}
