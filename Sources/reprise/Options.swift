// Options that several commands share.
import ArgumentParser
import Corpora
import Audits
import Execution
import Surroundings
import Experiments
import Foundation
import Runs
import Settings

struct OutputOptions: ParsableArguments {
  @Flag(help: "Say nothing but results and errors.")
  var quiet = false
  @Flag(help: "Print results as JSON.")
  var json = false
}

/// How much of the machine is used. Results do not depend on it.
struct CapacityOptions: ParsableArguments {
  @Option(
    help:
      "Cells that run side by side, fewer where memory does not suffice; one per core by default.")
  var jobs: Int?
  @Option(help: "Cores that they share; all by default.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount
  @Option(
    help: ArgumentHelp(
      "How long another machine's claim of a cell may show no sign of life until it is taken over.",
      valueName: "seconds"))
  var lease = 120.0

  var cores: Int { threads }

  func validate() throws {
    // More threads than that help nowhere, and would only use up memory.
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

/// Where corpora are now, for what needs their sound.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: "Where a corpus of the run is now, NAME=PATH, if not where it was; may be repeated.")
  var corpus: [String] = []
  @Flag(help: "Read every clip again, also those that look unchanged since they were hashed.")
  var rehash = false

  /// The run with its corpora where they are now.
  func relocate(_ run: RecordedRun) throws -> RecordedRun {
    let choices = try corpus.map(corpusChoice)
    for choice in choices where run.corpus(choice.name) == nil {
      let known = run.corpora.map(\.corpus).joined(separator: ", ")
      throw ValidationError("--corpus \(choice.name)=…: the run has \(known)")
    }
    return run.relocating { name in choices.last { $0.name == name }?.path }
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
  let definition: CorpusDefinition
  let path: String

  init?(argument: String) {
    guard let choice = try? corpusChoice(argument), let path = choice.path,
      let definition = try? CorpusDefinition.registered(as: choice.name)
    else { return nil }
    (self.definition, self.path) = (definition, path)
  }
}
