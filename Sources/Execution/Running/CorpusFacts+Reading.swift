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
    self.init(corpus)
    guard let sound else { return }
    self.sound = soundDigest(zip(corpus.utterances, sound.clips).map { ($0.id, $1.sha256) })
    for (position, clip) in zip(utterances.indices, sound.clips) {
      utterances[position].duration = clip.duration
      utterances[position].sound = clip.sha256
    }
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
