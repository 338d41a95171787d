// Identifies the contents of a path at which a reader found nothing of its own corpus.

/// What a reader needs and did not find.
enum MissingPart: Equatable {
  /// Label files at this place.
  case labels(String)
  /// Clips with such names.
  case clips(String)
}

/// Returns the error for a folder without the required part of `corpus`. The folder may be empty,
/// hold another corpus, or just lack this part.
func missingPart(
  _ corpus: CorpusDefinition, _ part: MissingPart, in index: FileIndex
) -> CorpusError {
  let causes = index.skipped.likelyCauses
  guard let first = index.files.first else {
    return causes.isEmpty
      ? .empty(path: index.root) : .nothingReadable(path: index.root, causes: causes)
  }
  let own = index.files.filter(corpus.recognizes)
  if own.isEmpty, let wrong = otherCorpus(than: corpus, in: index) { return wrong }
  switch part {
  case .labels(let place):
    return .noLabelFile(corpus: corpus, path: index.root, expected: place, causes: causes)
  case .clips(let name):
    let sounds = index.files.filter(\.isAudio)
    let others = own.filter(\.isOtherSound)
    if sounds.isEmpty, let other = others.first {
      return .otherFormat(
        corpus: corpus, path: index.root, kinds: Set(others.map(\.kind)).sorted(by: precedes),
        count: others.count, example: other.path)
    }
    return .noClips(
      corpus: corpus, path: index.root, expected: name, files: index.files.count,
      soundFiles: sounds.count, example: (sounds.first ?? first).path, causes: causes)
  }
}

/// The error that reports the registered corpus to which most files belong; nil if there is none.
private func otherCorpus(than corpus: CorpusDefinition, in index: FileIndex) -> CorpusError? {
  let others = CorpusDefinition.registered.filter { $0 != corpus }.map { other in
    (corpus: other, files: index.files.filter(other.recognizes))
  }
  guard let found = others.max(by: { $0.files.count < $1.files.count }),
    let example = found.files.first
  else { return nil }
  return .wrongCorpus(
    expected: corpus, path: index.root, found: found.corpus, count: found.files.count,
    example: example.path)
}
