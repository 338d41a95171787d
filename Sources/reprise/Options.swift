// Options that several commands share.
import ArgumentParser
import Corpora
import Experiments
import Settings

struct OutputOptions: ParsableArguments {
  @Flag(help: "Say nothing but results and errors.")
  var quiet = false
  @Flag(help: "Print results as JSON.")
  var json = false
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
  let name: CorpusName
  let path: String

  init?(argument: String) {
    guard let choice = try? corpusChoice(argument), let name = CorpusName(rawValue: choice.name),
      let path = choice.path
    else { return nil }
    (self.name, self.path) = (name, path)
  }
}
