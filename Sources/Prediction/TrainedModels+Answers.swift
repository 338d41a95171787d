// Answers for new recordings. Each recording goes through the networks alone, so its answer depends
// neither on the other recordings nor on their order or the number of threads.
import Audio
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
  /// training. A recording without a speaker is normalised as one of the average training speaker.
  ///
  /// - Parameter watch: called with the number of finished recordings.
  /// - Throws: `PredictError` if a speaker is unknown and the run has no average speaker.
  package func answers(
    for recordings: [NewRecording], threads: Int, watch: (Int) -> Void = { _ in }
  ) throws -> (answers: [RecordingAnswer], failures: [FailedRecording]) {
    let unknown = try unknownSpeakers(recordings)
    let speakers = references(of: recordings, threads: threads)
    let sounds = models.compactMap(\.sound)
    let ranges = TrainingRanges(sounds, maximumDuration: settings.signal.maximumDuration)
    let digests = Dictionary(
      corpus.utterances.enumerated().compactMap { place, utterance in
        utterance.sound.map { ($0, place) }
      }, uniquingKeysWith: { first, _ in first })
    var answers: [RecordingAnswer] = []
    var failures: [FailedRecording] = []
    let chunk = 4 * max(1, threads)
    for start in stride(from: 0, to: recordings.count, by: chunk) {
      let part = Array(recordings[start..<min(start + chunk, recordings.count)])
      let results = parallelMap(count: part.count, threads: threads) { index in
        let recording = part[index]
        return Result<RecordingAnswer, any Error> {
          let read = try assembly.read(recording.path)
          let known = recording.speaker.flatMap { speakers[$0] }
          let position = digests[read.digest.sha256]
          return RecordingAnswer(
            recording: recording,
            try probabilities(of: read, at: recording.path, position, known, unknown),
            notes: ranges.notes(read) + trainingNotes(position))
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
    of read: ReadRecording, at path: String, _ position: Int?, _ known: SpeakerReference?,
    _ unknown: [SpeakerReference]
  ) throws -> [Float] {
    let frames = try assembly.frames(of: read, name: path, threads: 1)
    var sums = [Double](repeating: 0, count: corpus.classes.count)
    for (model, average) in zip(models, unknown) {
      let place = position.flatMap { model.scored[$0] }.flatMap {
        $0.own == frames.rows ? $0 : nil
      }
      let shard = assembly.shard(frames, known ?? average, at: place)
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

  /// The reference of each network for a recording of an unknown speaker.
  private func unknownSpeakers(_ recordings: [NewRecording]) throws -> [SpeakerReference] {
    guard needsSpeakers else {
      return models.map { _ in SpeakerReference(frames: nil, statistics: nil) }
    }
    let isNeeded = recordings.contains { $0.speaker == nil }
    return try models.map { model in
      guard let sound = model.sound else {
        guard isNeeded else { return SpeakerReference(frames: nil, statistics: nil) }
        throw PredictError(
          run.folder, "an older version made the run and kept no average of its speakers",
          remedy: "name the speaker with --speaker, or train again with "
            + "`reprise run \(run.folder) --retrain`")
      }
      return SpeakerReference(averageOf: sound, assembly)
    }
  }

  /// The normalisations of the named speakers.
  ///
  /// Reads the recordings of each speaker in the order of their ids. Those that cannot be read are
  /// left out, and fail later.
  private func references(
    of recordings: [NewRecording], threads: Int
  ) -> [String: SpeakerReference] {
    guard needsSpeakers else { return [:] }
    let named = Dictionary(grouping: recordings.filter { $0.speaker != nil }) { $0.speaker ?? "" }
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

extension RecordingAnswer {
  fileprivate init(recording: NewRecording, _ probabilities: [Float], notes: [String]) {
    let predicted = probabilities.indices.reduce(0) {
      probabilities[$1] > probabilities[$0] ? $1 : $0
    }
    self.init(
      recording: recording, predicted: predicted, probabilities: probabilities, notes: notes)
  }
}

extension SpeakerReference {
  /// The average speaker of a training stands in for an unknown speaker.
  fileprivate init(averageOf sound: TrainingSound, _ assembly: RecordingAssembly) {
    func normalization(_ moments: TrainingSound.Moments) -> Normalization {
      Normalization(mean: moments.mean, deviation: moments.deviation)
    }
    self.init(
      frames: assembly.normalizesFramesBySpeaker ? sound.frames.map(normalization) : nil,
      statistics: sound.statistics.map(normalization))
  }
}
