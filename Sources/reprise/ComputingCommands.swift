// The commands that compute, and by how many threads: what limits of the system are held to before they start.
import Execution
import Experiments
import Foundation

/// A command that needs threads and memory for them.
protocol ComputingCommand {
  /// How many threads compute at the same time, at most.
  var computingThreads: Int { get }
}

private var activeCores: Int { ProcessInfo.processInfo.activeProcessorCount }

extension CapacityOptions {
  /// The threads of cells, and those of the pool that they share.
  var computingThreads: Int { options.jobs + (threads > 1 ? min(threads, activeCores) : 0) }
}

extension RunCommand: ComputingCommand { var computingThreads: Int { work.computingThreads } }
extension CellCommand: ComputingCommand { var computingThreads: Int { work.computingThreads } }
extension ReplayCommand: ComputingCommand {
  var computingThreads: Int { min(threads, activeCores) + 1 }
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
