// A minimal WAV reader that walks the chunks. The tests use their own, because a library might
// tolerate errors of the writer.
import Foundation

/// A parsed 16-bit PCM file.
struct PlainWAV {
  var sampleRate = 0
  var channels = 0
  /// The first channel; full scale is ±1.
  var samples: [Float] = []
  /// Chunk names in the order of the file.
  var chunks: [String] = []

  init(path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func number(at place: Int, bytes count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    precondition(number(at: 4, bytes: 4) == bytes.count - 8, "the RIFF size is wrong in \(path)")
    var place = 12
    while place + 8 <= bytes.count {
      let name = String(decoding: bytes[place..<place + 4], as: UTF8.self)
      let size = number(at: place + 4, bytes: 4)
      let start = place + 8
      chunks.append(name)
      if name == "fmt " {
        channels = number(at: start + 2, bytes: 2)
        sampleRate = number(at: start + 4, bytes: 4)
      }
      if name == "data" {
        samples = stride(from: start, to: start + size, by: 2 * channels).map {
          Float(Int16(truncatingIfNeeded: Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)) / 32768
        }
      }
      place = start + size + size % 2
    }
  }

  /// Root mean square.
  var level: Float {
    (samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))).squareRoot()
  }

  /// The median pitch of the voiced frames, in hertz: the highest peak of the normalised
  /// autocorrelation between 60 and 500 Hz, if it is above 0.5 and the frame is not quiet.
  var pitch: Double {
    let thinned = stride(from: 0, to: samples.count, by: max(1, sampleRate / 8000)).map {
      samples[$0]
    }
    let rate = sampleRate / max(1, sampleRate / 8000)
    let length = rate * 3 / 50
    let loudness = level
    var found: [Double] = []
    for start in stride(from: 0, to: thinned.count - 2 * length, by: length / 2) {
      let frame = thinned[start..<start + 2 * length].map { $0 }
      let power = frame.prefix(length).reduce(0) { $0 + $1 * $1 }
      guard (power / Float(length)).squareRoot() > loudness else { continue }
      var best: (lag: Int, value: Float) = (0, 0.5)
      for lag in (rate / 500)...(rate / 60) where lag <= length {
        var product: Float = 0
        var shifted: Float = 0
        for index in 0..<length {
          product += frame[index] * frame[index + lag]
          shifted += frame[index + lag] * frame[index + lag]
        }
        let value = product / max(1e-9, (power * shifted).squareRoot())
        // A later lag must be clearly better, because it may be two periods.
        if value > best.value + 0.03 { best = (lag, value) }
      }
      if best.lag > 0 { found.append(Double(rate) / Double(best.lag)) }
    }
    return found.isEmpty ? 0 : found.sorted()[found.count / 2]
  }
}
