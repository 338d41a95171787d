// The command line: parse, run, exit code. The other files here hold the commands and what belongs
// to the whole process: progress, signals and the setup before the first thread.
import ArgumentParser
import BuildStamp
import Experiments
import Runs
import Files
import Tensors

@main
struct Reprise: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reprise",
    abstract: "Reproducible speech emotion recognition on your own machine.",
    discussion: help(
      """
      Reprise trains and evaluates emotion classifiers: energy-adaptive mixup (EAM), frame-level \
      attention (FLAM) and multi-loss learning. Each result has an interval. A run's folder holds \
      all that is needed to check and repeat it.

      Exit codes:
        0         success
        1         a check failed: a cell, a fixture, a leak or a damaged file
        2         an error: a file, corpus or setting cannot be used
        64        wrong usage
        130, 143  interrupted by Ctrl-C or SIGTERM; the same command resumes
      `reprise check` has more: see `reprise help check`.

      Shell completions: reprise --generate-completion-script bash|zsh|fish
      """,
      examples: [
        "First steps: train and report on SYNTHETIC speech; takes a few minutes.":
          "reprise run --profile quick --out runs/reproduce",
        "Compare your corpus with its published counts.":
          "reprise corpora inspect ravdess=/data/ravdess",
        "Train on your corpus: 6 folds, 3 seeds, the full and the plain system.":
          "reprise run --corpus ravdess=/data/ravdess --out runs/ravdess",
      ]),
    version: BuildStamp.ofThisProgram.words,
    subcommands: [ParseCommand.self, ManualCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Start",
        subcommands: [
          RunCommand.self, StatusCommand.self, CorporaCommand.self, SettingsCommand.self,
          PowerCommand.self,
        ]),
      CommandGroup(
        name: "Read results",
        subcommands: [
          ScoreCommand.self, ReportCommand.self, ExplainCommand.self, CompareCommand.self,
          DiffCommand.self, ClaimsCommand.self,
        ]),
      CommandGroup(
        name: "Guard results",
        subcommands: [
          CheckCommand.self, BaselineCommand.self, FileCheckCommand.self, ReplayCommand.self,
        ]),
      CommandGroup(
        name: "Use many machines",
        subcommands: [
          CellCommand.self, SlurmCommand.self, StorageCommand.self,
        ]),
      CommandGroup(
        name: "Test the program",
        subcommands: [
          VerifyCommand.self, BenchCommand.self, SimulateCommand.self,
          DevicesCommand.self,
        ]),
      CommandGroup(
        name: "Tools",
        subcommands: [
          PredictCommand.self, BackboneCommand.self, ProtocolCommand.self, TSNECommand.self,
        ]),
    ])

  static func main() {
    prepareStandardStreams()
    prepareProcess()
    StopRequest.listen()
    do {
      var command = try parseAsRoot(textArguments)
      try requireTextArguments()
      try DataHome.ofThisProcess.check()
      if let computing = command as? any ComputingCommand {
        try ComputingRoom.require(threads: computing.computingThreads)
      }
      try command.run()
    } catch {
      finish(with: error)
    }
  }
}
