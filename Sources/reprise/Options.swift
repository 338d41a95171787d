// Options that several commands share.
import ArgumentParser
import Corpora
import Audits
import Execution
import Surroundings
import Experiments
import Files
import Foundation
import Runs
import Settings

/// How much a command that trains says.
struct ProgressOptions: ParsableArguments {
  @Flag(help: "Print only errors.")
  var quiet = false
  @Flag(help: "Print a line for every epoch.")
  var verbose = false

  func validate() throws {
    guard !quiet || !verbose else {
      throw ValidationError("--quiet and --verbose exclude each other: give one of them")
    }
  }
}

/// How much of the machine is used. Results do not depend on it.
struct CapacityOptions: ParsableArguments {
  @Option(
    help: """
      How many cells to train at the same time; one per core by default. Reprise trains fewer if \
      memory is short.
      """)
  var jobs: Int?
  @Option(help: "How many cores to use; all by default.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount
  @Option(
    help: ArgumentHelp(
      "Take over a cell from a process that has shown no sign of life for this long.",
      valueName: "seconds"))
  var lease = 120.0
  @OptionGroup var device: DeviceOptions

  var cores: Int { threads }

  func validate() throws {
    // More threads than this help nowhere and only use memory.
    for (name, value) in [("jobs", jobs ?? 1), ("threads", threads)]
    where !(1...1024).contains(value) {
      throw ValidationError("--\(name) \(value): expected 1 to 1024")
    }
    guard (1...86_400).contains(lease) else {
      throw ValidationError("--lease \(lease): expected 1 to 86400 s")
    }
  }

  var options: WorkOptions {
    var options = WorkOptions()
    (options.jobs, options.cores, options.lease) = (jobs ?? threads, threads, lease)
    return options
  }
}

/// Where the run's corpora are now, for commands that need their sound.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where a corpus of the run is now, if it has moved. Repeatable.", valueName: "name=path"))
  var corpus: [String] = []
  @Option(
    help: ArgumentHelp(
      "Where frames of another program are now, if they have moved. Repeatable.",
      valueName: "name=path"))
  var frames: [String] = []
  @Flag(help: "Read every clip again, even if its size and time are unchanged.")
  var rehash = false

  /// The run with its corpora where they are now.
  func relocate(_ run: RecordedRun) throws -> RecordedRun {
    let choices = try corpus.map { try corpusChoice($0) }
    for choice in choices where run.corpus(choice.name) == nil {
      let known = run.corpora.map(\.corpus).joined(separator: ", ")
      throw ValidationError(
        "--corpus \(choice.name)=…: the run has no such corpus; it has \(known)")
    }
    let moved = try frameChoices(frames, of: run.experiment)
    return run.relocating(
      { name in choices.last { $0.name == name }?.path },
      frames: { name in moved.last { $0.name == name }?.path })
  }

  /// How sound is read for a run.
  func reading(of folder: String) -> SoundReading {
    var reading = SoundReading(index: folder + "/cache")
    reading.distrustsIndex = rehash
    return reading
  }
}

/// Whole numbers separated by commas.
struct NumberList: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }
    guard values.count == parts.count else { return nil }
    self.values = values
  }
}

extension Profile: ExpressibleByArgument {}

/// A corpus by name and place, with the places named in errors.
struct CorpusArgument: ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    guard let choice = try? corpusChoice(argument), let path = choice.path,
      (try? CorpusDefinition.registered(as: choice.name)) != nil || ManifestPlace(path) != nil
    else { return nil }
    (name, self.path) = (choice.name, path)
  }
}
