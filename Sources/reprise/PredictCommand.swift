// `reprise predict`: class probabilities for new recordings by the networks of a run.
import ArgumentParser
import Files
import Foundation
import Prediction
import Runs

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classify new recordings with the trained networks of a run.",
    discussion: help(
      """
      Prints a CSV table: a row for each recording, a probability for each class, and notes about \
      recordings that are unlike those of the training. `reprise score` reads the table. Without \
      --fold and --seed, the answer is the mean over all finished networks of the variant.

      Folders are searched for sound files. The path "-" stands for a list on standard input, one \
      path a line. A recording that cannot be read is reported, the others are answered, and the \
      exit code is 2.

      Most runs normalise by speaker. Name the speaker with --speaker or --speakers if you have \
      several recordings of a person. docs/predict.md says what is used otherwise, and what it \
      costs.
      """,
      examples: [
        "Classify all sound files below a folder.":
          "reprise predict runs/reproduce runs/reproduce/stand-ins --corpus ravdess",
        "Classify recordings of one person.":
          "reprise predict runs/ravdess /data/clips --speaker anna",
        "Ask only the network of fold 1 and seed 2, and print JSON.":
          "reprise predict runs/ravdess /data/clip.wav --fold 1 --seed 2 --json",
      ]))

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String
  @Argument(help: "Sound files, folders, or - for a list on standard input.")
  var recordings: [String]
  @Option(help: "The variant that answers; the first of the run by default.")
  var variant: String?
  @Option(help: "The corpus whose networks answer, if the run has several.")
  var corpus: String?
  @Option(help: "Only the networks of this fold.")
  var fold: Int?
  @Option(help: "Only the networks of this seed.")
  var seed: Int?
  @Option(help: "All recordings are of this one speaker.")
  var speaker: String?
  @Option(
    help: ArgumentHelp("A CSV file with the columns path and speaker.", valueName: "file"))
  var speakers: String?
  @Option(
    help: ArgumentHelp("Where the run's pretrained network is, if it moved.", valueName: "folder"))
  var backbone: String?
  @Option(help: "How many threads to use; all cores by default. Results do not depend on it.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount
  @Option(help: ArgumentHelp("Write the answers to a new file.", valueName: "file"))
  var out: String?
  @Flag(help: "Write JSON instead of CSV.")
  var json = false

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    guard speaker == nil || speakers == nil else {
      throw ValidationError("--speaker and --speakers exclude each other: give one of them")
    }
    guard speaker != "" else { throw ValidationError("--speaker: expected a name, found none") }
  }

  func run() throws {
    if let out, FileManager.default.fileExists(atPath: out) {
      throw PredictError(out, "exists already", remedy: "remove it, or choose another --out")
    }
    var choice = ModelChoice()
    (choice.variant, choice.corpus, choice.backbone) = (variant, corpus, backbone)
    (choice.fold, choice.seed) = (fold, seed)
    let models = try TrainedModels(of: RecordedRun(readingFolder: folder), choice)
    let list = try speakers.map(SpeakerList.init(readingFile:))
    var recordings = NewRecordings(recordings) { standardInputLines() }
    recordings.setSpeakers { list?.speaker(of: $0) ?? speaker }
    for failure in recordings.failures { complain(failure.error) }
    let (answers, failures) = try models.answers(for: recordings.recordings, threads: threads)
    let table = AnswerTable(models, answers, recordings.failures + failures)
    for remark in table.remarks { complain(remark) }
    for failure in failures { complain(failure.error) }
    let text = json ? try table.json() + "\n" : table.csv
    if let out {
      try Data(text.utf8).writeAtomically(to: out)
    } else if !answers.isEmpty || json {
      try tell(json ? text.terminalSafeJSON : text.terminalSafe, terminator: "")
    }
    if !table.failures.isEmpty { throw ExitCode(2) }
  }
}

/// The lines of standard input that are not empty.
private func standardInputLines() -> [String] {
  var lines: [String] = []
  while let line = readLine() {
    if !line.isEmpty { lines.append(line) }
  }
  return lines
}
