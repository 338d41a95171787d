// Times the source of frames that an experiment uses: the CPU, or a device if its arithmetic asks
// for one.
package import Models
import Randomness

/// What a source of frames takes.
package struct SourceCost: Equatable, Sendable {
  /// Seconds for one second of audio.
  package let forward: Double
  /// Whether it computes beside the training steps, so that neither waits for the other.
  package let overlaps: Bool
  /// The bytes that it holds on its device; nil for a source on the CPU.
  package let deviceMemory: Int?

  /// Times a call of the size that training makes, after another one of the same size: a first call
  /// also prepares weights and memory.
  ///
  /// - Parameter clock: returns the time in seconds.
  /// - Throws: errors of the source.
  package init(of source: any FrameSource, threads: Int, clock: () -> Double) throws {
    let recordings = Self.recordings(samples: source.preferredSamples)
    let isOnCPU = source.preferredSamples == nil
    _ = try source.frames(of: isOnCPU ? [recordings[0]] : recordings, threads: threads)
    let start = clock()
    _ = try source.frames(of: recordings, threads: threads)
    let samples = recordings.reduce(0) { $0 + $1.count }
    forward = (clock() - start) * 16_000 / Double(samples)
    overlaps = !isOnCPU
    deviceMemory = source.deviceMemory
  }

  /// Noise of 2 s and of 8 s; for a device, as many recordings of 4 s as it prefers.
  private static func recordings(samples: Int?) -> [[Float]] {
    guard let samples else { return [noise(2), noise(8)] }
    let recording = noise(4)
    return Array(repeating: recording, count: min(256, max(1, samples / recording.count)))
  }
}

/// Noise of a given length at 16 kHz.
func noise(_ seconds: Double) -> [Float] {
  var random = RandomStream(seed: 7)
  return (0..<Int(seconds * 16_000)).map { _ in Float(random.uniform(-0.1, 0.1)) }
}

/// The time in seconds, of a clock that never goes back.
func monotonicSeconds() -> Double { (ContinuousClock.now - origin) / .seconds(1) }

private let origin = ContinuousClock.now
