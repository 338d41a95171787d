// What can be wrong with a corpus on disk. Sentences are in CorpusError+Description.swift.

/// A corpus that cannot be used as it lies.
package enum CorpusError: Error, Equatable, Sendable {
  case missing(path: String)
  case notAFolder(path: String)
  case empty(path: String)
  case nothingReadable(path: String, causes: [String])
  case cannotList(path: String, reason: String)
  case wrongCorpus(
    expected: CorpusName, path: String, found: CorpusName, count: Int, example: String)
  case noLabelFile(corpus: CorpusName, path: String, expected: String, causes: [String])
  case noClips(
    corpus: CorpusName, path: String, expected: String, files: Int, soundFiles: Int,
    example: String, causes: [String])
  case otherFormat(corpus: CorpusName, path: String, kinds: [String], count: Int, example: String)
  case noUtterances(corpus: CorpusName, path: String)
  case labelEncoding(file: String, encoding: String)
  case noLabelLines(file: String, expected: String)
  case malformedLine(place: LabelPlace, expected: String, found: String)
  case unknownLabel(place: String, code: String, known: [String])
  case conflictingLabels(
    id: String, first: String, firstPlace: LabelPlace, second: String, secondPlace: LabelPlace)
  case malformedMarker(path: String, reason: String)
  case mixedWithSynthetic(corpus: CorpusName, path: String, first: String, second: String)
  case countsDiffer(corpus: CorpusName, path: String, check: CountCheck, causes: [String])
  /// Files of one id hold different sound. `folders` are below the root; each holds every clip once.
  case copiesDiffer(
    corpus: CorpusName, path: String, differences: [CopyDifference], folders: [String])
}
