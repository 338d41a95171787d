// The corpora that an experiment may use. Its seeds and folds are checked against them, from a file
// or from the command line.
import Files

/// A corpus that an experiment may use.
package struct KnownCorpus: Hashable, Sendable {
  package let name: String
  /// Number of folds, counted from 1.
  package let folds: Int

  package init(name: String, folds: Int) {
    self.name = name
    self.folds = folds
  }
}

extension ExperimentSettings {
  /// Overrides corpora, seeds and folds from the command line; nil keeps the current ones. Corpora
  /// from the command line replace all corpora of the file.
  ///
  /// - Throws: `ExperimentFileError` that locates the flag.
  package mutating func override(
    corpora: [CorpusChoice]? = nil, seeds: [Int]? = nil, folds: [Int]? = nil,
    known: [KnownCorpus]
  ) throws {
    if let corpora {
      self.corpora = corpora
      try checkCorpora(known, at: Place(file: "--corpus", line: nil))
    }
    if let seeds {
      self.seeds = seeds
      try checkSeeds(at: Place(file: "--seeds", line: nil))
    }
    if let folds { self.folds = folds }
    if corpora != nil || folds != nil {
      try checkFolds(known, at: Place(file: folds == nil ? "--corpus" : "--folds", line: nil))
    }
  }

  /// Checks that each corpus is known or has a manifest, and occurs once.
  func checkCorpora(_ known: [KnownCorpus], at place: Place) throws {
    let names = known.map(\.name)
    for corpus in corpora where !names.contains(corpus.name) {
      if corpus.path.flatMap(ManifestPlace.init) != nil,
        !names.contains(corpus.name.lowercased())
      {
        guard isPlain(corpus.name), corpus.name.utf8.count <= Self.longestName else {
          throw ExperimentFileError.badName(place, what: "corpus", name: corpus.name)
        }
        continue
      }
      throw ExperimentFileError.unknownCorpus(
        place, name: corpus.name, nearest: nearestName(to: corpus.name, among: names),
        known: names)
    }
    if let twice = firstRepeated(corpora.map(\.name)) {
      throw ExperimentFileError.duplicate(place, what: "corpus", name: twice)
    }
  }

  /// Checks that there is at least one seed, and that seeds are unique and not negative.
  func checkSeeds(at place: Place) throws {
    if seeds.isEmpty { throw ExperimentFileError.empty(place, key: "seeds") }
    try requireFew(seeds.count, "seeds", at: place)
    if let negative = seeds.first(where: { $0 < 0 }) {
      throw ExperimentFileError.wrongType(
        place, key: "seeds", expected: "whole numbers of at least 0", found: String(negative))
    }
    if let twice = firstRepeated(seeds) {
      throw ExperimentFileError.duplicate(place, what: "seed", name: String(twice))
    }
  }

  /// Checks that each fold exists in every corpus of the experiment and occurs once.
  func checkFolds(_ known: [KnownCorpus], at place: Place) throws {
    for corpus in known
    where corpora.isEmpty || corpora.contains(where: { $0.name == corpus.name }) {
      for fold in folds where !(1...corpus.folds).contains(fold) {
        throw ExperimentFileError.noSuchFold(
          place, fold: fold, corpus: corpus.name, folds: corpus.folds)
      }
    }
    if let twice = firstRepeated(folds) {
      throw ExperimentFileError.duplicate(place, what: "fold", name: String(twice))
    }
  }
}

/// The first element that occurred before.
func firstRepeated<Element: Hashable>(_ elements: [Element]) -> Element? {
  var seen: Set<Element> = []
  return elements.first { !seen.insert($0).inserted }
}
