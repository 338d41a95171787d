// The facts of a corpus on disk, for the record of a run.
import Audits
import Cells
import Corpora
import Experiments
import Files
import Runs

extension CorpusFacts {
  /// The facts of a corpus.
  ///
  /// - Parameter sound: nil if the caller will neither train nor record anything.
  init(_ corpus: Corpus, _ sound: CorpusSound?) {
    let below = corpus.root.utf8.count + 1
    let published = corpus.classes.map { corpus.expected.count(of: CountScope(label: $0)) }
    self.init(
      corpus: corpus.id, title: corpus.title, path: corpus.root,
      classes: corpus.classes, foldList: corpus.foldList.name, foldNames: corpus.foldNames,
      fingerprint: corpus.fingerprint,
      sound: sound.map { sound in
        soundDigest(zip(corpus.utterances, sound.clips).map { ($0.id, $1.sha256) })
      },
      synthetic: corpus.synthetic.map { .init(program: $0.program, seed: $0.seed) },
      incompleteness: corpus.isIncomplete ? corpus.check.lines : [],
      publishedCounts: published.contains(nil) ? nil : published.compactMap(\.self),
      exclusions: corpus.exclusions.map { exclusion in
        var label: String?
        if case .unusedLabel(let code) = exclusion.reason { label = code }
        return .init(
          subject: exclusion.subject, reason: exclusion.reason.description, unusedLabel: label)
      },
      utterances: corpus.utterances.enumerated().map { position, utterance in
        .init(
          id: utterance.id, label: utterance.label, speaker: utterance.speaker,
          sex: corpus.definition.sex(of: utterance.speaker)?.rawValue, session: utterance.session,
          fold: utterance.fold,
          file: String(decoding: utterance.path.utf8.dropFirst(below), as: UTF8.self),
          duration: sound?.clips[position].duration, sound: sound?.clips[position].sha256)
      })
  }

  /// The facts of a corpus, including its sound.
  ///
  /// If no clip is known and features will be needed, the first variant's features are computed
  /// from the same decoding.
  ///
  /// - Throws: `AudioError`; `RunError.markedClips` if clips say that they are SYNTHETIC and no
  ///   marker stands above them.
  init(
    hearing corpus: Corpus, _ reading: SoundReading, _ variant: ExperimentSettings.Variant?,
    of run: String
  ) throws {
    let cache = run + "/cache"
    let stores = (try? fileNames(in: cache))?.filter { $0.hasSuffix(".store") } ?? []
    var isHeard = false
    let sound: CorpusSound
    if reading.preparesFeatures, stores.isEmpty, let variant {
      sound = try CorpusSound(of: corpus, reading) { utterances in
        isHeard = true
        return try PreparedCorpora.hear(
          utterances, variant.settings, in: cache, threads: reading.threads
        ) { reading.watch(corpus.title, $0, utterances.count) }
      }
    } else {
      sound = try CorpusSound(of: corpus, reading)
    }
    let marked = zip(corpus.utterances, sound.clips).filter(\.1.isMarkedSynthetic)
    if !corpus.isSynthetic, let first = marked.first {
      throw RunError.markedClips(
        path: corpus.root, title: corpus.title, clips: marked.count, example: first.0.path)
    }
    self.init(corpus, sound)
    if isHeard, let variant { try PreparedCorpora.name(self, variant.settings, in: cache) }
  }
}
