// What a clip sounds like, as a number: two files of the same samples have the same digest, whatever their names,
// containers and tags.
import Files
import Foundation

/// The digest of a recording's decoded samples.
package struct SoundDigest: Codable, Hashable, Sendable {
  /// The SHA-256 of `RATE CHANNELS` and a line end, then of all samples as 32-bit floats, little-endian, full
  /// scale ±1, channels interleaved.
  package let sha256: String
  /// Seconds of sound.
  package let duration: Double

  package init(sha256: String, duration: Double) {
    (self.sha256, self.duration) = (sha256, duration)
  }

  /// Decodes the file at `path`.
  ///
  /// - Throws: `AudioError` where it cannot be read or is no sound.
  package init(ofFile path: String) throws(AudioError) {
    var file = try SoundFile(path: path)
    var digest = StreamedDigest()
    digest.add("\(file.sampleRate) \(file.channels)\n")
    let block = 16_384
    let samples = UnsafeMutablePointer<Float>.allocate(capacity: block * file.channels)
    defer { samples.deallocate() }
    var frames = 0
    while case let count = try file.read(into: samples, frames: block), count > 0 {
      digest.add(UnsafeRawBufferPointer(start: samples, count: 4 * count * file.channels))
      frames += count
    }
    sha256 = digest.hexadecimal
    duration = Double(frames) / Double(max(1, file.sampleRate))
  }
}
