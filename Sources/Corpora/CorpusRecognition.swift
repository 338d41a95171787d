// Saying what lies at a path where a reader found nothing of its own corpus.

/// What a reader needs and did not find.
enum MissingPart: Equatable {
  /// Label files at such a place.
  case labels(String)
  /// Clips with such a name.
  case clips(String)
}

/// Returns the error for a folder in which a part of `corpus` was not found: the folder is empty,
/// or holds another corpus, or just not what is needed.
func missingPart(_ corpus: CorpusName, _ part: MissingPart, in index: FileIndex) -> CorpusError {
  let causes = index.skipped.likelyCauses
  guard let first = index.files.first else {
    return causes.isEmpty
      ? .empty(path: index.root) : .nothingReadable(path: index.root, causes: causes)
  }
  let seen = CorpusName.allCases.map { name in
    (name: name, files: index.files.filter { looks(like: name, $0) })
  }
  let own = seen.first { $0.name == corpus }?.files ?? []
  let others = seen.filter { $0.name != corpus && !$0.files.isEmpty }
  if own.isEmpty, let other = others.max(by: { $0.files.count < $1.files.count }) {
    return .wrongCorpus(
      expected: corpus, path: index.root, found: other.name, count: other.files.count,
      example: other.files[0].path)
  }
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

/// Whether a file's name is one that only this corpus has.
private func looks(like corpus: CorpusName, _ file: FoundFile) -> Bool {
  switch corpus {
  case .iemocap: file.stem.hasPrefix("Ses0") && file.stem.contains("_")
  case .mspImprov:
    file.stem.hasPrefix("MSP-IMPROV-")
      || ["evalution", "evaluation"].contains(file.stem.lowercased()) && file.kind == "txt"
  case .ravdess: RAVDESSName(file.stem) != nil
  case .savee:
    (file.isAudio || file.isOtherSound)
      && (SAVEEName(file.stem).map { name in
        (name.speaker ?? file.folders.last.flatMap { saveeSpeakers.contains($0) ? $0 : nil }) != nil
      } ?? false)
  }
}
