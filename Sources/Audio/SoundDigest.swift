// The digest of a clip's sound. Two files with the same samples have the same digest, whatever
// their names, containers and tags.
import Files
import Foundation

/// The digest of a recording's decoded samples.
package struct SoundDigest: Codable, Hashable, Sendable {
  /// The SHA-256 of `RATE CHANNELS` and a line end, then of all samples as 32-bit floats,
  /// little-endian, full scale ±1, channels interleaved.
  package let sha256: String
  /// The length of the sound in seconds.
  package let duration: Double
  /// Whether the file itself says that its sound was computed.
  package let isMarkedSynthetic: Bool

  package init(sha256: String, duration: Double, isMarkedSynthetic: Bool = false) {
    (self.sha256, self.duration) = (sha256, duration)
    self.isMarkedSynthetic = isMarkedSynthetic
  }

  /// Decodes the file at `path`.
  ///
  /// - Throws: `AudioError` if the file cannot be read or holds no sound.
  package init(ofFile path: String) throws(AudioError) {
    var file = try SoundFile(path: path)
    file.listen()
    self = try file.digest()
  }
}

/// Computes a digest while a file is being decoded.
struct ListeningDigest {
  private var digest = StreamedDigest()
  private var frames = 0

  init(rate: Int, channels: Int) { digest.add("\(rate) \(channels)\n") }

  mutating func add(_ samples: UnsafePointer<Float>, frames: Int, channels: Int) {
    digest.add(UnsafeRawBufferPointer(start: samples, count: 4 * frames * channels))
    self.frames += frames
  }

  func finished(rate: Int, isMarkedSynthetic: Bool) -> SoundDigest {
    SoundDigest(
      sha256: digest.hexadecimal, duration: Double(frames) / Double(max(1, rate)),
      isMarkedSynthetic: isMarkedSynthetic)
  }
}

extension SoundFile {
  /// Decodes the rest of the file and returns the digest of all samples.
  ///
  /// - Precondition: `listen` was called before the first sample was read.
  mutating func digest() throws(AudioError) -> SoundDigest {
    let block = 16_384
    let samples = UnsafeMutablePointer<Float>.allocate(capacity: block * channels)
    defer { samples.deallocate() }
    while try read(into: samples, frames: block) > 0 {}
    return listened
  }
}
