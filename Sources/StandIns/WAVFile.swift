// Writes 16-bit PCM WAV files with the extra chunks of genuine corpora.
package import Foundation

/// A sound file in memory.
package struct WAVFile {
  /// A chunk without samples.
  struct Chunk {
    /// Four ASCII characters.
    let name: String
    let bytes: [UInt8]

    /// Texts about the sound, as a `LIST` chunk of the type `INFO`.
    ///
    /// - Parameter texts: a key of four letters, such as `ICMT` for a comment, and ASCII.
    static func information(_ texts: [(key: String, text: String)]) -> Chunk {
      var bytes = Array("INFO".utf8)
      for (key, text) in texts {
        let value = Array(text.utf8) + [0]
        bytes += Array(key.utf8) + littleEndian(UInt32(value.count)) + value
        if !value.count.isMultiple(of: 2) { bytes.append(0) }
      }
      return Chunk(name: "LIST", bytes: bytes)
    }
  }

  let sampleRate: Int
  /// Written to every channel.
  let samples: [Float]
  var channels = 1
  var chunksBefore: [Chunk] = []
  var chunksAfter: [Chunk] = []

  /// The file's bytes: `RIFF`, `fmt `, the chunks before, `data`, the chunks after, each padded to
  /// even length.
  package var bytes: Data {
    var body = Data("WAVE".utf8)
    var format: [UInt8] = []
    format += littleEndian(UInt16(1))  // PCM
    format += littleEndian(UInt16(channels))
    format += littleEndian(UInt32(sampleRate))
    format += littleEndian(UInt32(sampleRate * channels * 2))
    format += littleEndian(UInt16(channels * 2))
    format += littleEndian(UInt16(16))
    append(Chunk(name: "fmt ", bytes: format), to: &body)
    for chunk in chunksBefore { append(chunk, to: &body) }
    append(Chunk(name: "data", bytes: encoded), to: &body)
    for chunk in chunksAfter { append(chunk, to: &body) }
    return Data("RIFF".utf8) + littleEndian(UInt32(body.count)) + body
  }

  private var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(samples.count * channels * 2)
    for sample in samples {
      let value = Int16(max(-1, min(1, sample)) * 32767)
      for _ in 0..<channels {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
      }
    }
    return bytes
  }
}

extension WAVFile {
  /// One channel, and no chunks except format and samples.
  package init(sampleRate: Int, samples: [Float]) {
    self.init(
      sampleRate: sampleRate, samples: samples, channels: 1, chunksBefore: [], chunksAfter: [])
  }
}

private func append(_ chunk: WAVFile.Chunk, to body: inout Data) {
  body += Data(chunk.name.utf8) + littleEndian(UInt32(chunk.bytes.count)) + chunk.bytes
  if !chunk.bytes.count.isMultiple(of: 2) { body.append(0) }
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
