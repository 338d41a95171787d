// The RAVDESS stand-in: 24 actors, each emotion once, two sentences, 48 kHz.
import Corpora
import Randomness

extension Layout {
  /// 192 clips with the genuine `FLLR` chunk before the samples and a `LIST` chunk after them. One
  /// is stereo and one has two files. A song and an AppleDouble file lie beside them.
  static func ravdess(from random: RandomStream) -> Layout {
    var clips: [PlannedClip] = []
    for (fold, members) in CorpusDefinition.ravdess.usualFolds.folds.enumerated() {
      for speaker in members.speakers {
        let actor = Int(speaker.suffix(2)) ?? 0
        var choice = random.split("actor \(actor)")
        for (code, label) in CorpusDefinition.ravdess.classes.enumerated() {
          let intensity = code == 0 ? 1 : choice.integer(in: 1...2)
          let statement = choice.integer(in: 1...2)
          let fields = [3, 1, code + 1, intensity, statement, 1, actor]
          let id = fields.map { zeroPadded($0, to: 2) }.joined(separator: "-")
          clips.append(
            PlannedClip(
              path: "Audio_Speech_Actors_01-24/\(speaker)/\(id).wav", id: id, label: label,
              speaker: speaker, session: nil, fold: fold + 1,
              sex: actor.isMultiple(of: 2) ? .female : .male,
              emotion: Emotion(rawValue: label) ?? .neutral, intensity: intensity == 2 ? 1.2 : 0.9,
              text: "statement \(statement)", sampleRate: 48_000,
              channels: actor == 20 && label == "happy" ? 2 : 1))
        }
      }
    }
    let first = clips[0]
    return Layout(
      corpus: .ravdess, clips: clips,
      files: [
        ("Audio_Speech_Actors_01-24/Actor_01/._\(first.id).wav", appleDouble), (".DS_Store", [0]),
      ],
      copies: [
        (
          "Audio_Speech_Actors_01-24/audio_speech_actors_01-24/Actor_01/\(first.id).wav", first.path
        ),
        ("Audio_Song_Actors_01-24/Actor_01/03-02-01-01-01-01-01.wav", first.path),
      ],
      chunksBefore: [WAVFile.Chunk(name: "FLLR", bytes: Array(repeating: 0, count: 4044))],
      information: [("ISFT", "none")])
  }
}
