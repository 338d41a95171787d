// Checks that apply to every experiment, whether it comes from a file or from the record of a run.
package import Files
import Settings

extension ExperimentSettings {
  /// The longest name in characters. File names, figure names and labels are longer, since they
  /// contain it.
  static let longestName = 64
  /// The most seeds or variants of one experiment.
  static let mostParts = 1_000

  /// Checks the record of a run, which anybody may have edited.
  ///
  /// - Throws: `ExperimentFileError` for the first error.
  package func validate(at place: Place) throws {
    try checkSeeds(at: place)
    if variants.isEmpty { throw ExperimentFileError.empty(place, key: "variants") }
    try requireFew(variants.count, "variants", at: place)
    if let fold = folds.first(where: { $0 < 1 }) {
      throw ExperimentFileError.wrongType(
        place, key: "folds", expected: "whole numbers of at least 1", found: String(fold))
    }
    if let twice = firstRepeated(corpora.map(\.name)) {
      throw ExperimentFileError.duplicate(place, what: "corpus", name: twice)
    }
    if let twice = firstRepeated(variants.map { $0.name.lowercased() }) {
      throw ExperimentFileError.duplicate(place, what: "variant", name: twice)
    }
    do {
      try protocolSettings.validate()
    } catch let error as SettingsError {
      throw ExperimentFileError.setting(place, variant: nil, error)
    }
    for variant in variants {
      // Earlier versions allowed longer names.
      guard isPlain(variant.name) else {
        throw ExperimentFileError.badName(place, what: "variant", name: variant.name)
      }
      if let scored = variant.scored, scored.name != variant.name {
        throw ExperimentFileError.badName(place, what: "scored system", name: scored.name)
      }
      do {
        try variant.settings.validate()
      } catch let error as SettingsError {
        throw ExperimentFileError.setting(place, variant: variant.name, error)
      }
    }
  }
}

/// Whether a name has only letters, digits, `-`, `_`, `+` and `.`, and starts with a letter or
/// digit.
package func isPlain(_ name: String) -> Bool {
  func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
  guard let first = name.utf8.first, isLetterOrDigit(first) else { return false }
  return name.utf8.allSatisfy { isLetterOrDigit($0) || [0x2B, 0x2D, 0x2E, 0x5F].contains($0) }
}

/// Throws if a list has more parts than an experiment may have.
func requireFew(_ count: Int, _ what: String, at place: Place) throws {
  guard count <= ExperimentSettings.mostParts else {
    throw ExperimentFileError.tooMuch(
      place, what: what, found: count, most: ExperimentSettings.mostParts)
  }
}
