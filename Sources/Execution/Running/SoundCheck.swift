// Checks that a corpus's sound is the sound that a run was trained on. Nothing is trained or called
// identical before this check.
package import Audits
import Backbones
import Corpora
import Experiments
import Files
import Foundation
package import Runs
import Settings

extension RecordedRun {
  /// The finished trainings.
  package var finished: [Cell] { trainings.filter(isFinished) }

  /// Throws if a corpus of the run is missing, or has other sound than recorded.
  ///
  /// - Parameter corpus: the required corpus.
  /// - Throws: `RunError.missingCorpus`, `.otherSound`; the errors of reading the corpus.
  package func requireSound(of corpus: CorpusFacts, _ reading: SoundReading) throws {
    guard FileManager.default.fileExists(atPath: corpus.path) else {
      throw RunError.missingCorpus(
        run: folder, corpus: corpus.corpus, title: corpus.title, path: corpus.path)
    }
    let source = try Corpus.read(
      named: corpus.corpus, at: corpus.place, preferring: corpus.foldList)
    let found = CorpusFacts(source, try CorpusSound(of: source, reading))
    try requireSame(found)
  }

  /// Opens the frames from files that the run uses.
  ///
  /// - Throws: `RunError.otherFrames` for the first corpus whose frames are not the recorded ones;
  ///   the errors of opening them.
  func requireFrames(threads: Int) throws -> FramesUse {
    let use = try FramesUse(of: experiment, corpora, threads: threads)
    for corpus in corpora {
      guard let frames = use.facts(corpus.corpus) else { continue }
      try requireSame(frames, of: corpus)
    }
    return use
  }

  /// Throws if frames of a corpus are not the recorded ones.
  private func requireSame(_ found: CorpusFacts.Frames, of corpus: CorpusFacts) throws {
    guard let recorded = self.corpus(corpus.corpus)?.frames, recorded.digest != found.digest else {
      return
    }
    throw RunError.otherFrames(
      run: folder, corpus: corpus.title, path: found.path,
      cells: finished.count {
        $0.identity.corpus == corpus.corpus && $0.identity.settings.model.backbone == .frames
      })
  }

  /// Throws if the recorded sound of a corpus, or its frames from files, differ and some of its
  /// cells are finished.
  func requireSame(_ found: CorpusFacts) throws {
    if let frames = found.frames { try requireSame(frames, of: found) }
    // A run on frames alone may do without the sound.
    guard let recorded = corpus(found.corpus), recorded.sound != nil,
      found.sound != nil || experiment.needsSound
    else { return }
    let clips = recorded.clips(thatDifferFrom: found)
    guard !clips.isEmpty else { return }
    throw RunError.otherSound(
      OtherSound(
        run: folder, title: found.title, path: found.path,
        cells: finished.count { $0.identity.corpus == found.corpus }, clips: clips))
  }
}

extension CorpusFacts {
  /// The ids of clips that sound different in the other corpus, or that only one side has, in byte
  /// order.
  func clips(thatDifferFrom other: CorpusFacts) -> [String] {
    func digests(_ facts: CorpusFacts) -> [String: String] {
      Dictionary(facts.utterances.map { ($0.id, $0.sound ?? "") }, uniquingKeysWith: { $1 })
    }
    let (own, others) = (digests(self), digests(other))
    return Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension FileCheck {
  /// This check, extended by differences in frames from files, for files that exist.
  package func addingFrames() -> FileCheck {
    guard let record = try? RecordedRun(readingFolder: run) else { return self }
    let places = record.corpora.compactMap(\.frames?.path)
    guard !places.isEmpty, places.allSatisfy(FileManager.default.fileExists) else { return self }
    do {
      _ = try record.requireFrames(threads: ProcessInfo.processInfo.activeProcessorCount)
      return self
    } catch {
      return adding([
        Finding(
          path: record.corpora.first.map { RecordedRun.facts($0.corpus) } ?? "corpora",
          problem: "the frames are not as recorded: \(error)",
          remedy: "give the recorded frames back, or reprise run \(run) --retrain")
      ])
    }
  }

  /// This check, extended by differences in the corpora's sound, for corpora that exist.
  ///
  /// A missing corpus is not reported, because the run's own files can be intact without it.
  package func addingSound(_ reading: SoundReading) -> FileCheck {
    guard let record = try? RecordedRun(readingFolder: run) else { return self }
    let findings = record.corpora.compactMap { corpus -> Finding? in
      guard corpus.sound != nil, FileManager.default.fileExists(atPath: corpus.path) else {
        return nil
      }
      do {
        try record.requireSound(of: corpus, reading)
        return nil
      } catch RunError.otherSound(let other) {
        let examples = other.clips.prefix(3).joined(separator: ", ")
        return Finding(
          path: RecordedRun.facts(corpus.corpus),
          problem:
            "the sound of \(other.clips.count) clips at \(corpus.path) differs from the record: "
            + examples + (other.clips.count > 3 ? " …" : ""),
          remedy: "give the recorded sound back, or reprise run \(run) --retrain")
      } catch {
        return Finding(
          path: RecordedRun.facts(corpus.corpus),
          problem: "the sound at \(corpus.path) cannot be checked against the record: \(error)",
          remedy: "give the recorded corpus back")
      }
    }
    return adding(findings)
  }
}
