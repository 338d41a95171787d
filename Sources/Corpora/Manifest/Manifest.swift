// A corpus from a manifest. Its classes and folds are known once the manifest is read, so reading
// it makes the definition, too.
import Files
import Foundation

/// What a corpus from a manifest has beside its clips.
package struct ManifestOrigin: Hashable, Sendable {
  /// The manifest's name in the corpus's folder.
  package let name: String
  /// Whether the manifest tells the speakers. If not, each clip counts as a speaker of its own.
  package let hasSpeakers: Bool
  /// Licence and citation, one line each.
  package let about: [String]
  /// Further facts for a person who inspects the corpus, one line each.
  package let remarks: [String]

  /// The warning for a corpus without speakers, without the corpus's name.
  package static let withoutSpeakers =
    "the manifest has no column speaker: leaks by speaker cannot be seen, and scores may be for "
    + "speakers of the training data"
}

extension Corpus {
  /// Reads a corpus: a registered one from its folder, or any other from its manifest.
  ///
  /// - Parameters:
  ///   - name: a registered id, or a name of the user's choice.
  ///   - path: the folder of the corpus; for another corpus its manifest, or the manifest's folder.
  ///   - folds: the name of the preferred division of a registered corpus.
  ///   - needsSound: whether each clip's file must be there and readable.
  /// - Throws: `CorpusError`, `ManifestError`, `CSVError` or `FileError`.
  package static func read(
    named name: String, at path: String, preferring folds: String, needsSound: Bool = true
  ) throws -> Corpus {
    if let definition = try? CorpusDefinition.registered(as: name) {
      return try read(
        definition, at: path, folds: definition.folds(preferring: folds), needsSound: needsSound)
    }
    guard let place = ManifestPlace(path) else {
      let known = CorpusDefinition.registered.map(\.id)
      throw CorpusError.unknownCorpus(id: name, known: known)
    }
    return try read(manifest: place, as: name, needsSound: needsSound)
  }

  private static func read(
    manifest place: ManifestPlace, as name: String, needsSound: Bool
  ) throws -> Corpus {
    let description = try ManifestDescription(ofFolder: place.folder)
    let table = try ManifestTable(readingFile: place.path)
    let reading = try ManifestReading(table, description, in: place, needsSound: needsSound)
    let definition = reading.definition(named: name)
    let marker = try SyntheticMarker.standing(
      over: reading.utterances.map { utterance in
        let file = soundFile(of: utterance.path)
        // Clips that are not there are as synthetic as their manifest.
        return needsSound || access(file, F_OK) == 0 ? file : place.path
      }, of: definition, root: place.folder)
    return Corpus(
      definition: definition, root: place.folder, synthetic: marker,
      foldList: definition.usualFolds, utterances: reading.utterances,
      exclusions: reading.exclusions,
      manifest: ManifestOrigin(
        name: place.name, hasSpeakers: table.columns.contains(.speaker),
        about: reading.about, remarks: reading.remarks), needsSound: needsSound)
  }
}
