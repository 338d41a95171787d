// The text of each corpus error: what, where, expected, found, and what to do. Each is one line,
// except counts, which are a list.
import Files

extension CorpusError: CustomStringConvertible {
  /// The sentence, with control characters in file names made visible.
  package var description: String {
    sentence.split(separator: "\n", omittingEmptySubsequences: false)
      .map { visible(String($0)) }.joined(separator: "\n")
  }

  private var sentence: String {
    switch self {
    case .unknownCorpus(let id, let known):
      """
      no corpus is called \(quoted(id)), known are \(known.joined(separator: ", ")); write one of \
      these
      """
    case .missing(let path):
      "\(path): the folder does not exist\(hint(path)); give the path of the corpus's folder"
    case .notAFolder(let path):
      "\(path): is a file, not a folder; give the folder that holds the corpus, unpacked"
    case .empty(let path):
      "\(path): holds no files; unpack the corpus there or give another folder"
    case .cannotList(let path, let reason):
      "\(path): cannot be listed: \(reason); "
        + (SystemFailure(words: reason)?.remedy ?? "check its permissions")
    case .wrongCorpus(let expected, let path, let found, let count, let example):
      "\(path): looks like \(found.title) (\(files(count)) such as \(quoted(example))), "
        + "expected \(expected.title); write \(found.id)=\(path) or give another folder"
    case .nothingReadable(let path, let causes):
      "\(path): contains nothing readable: \(causes.joined(separator: "; "))"
    case .noLabelFile(let corpus, let path, let expected, let causes):
      "\(path): holds no label file of \(corpus.title), expected \(expected); "
        + (causes.isEmpty
          ? "copy the label files too, or give the corpus's root" : causes.joined(separator: "; "))
    case .noClips(
      let corpus, let path, let expected, let count, let sounds, let example, let causes):
      "\(path): holds no clips of \(corpus.title), expected names like \(expected); "
        + "found \(files(count)), \(sounds) of them .wav or .flac, such as \(quoted(example)); "
        + (causes.isEmpty ? "give the corpus's root" : causes.joined(separator: "; "))
    case .otherFormat(let corpus, let path, let kinds, let count, let example):
      """
      \(path): the clips of \(corpus.title) are in \(kinds.joined(separator: ", ")) \
      (\(files(count)) such as \(quoted(example))), expected WAV or FLAC; get the original clips, \
      or convert these (`ffmpeg -i CLIP.\(kinds.first ?? "") CLIP.wav`) and mention that with \
      every result
      """
    case .noUtterances(let corpus, let path):
      "\(path): no clip of \(corpus.title) can be used, expected at least one with a label and a "
        + "sound file; `reprise corpora inspect \(corpus.id)=\(path)` lists what was left out"
    case .labelEncoding(let file, let encoding):
      "\(file): is in \(encoding), expected ASCII, UTF-8 or Latin-1; convert it "
        + "(`iconv -f \(encoding) -t UTF-8 FILE > NEW`) and put the new file in its place"
    case .noLabelLines(let file, let expected):
      "\(file): holds no label, expected lines like \(expected); "
        + "the file is empty or damaged, copy it again"
    case .malformedLine(let place, let expected, let found):
      "\(place): broken label line, expected \(expected), found \(quoted(found)); "
        + "correct the line or copy the file again"
    case .unknownLabel(let place, let code, let known):
      "\(place): unknown label \(quoted(code)), known are \(known.joined(separator: " ")); "
        + "correct it or copy the file again"
    case .conflictingLabels(let id, let first, let firstPlace, let second, let secondPlace):
      "\(secondPlace): \(id) is labelled \(second), but \(first) at \(firstPlace); "
        + "remove the copy that is wrong"
    case .malformedMarker(let path, let reason):
      "\(path): \(reason); write the stand-in corpora again with `reprise corpora synthesize`"
    case .mixedWithSynthetic(let corpus, let path, let first, let second):
      "\(path): mixes \(corpus.title) clips that are SYNTHETIC with others "
        + "(\(quoted(first)), \(quoted(second))); give the folder of one of them"
    case .countsDiffer(let corpus, let path, let check, let causes):
      (["\(path): \(corpus.title) is incomplete or has extra clips:"]
        + (check.lines + causes + [remedy(for: check)]).map { "  " + $0 }).joined(separator: "\n")
    case .copiesDiffer(let corpus, let path, let differences, let folders):
      (["\(path): \(clips(differences)) of \(corpus.title) with different sound in several files:"]
        + differences.prefix(5).map { "  \($0)" }
        + (differences.count > 5 ? ["  and \(differences.count - 5) more"] : [])
        + ["  " + choice(corpus, path, folders)]).joined(separator: "\n")
    }
  }
}

private func clips(_ differences: [CopyDifference]) -> String {
  let count = Set(differences.map(\.id)).count
  return count == 1 ? "1 clip" : "\(count) clips"
}

/// What to do about differing copies: choose a folder if there are complete ones.
private func choice(_ corpus: CorpusDefinition, _ path: String, _ folders: [String]) -> String {
  guard !folders.isEmpty else { return "remove the files that are wrong, or move them elsewhere" }
  let choices = folders.prefix(3).map { "\(corpus.id)=\(path)/\($0)" }
  return "give one folder, \(choices.joined(separator: " or ")), or remove the files that are wrong"
}

private func remedy(for check: CountCheck) -> String {
  let mend =
    check.source == .marker
    ? "write it again with `reprise corpora synthesize`" : "correct the copy"
  return mend + ", or continue with --allow-incomplete, which marks every output"
}

private func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

/// Returns `text` in quotes, cut to 80 characters, with control characters made visible.
private func quoted(_ text: String) -> String {
  "\"" + visible(String(text.prefix(80))) + (text.count > 80 ? "…" : "") + "\""
}

private func hint(_ path: String) -> String {
  if path.hasPrefix("~") { return " (the shell leaves ~ alone behind =, write $HOME)" }
  return path.contains("\u{FFFD}") ? " (the path is not UTF-8: rename the folder)" : ""
}
