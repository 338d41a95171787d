// The command line: parse, call, print, exit code. Beside it lie what belongs to a whole process: the line of
// progress, signals, and what is settled before the first thread starts.
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
    abstract: "Reproducible speech emotion recognition: EAM, FLAM and multi-loss learning.",
    discussion: """
      Exit codes: 0 done · 1 a cell of the run or a fixture failed, or a corpus leaks · 2 a file, corpus \
      or setting is not as it must be · 64 wrong usage · 130, 143 stopped by Ctrl-C or SIGTERM, to be gone on \
      with. `reprise check` has more: see reprise help check.

      Shell completions: reprise --generate-completion-script bash|zsh|fish
      """,
    version: BuildStamp.ofThisProgram.words,
    subcommands: [
      RunCommand.self, StatusCommand.self, CellCommand.self, SlurmCommand.self,
      FileCheckCommand.self, ReplayCommand.self, StorageCommand.self, CorporaCommand.self,
      ReportCommand.self, CompareCommand.self,
      BaselineCommand.self, CheckCommand.self, ClaimsCommand.self, ExplainCommand.self,
      DiffCommand.self, SimulateCommand.self, VerifyCommand.self, BackboneCommand.self,
      SettingsCommand.self, TSNECommand.self, BenchCommand.self, ManualCommand.self,
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
