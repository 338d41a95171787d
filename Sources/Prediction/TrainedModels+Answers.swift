// Answers for new recordings. Each recording goes through the networks alone, so its answer depends
// neither on the other recordings nor on their order or the number of threads.
import Audio
import Files
import Foundation
import Runs
import Settings
import Tensors
import Threads
import Training

extension TrainedModels {
  /// Returns the answers in the order of the recordings, and the recordings without an answer.
  ///
  /// The recordings of a named speaker are normalised by all recordings of that speaker, as in
  /// training. A recording without a speaker, or the only one of its speaker, is normalised by
  /// itself and by the usual speaker of the training.
  ///
  /// - Parameter watch: called with the number of finished recordings.
  /// - Throws: `PredictError` if a speaker is unknown and the run has no average speaker.
  package func answers(
    for recordings: [NewRecording], threads: Int, watch: (Int) -> Void = { _ in }
  ) throws -> (answers: [RecordingAnswer], failures: [FailedRecording]) {
    let speakers = recordings.knownSpeakers
    let isUsualNeeded = recordings.contains { $0.speaker.map { !speakers.contains($0) } ?? true }
    if isUsualNeeded { try requireUsualSpeakers() }
    let references = references(of: recordings, by: speakers, threads: threads)
    let sounds = models.compactMap(\.sound)
    let ranges = TrainingRanges(sounds, maximumDuration: settings.signal.maximumDuration)
    let known = KnownSounds(corpus)
    var answers: [RecordingAnswer] = []
    var failures: [FailedRecording] = []
    let chunk = 4 * max(1, threads)
    for start in stride(from: 0, to: recordings.count, by: chunk) {
      let part = Array(recordings[start..<min(start + chunk, recordings.count)])
      let results = parallelMap(count: part.count, threads: threads) { index in
        let recording = part[index]
        return Result<RecordingAnswer, any Error> {
          let read = try assembly.read(recording.path)
          let position = known.position(
            of: read.digest.sha256, named: NewRecording.stem(recording.path))
          return RecordingAnswer(
            recording: recording,
            try probabilities(
              of: read, at: recording.path, position, recording.speaker.flatMap { references[$0] }),
            notes: (corpus.isSynthetic ? ["SYNTHETIC"] : []) + ranges.notes(read)
              + trainingNotes(position))
        }
      }
      for (recording, result) in zip(part, results) {
        switch result {
        case .success(let answer): answers.append(answer)
        case .failure(let error):
          failures.append(FailedRecording(path: recording.path, error: "\(error)"))
        }
      }
      watch(start + part.count)
    }
    return (answers, failures)
  }

  /// The mean of the networks' probabilities.
  ///
  /// - Parameter position: that of the same sound in the run's corpus; nil for another recording.
  private func probabilities(
    of read: ReadRecording, at path: String, _ position: Int?, _ known: SpeakerReference?
  ) throws -> [Float] {
    let input = try assembly.input(of: read, name: path, threads: 1)
    var sums = [Double](repeating: 0, count: corpus.classes.count)
    for model in models {
      let place = position.flatMap { model.scored[$0] }.flatMap {
        $0.own == input.frames.rows ? $0 : nil
      }
      let shard = assembly.shard(
        input, known ?? assembly.reference(for: input, usual: model.usual), at: place)
      let output = network.outputs(of: shard, model.parameters)[place?.index ?? 0]
      for (place, value) in output.probabilities.enumerated() { sums[place] += Double(value) }
    }
    let mean = sums.map { Float($0 / Double(models.count)) }
    guard mean.allSatisfy(\.isFinite) else {
      throw PredictError(
        path, "the networks give no finite numbers", remedy: "check the level of the recording")
    }
    return mean
  }

  /// Throws if the networks need a usual speaker and have none.
  private func requireUsualSpeakers() throws {
    guard needsSpeakers, models.contains(where: { $0.sound == nil }) else { return }
    throw PredictError(
      run.folder, "an older version made the run and kept no average of its speakers",
      remedy: "name the speaker with --speaker, or train again with "
        + "`reprise run \(run.folder) --retrain`")
  }

  /// The normalisations of the named speakers.
  ///
  /// Reads the recordings of each speaker in the order of their ids. Those that cannot be read are
  /// left out, and fail later.
  private func references(
    of recordings: [NewRecording], by speakers: Set<String>, threads: Int
  ) -> [String: SpeakerReference] {
    guard needsSpeakers else { return [:] }
    let named = Dictionary(grouping: recordings) { $0.speaker ?? "" }
      .filter { speakers.contains($0.key) }
    return named.compactMapValues { own in
      let sorted = own.sorted { a, b in
        a.id == b.id
          ? a.path.utf8.lexicographicallyPrecedes(b.path.utf8)
          : a.id.utf8.lexicographicallyPrecedes(b.id.utf8)
      }
      var gathering = assembly.gathering()
      let chunk = 4 * max(1, threads)
      for start in stride(from: 0, to: sorted.count, by: chunk) {
        let part = sorted[start..<min(start + chunk, sorted.count)].map(\.path)
        let read = parallelMap(count: part.count, threads: threads) { index in
          try? assembly.read(part[index])
        }
        for recording in read { recording.map { gathering.add($0) } }
      }
      return gathering.reference(byFrames: assembly.normalizesFramesBySpeaker)
    }
  }

  /// A note if networks were trained on this very recording.
  private func trainingNotes(_ position: Int?) -> [String] {
    guard let position else { return [] }
    let count = models.count { $0.trainedOn.contains(position) }
    guard count > 0 else { return [] }
    return [
      "\(corpus.utterances[position].id) of the training data: known to \(count) of "
        + "\(models.count) networks"
    ]
  }
}

/// The sounds of a corpus by their digests.
private struct KnownSounds {
  private let positions: [String: [Int]]
  private let ids: [String]

  init(_ corpus: CorpusFacts) {
    let heard = corpus.utterances.indices.filter { corpus.utterances[$0].sound != nil }
    positions = Dictionary(grouping: heard) { corpus.utterances[$0].sound ?? "" }
    ids = corpus.utterances.map(\.id)
  }

  /// The position of a sound in the corpus; nil if the corpus has no such sound. Of several clips
  /// with the same sound, the one with the name counts, else the first.
  func position(of digest: String, named name: String) -> Int? {
    guard let all = positions[digest] else { return nil }
    return all.first { ids[$0] == name } ?? all.first
  }
}

extension RecordingAnswer {
  fileprivate init(recording: NewRecording, _ probabilities: [Float], notes: [String]) {
    let predicted = probabilities.indices.reduce(0) {
      probabilities[$1] > probabilities[$0] ? $1 : $0
    }
    self.init(
      recording: recording, predicted: predicted, probabilities: probabilities, notes: notes)
  }
}

extension TrainedModels.Model {
  /// The usual speaker of the training.
  fileprivate var usual: (frames: UsualSpeaker?, statistics: UsualSpeaker?) {
    (sound?.frames.map(UsualSpeaker.init), sound?.statistics.map(UsualSpeaker.init))
  }
}

extension UsualSpeaker {
  fileprivate init(_ speakers: TrainingSound.Speakers) {
    self.init(
      Normalization(mean: speakers.mean, deviation: speakers.deviation), trust: speakers.trust)
  }
}
