// How many threads each command needs: checked against the system's limits before it starts.
import Execution
import Experiments
import Foundation

/// A command that computes on several threads.
protocol ComputingCommand {
  /// The greatest number of threads that compute at the same time.
  var computingThreads: Int { get }
}

private var activeCores: Int { ProcessInfo.processInfo.activeProcessorCount }

extension CapacityOptions {
  /// The threads of the cells and of the pool that they share.
  var computingThreads: Int { options.jobs + (threads > 1 ? min(threads, activeCores) : 0) }
}

extension RunCommand: ComputingCommand { var computingThreads: Int { work.computingThreads } }
extension CellCommand: ComputingCommand { var computingThreads: Int { work.computingThreads } }
extension ReplayCommand: ComputingCommand {
  var computingThreads: Int { min(threads, activeCores) + 1 }
}
extension PredictCommand: ComputingCommand {
  var computingThreads: Int { min(threads, activeCores) }
}
extension VerifyCommand: ComputingCommand { var computingThreads: Int { activeCores } }
extension ReportCommand: ComputingCommand { var computingThreads: Int { activeCores } }
extension TSNECommand: ComputingCommand { var computingThreads: Int { min(threads, activeCores) } }
extension BenchCommand: ComputingCommand { var computingThreads: Int { min(threads, activeCores) } }
extension BackboneCommand.Frames: ComputingCommand {
  var computingThreads: Int { min(threads, activeCores) }
}
extension BackboneCommand.Time: ComputingCommand {
  var computingThreads: Int { min(threads, activeCores) }
}
