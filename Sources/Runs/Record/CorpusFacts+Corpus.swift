// The facts of a corpus on disk, apart from its sound.
package import Corpora

extension CorpusFacts {
  /// The facts of a corpus. Its sound is not opened.
  package init(_ corpus: Corpus) {
    let published = corpus.classes.map { corpus.expected.count(of: CountScope(label: $0)) }
    self.init(
      corpus: corpus.id, title: corpus.title, path: corpus.root,
      manifest: corpus.manifest?.name, isWithoutSpeakers: corpus.hasSpeakers ? nil : true,
      about: corpus.manifest.flatMap { $0.about.isEmpty ? nil : $0.about },
      classes: corpus.classes, foldList: corpus.foldList.name, foldNames: corpus.foldNames,
      fingerprint: corpus.fingerprint,
      synthetic: corpus.synthetic.map { .init(program: $0.program, seed: $0.seed) },
      incompleteness: corpus.isIncomplete ? corpus.check.lines : [],
      publishedCounts: published.contains(nil) ? nil : published.compactMap(\.self),
      exclusions: corpus.exclusions.map { exclusion in
        var label: String?
        if case .unusedLabel(let code) = exclusion.reason { label = code }
        return .init(
          subject: exclusion.subject, reason: exclusion.reason.description, unusedLabel: label)
      },
      utterances: corpus.utterances.map { utterance in
        .init(
          id: utterance.id, label: utterance.label, speaker: utterance.speaker,
          sex: corpus.definition.sex(of: utterance.speaker)?.rawValue, session: utterance.session,
          fold: utterance.fold,
          file: utterance.file(below: corpus.root),
          attributes: corpus.definition.attributes(of: utterance.id))
      })
  }
}
