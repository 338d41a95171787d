// The text of each corpus error: what, where, expected, found, and what to do. One line each, but
// for the counts, which are a list.

extension CorpusError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path):
      "\(path): there is no such folder\(tildeHint(path)); give the path of the corpus's folder"
    case .notAFolder(let path):
      "\(path): is a file, not a folder; give the folder that holds the corpus, unpacked"
    case .empty(let path):
      "\(path): holds no files; unpack the corpus there or give another folder"
    case .cannotList(let path, let reason):
      "\(path): cannot be listed: \(reason); check its permissions"
    case .wrongCorpus(let expected, let path, let found, let count, let example):
      "\(path): looks like \(found.title) (\(files(count)) such as \(quoted(example))), "
        + "expected \(expected.title); write \(found.rawValue)=\(path) or give another folder"
    case .noLabelFile(let corpus, let path, let expected):
      "\(path): holds no label file of \(corpus.title), expected \(expected); "
        + "copy the label files too, or give the corpus's root"
    case .noClips(let corpus, let path, let expected, let count, let sounds, let example):
      "\(path): holds no clips of \(corpus.title), expected names like \(expected); "
        + "found \(files(count)), \(sounds) of them .wav or .flac, such as \(quoted(example)); "
        + "give the corpus's root"
    case .noLabelLines(let file, let expected):
      "\(file): holds no label, expected lines like \(expected); "
        + "the file is empty or damaged, copy it again"
    case .malformedLine(let place, let expected, let found):
      "\(place): broken label line, expected \(expected), found \(quoted(found)); "
        + "mend the line or copy the file again"
    case .unknownLabel(let place, let code, let known):
      "\(place): unknown label \(quoted(code)), known are \(known.joined(separator: " ")); "
        + "mend it or copy the file again"
    case .conflictingLabels(let id, let first, let firstPlace, let second, let secondPlace):
      "\(secondPlace): \(id) is labelled \(second), but \(first) at \(firstPlace); "
        + "remove the copy that is wrong"
    case .malformedMarker(let path, let reason):
      "\(path): \(reason); write the stand-in corpora again with `reprise corpora synthesize`"
    case .mixedWithSynthetic(let corpus, let path, let first, let second):
      "\(path): holds \(corpus.title) clips that are SYNTHETIC beside others "
        + "(\(quoted(first)), \(quoted(second))); give the folder of one of them"
    case .countsDiffer(let corpus, let path, let check):
      (["\(path): \(corpus.title) is not complete, or holds too much:"]
        + check.lines.map { "  " + $0 } + ["  " + remedy(for: check)]).joined(separator: "\n")
    }
  }
}

private func remedy(for check: CountCheck) -> String {
  let mend =
    check.source == .marker
    ? "write it again with `reprise corpora synthesize`" : "mend the copy"
  return mend + ", or go on with --allow-incomplete; every output then says so"
}

private func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

/// Returns `text` in quotes, cut to 80 characters, its control characters made visible.
private func quoted(_ text: String) -> String {
  let visible = text.prefix(80).map { character in
    character.unicodeScalars.contains { $0.value < 32 }
      ? character.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() : String(character)
  }
  return "\"" + visible.joined() + (text.count > 80 ? "…" : "") + "\""
}

private func tildeHint(_ path: String) -> String {
  path.hasPrefix("~") ? " (the shell leaves ~ alone behind =, write $HOME)" : ""
}
