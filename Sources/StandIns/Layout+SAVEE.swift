// The SAVEE stand-in: four men, seven emotions, 44.1 kHz.
import Corpora
import Randomness

extension Layout {
  /// 160 clips: five per emotion and man, ten neutral. One clip has two files, as in a corpus that
  /// was unpacked twice.
  static func savee(from random: RandomStream) -> Layout {
    let codes: [(code: String, label: String, emotion: Emotion)] = [
      ("a", "anger", .angry), ("d", "disgust", .disgust), ("f", "fear", .fearful),
      ("h", "happiness", .happy), ("n", "neutral", .neutral), ("sa", "sadness", .sad),
      ("su", "surprise", .surprised),
    ]
    var clips: [PlannedClip] = []
    for (fold, speaker) in CorpusDefinition.savee.usualFolds.names.enumerated() {
      for (code, label, emotion) in codes {
        for number in 1...(code == "n" ? 10 : 5) {
          let stem = code + zeroPadded(number, to: 2)
          clips.append(
            PlannedClip(
              path: "AudioData/\(speaker)/\(stem).wav", id: "\(speaker)_\(stem)", label: label,
              speaker: speaker, session: nil, fold: fold + 1, sex: .male, emotion: emotion,
              text: stem, sampleRate: 44_100))
        }
      }
    }
    let first = clips[0]
    return Layout(
      corpus: .savee, clips: clips,
      files: [
        ("AudioData/Info.txt", Array("SYNTHETIC: see SYNTHETIC.json.\r\n".utf8)),
        ("AudioData/DC/._a01.wav", appleDouble),
      ],
      copies: [("AudioData/AudioData/\(first.speaker)/a01.wav", first.path)])
  }
}
