// Turns a sound file into mono samples, the input of everything else.
import Foundation

/// Reads recordings: decodes, mixes to mono, resamples, crops and checks them.
package enum Recording {
  /// The lowest sampling rate, in Hz. Lower rates cannot carry the formants of speech. Our choice.
  package static let lowestRate = 4_000
  /// A recording whose greatest magnitude is below this is silent: one step of 16-bit audio. Our
  /// choice.
  package static let leastPeak: Float = 0x1p-15
  /// The greatest plausible sample: 2²⁰ times full scale, +120 dBFS. Our choice. It still admits
  /// 16-bit integers that were stored as floats without scaling.
  package static let greatestSample: Float = 0x1p20
  /// The number of frames decoded at a time.
  private static let block = 8_192

  /// Returns the recording at `path` as mono samples at `sampleRate`.
  ///
  /// Channels are averaged. The file is decoded in blocks, only as far as `maximumDuration` and the
  /// resampling filter require. So a long file costs little more than its result, and the part
  /// after the crop is not checked.
  ///
  /// - Parameters:
  ///   - sampleRate: samples per second of the result, Hz.
  ///   - maximumDuration: the recording is cropped after this many seconds; nil for no crop.
  /// - Returns: `[n]`, full scale ±1 (a float file may exceed it).
  /// - Throws: `AudioError` if the file is faulty, or if no sample of the result reaches
  ///   `leastPeak`. Features of silence are meaningless.
  package static func readMono(
    path: String, sampleRate: Int = 16_000, maximumDuration: Double? = nil
  ) throws(AudioError) -> [Float] {
    var file = try SoundFile(path: path)
    return try mono(&file, sampleRate: sampleRate, maximumDuration: maximumDuration)
  }

  /// The same, with the digest of all samples of the file, including those after the crop.
  package static func readMonoListening(
    path: String, sampleRate: Int, maximumDuration: Double?
  ) throws(AudioError) -> (samples: [Float], digest: SoundDigest) {
    var file = try SoundFile(path: path)
    file.listen()
    let samples = try mono(&file, sampleRate: sampleRate, maximumDuration: maximumDuration)
    return (samples, try file.digest())
  }

  private static func mono(
    _ file: inout SoundFile, sampleRate: Int, maximumDuration: Double?
  ) throws(AudioError) -> [Float] {
    precondition(sampleRate > 0, "sample rate \(sampleRate) must be positive")
    let path = file.path
    guard file.sampleRate >= lowestRate else {
      throw .rateTooLow(path: path, rate: file.sampleRate, lowest: lowestRate)
    }
    let wanted = maximumDuration.map { Int(($0 * Double(sampleRate)).rounded()) } ?? Int.max
    var result = [Float]()
    if let frames = file.frames {
      // A header may promise any length. Memory for more than ten minutes is allocated during
      // decoding.
      let whole = (Double(frames) * Double(sampleRate) / Double(file.sampleRate)).rounded(.up)
      result.reserveCapacity(min(wanted, Int(min(whole, 600 * Double(sampleRate)))) + block)
    }
    if file.sampleRate == sampleRate {
      try decode(&file, into: &result, until: wanted)
    } else {
      try resample(&file, to: sampleRate, into: &result, until: wanted)
    }
    if result.count > wanted { result.removeLast(result.count - wanted) }
    guard !result.isEmpty else { throw .noSamples(path: path) }
    let peak = greatestMagnitude(result)
    guard peak >= leastPeak else {
      let isCropped = result.count == wanted
      throw .silent(path: path, peak: peak, cropped: isCropped ? maximumDuration : nil)
    }
    return result
  }

  /// Divides the samples by their greatest magnitude.
  package static func normalizePeak(_ samples: inout [Float]) {
    let peak = greatestMagnitude(samples)
    guard peak > 0 else { return }
    for index in samples.indices { samples[index] /= peak }
  }

  private static func decode(
    _ file: inout SoundFile, into result: inout [Float], until wanted: Int
  ) throws(AudioError) {
    var reader = BlockReader(block: block, channels: file.channels)
    while result.count < wanted, let mono = try reader.next(from: &file) { result += mono }
  }

  private static func resample(
    _ file: inout SoundFile, to rate: Int, into result: inout [Float], until wanted: Int
  ) throws(AudioError) {
    var resampler = try Resampler(from: file.sampleRate, to: rate, path: file.path)
    var reader = BlockReader(block: block, channels: file.channels)
    while result.count < wanted {
      guard let mono = try reader.next(from: &file) else {
        return try resampler.finish(appendingTo: &result)
      }
      try resampler.append(mono, to: &result)
    }
  }

  private static func greatestMagnitude(_ samples: [Float]) -> Float {
    samples.withUnsafeBufferPointer { buffer in
      var peak: Float = 0
      for sample in buffer { peak = max(peak, abs(sample)) }
      return peak
    }
  }
}

/// Decodes a file block by block into mono and checks every sample.
private struct BlockReader: ~Copyable {
  private let interleaved: UnsafeMutableBufferPointer<Float>
  private let block: Int
  private let channels: Int
  private var decoded = 0

  init(block: Int, channels: Int) {
    self.block = block
    self.channels = channels
    interleaved = .allocate(capacity: block * channels)
    interleaved.initialize(repeating: 0)
  }

  deinit { interleaved.deallocate() }

  /// Returns the next block, or nil at the end. It is valid until the next call.
  mutating func next(from file: inout SoundFile) throws(AudioError) -> UnsafeBufferPointer<Float>? {
    guard let samples = interleaved.baseAddress else { return nil }
    let count = try file.read(into: samples, frames: block)
    if count < block, !file.isLengthGuessed, let frames = file.frames, decoded + count < frames {
      throw .truncated(path: file.path, expected: frames, found: decoded + count, unit: "frames")
    }
    guard count > 0 else { return nil }
    // Checks whole blocks without a branch per sample.
    var doubts = 0
    let limit = Recording.greatestSample
    for index in 0..<count * channels { doubts += abs(samples[index]) <= limit ? 0 : 1 }
    if doubts > 0, let bad = (0..<count * channels).first(where: { !(abs(samples[$0]) <= limit) }) {
      let (frame, rate) = (decoded + bad / channels, file.sampleRate)
      throw samples[bad].isFinite
        ? .implausible(path: file.path, frame: frame, rate: rate, value: samples[bad])
        : .notFinite(path: file.path, frame: frame, rate: rate)
    }
    if channels > 1 {
      for frame in 0..<count {
        var sum: Float = 0
        for channel in 0..<channels { sum += samples[frame * channels + channel] }
        samples[frame] = sum / Float(channels)
      }
    }
    decoded += count
    return UnsafeBufferPointer(start: samples, count: count)
  }
}
