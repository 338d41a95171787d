// By hand: silence before and after a tone is cut down to the margin, and nothing else is cut.
import Audio
import Testing

private let rate = 16_000
private let silence = [Float](repeating: 0, count: 8000)

private func trimmed(_ samples: [Float], range: Double = 30, margin: Double = 0) -> [Float] {
  Recording.trimmed(samples, range: range, margin: margin, sampleRate: rate)
}

@Suite struct `Cutting silence` {
  // Blocks have 160 samples. The tone fills blocks 50 ..< 150.
  private let voice = tone(440, sampleRate: rate, seconds: 1)
  private var framed: [Float] { silence + voice + silence }

  @Test func `leaves the tone alone`() {
    #expect(trimmed(framed) == voice)
    #expect(trimmed(voice) == voice)
    #expect(trimmed(silence + voice) == voice && trimmed(voice + silence) == voice)
  }

  @Test(arguments: [0.01, 0.1, 0.25])
  func `keeps a margin on either side`(margin: Double) {
    let kept = Int(margin * Double(rate))
    #expect(trimmed(framed, margin: margin) == Array(framed[8000 - kept..<24_000 + kept]))
  }

  @Test func `keeps all where the margin reaches beyond the ends`() {
    #expect(trimmed(framed, margin: 0.6) == framed)
    #expect(trimmed(silence + voice, margin: 1) == silence + voice)
  }

  @Test func `keeps pauses within speech`() {
    let spoken = voice + silence + voice
    #expect(trimmed(silence + spoken + silence) == spoken)
  }

  @Test func `goes by the loudest, not by full scale`() {
    #expect(trimmed(framed.map { 0.001 * $0 }).count == voice.count)
    // 20 dB below the loudest: within 30 dB, beyond 10 dB.
    let quiet = voice.map { 0.1 * $0 }
    #expect(trimmed(quiet + voice, range: 30) == quiet + voice)
    #expect(trimmed(quiet + voice, range: 10) == voice)
  }

  @Test func `keeps whole blocks of 10 ms, the last one as short as it is`() {
    let samples = silence + voice + Array(silence.prefix(70)) + [0.5, 0.5]
    #expect(trimmed(samples) == Array(samples[8000...]))
  }

  @Test func `keeps what is equal throughout, silence included`() {
    #expect(trimmed(silence) == silence)
    let constant = [Float](repeating: 0.25, count: 1000)
    #expect(trimmed(constant) == constant)
  }

  @Test(arguments: [[0], [0.5], [], [0, 0.5]] as [[Float]])
  func `keeps the shortest recordings`(samples: [Float]) {
    #expect(trimmed(samples) == samples)
    #expect(trimmed(samples, margin: 0.1) == samples)
  }
}
