// Errors of a corpus on disk. CorpusError+Description.swift has their texts.

/// Why a corpus cannot be used.
package enum CorpusError: Error, Equatable, Sendable {
  case unknownCorpus(id: String, known: [String])
  case missing(path: String)
  case notAFolder(path: String)
  case empty(path: String)
  case nothingReadable(path: String, causes: [String])
  case cannotList(path: String, reason: String)
  case wrongCorpus(
    expected: CorpusDefinition, path: String, found: CorpusDefinition, count: Int,
    example: String)
  case noLabelFile(corpus: CorpusDefinition, path: String, expected: String, causes: [String])
  case noClips(
    corpus: CorpusDefinition, path: String, expected: String, files: Int, soundFiles: Int,
    example: String, causes: [String])
  case otherFormat(
    corpus: CorpusDefinition, path: String, kinds: [String], count: Int, example: String)
  case noUtterances(corpus: CorpusDefinition, path: String)
  case labelEncoding(file: String, encoding: String)
  case noLabelLines(file: String, expected: String)
  case malformedLine(place: LabelPlace, expected: String, found: String)
  case unknownLabel(place: String, code: String, known: [String])
  case conflictingLabels(
    id: String, first: String, firstPlace: LabelPlace, second: String, secondPlace: LabelPlace)
  case malformedMarker(path: String, reason: String)
  case mixedWithSynthetic(corpus: CorpusDefinition, path: String, first: String, second: String)
  case countsDiffer(corpus: CorpusDefinition, path: String, check: CountCheck, causes: [String])
  /// Files with one id hold different sound. `folders` are below the root; each holds every clip
  /// once.
  case copiesDiffer(
    corpus: CorpusDefinition, path: String, differences: [CopyDifference], folders: [String])
}
