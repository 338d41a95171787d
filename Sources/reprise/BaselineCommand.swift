// `reprise baseline`: recorded results: make, list, show, hold to each other.
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
    subcommands: [Record.self, List.self, Show.self, Lint.self])

  struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Record a finished run on real corpora: every fold, seed and utterance.",
      discussion: """
        Refuses a run that is incomplete, was made by sources that no commit holds, or has fewer than \
        \(RecordingRules.fewestSeeds) seeds. The margin that later runs are held to is written down now.
        """)

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"))
    var folder: String
    @Option(help: "What the baselines' names begin with.")
    var name: String
    @Option(help: "The file to write; baselines/NAME.json by default.")
    var to: String?
    @Option(help: "δ: how many points worse a later run may be and still pass.")
    var margin = 1.0
    @Option(help: "What the margin is of: wa, ua, macro-f1 or weighted-f1.")
    var metric = Metric.unweightedAverageRecall
    @Option(help: "Of the two-sided interval that later runs are judged by.")
    var confidence = 0.95
    @Option(help: "Go on although the run is incomplete, dirty or has few-seeds; may be repeated.")
    var allow: [RecordingFault] = []

    func validate() throws {
      guard !name.isEmpty, name.utf8.count <= 100,
        !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x2F })
      else {
        throw ValidationError(
          "--name \(name.debugDescription): expected 1 to 100 bytes without \"/\" or control characters"
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
      let file = try Evidence(of: RecordedRun(readingFolder: folder)).record(
        as: name, to: path,
        RecordingRules(
          margin: .init(metric: metric, points: margin, confidence: confidence),
          allowed: Set(allow)))
      for baseline in file.baselines { try tell("\(path): \(baseline.name): \(baseline.line)") }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A line for each baseline.")

    @Argument(help: "A folder of baselines; baselines/ by default.")
    var folder: String?

    func run() throws {
      for baseline in try BaselineFile.load(folder: folder ?? baselinesFolder()) {
        try tell("\(baseline.name): \(baseline.line)")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "All that is recorded of one baseline.")

    @Argument(help: "Its name.")
    var name: String
    @Option(help: "A folder of baselines; baselines/ by default.")
    var folder: String?

    func run() throws {
      let baselines = try BaselineFile.load(folder: folder ?? baselinesFolder())
      guard let baseline = baselines.first(where: { $0.name == name }) else {
        let names = baselines.map(\.name)
        let nearest = nearestName(to: name, among: names).map { "did you mean \"\($0)\"? " } ?? ""
        throw ValidationError(
          "no baseline \"\(name)\": \(nearest)there are \(names.joined(separator: ", "))")
      }
      try tell(baseline.details)
    }
  }

  struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check every number in baselines, README.md and docs/results.md.",
      discussion: """
        Reads each baseline with its predictions. Checks its scores against its counts, and its \
        counts against its predictions. Checks the tables between "<!-- reprise:NAME -->" and \
        "<!-- end -->" in README.md and docs/results.md against the baselines. Exits with 1 if a \
        number is wrong.

        Example:
          reprise baseline lint --write
        """)

    @Argument(help: "A folder of baselines; baselines/ by default.")
    var folder: String?
    @Option(
      name: [.customLong("text"), .customLong("readme")],
      help: ArgumentHelp(
        "A file with tables of baselines; may be repeated. By default README.md and docs/results.md "
          + "beside the folder.", valueName: "file"))
    var texts: [String] = []
    @Flag(help: "Write the tables anew instead of complaining.")
    var write = false
    @Flag(help: "Give files without a checksum one, so that an edit of a number or margin is seen.")
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
