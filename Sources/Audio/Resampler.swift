// Changes the sampling rate block by block with libsoxr. Memory use is limited to the length of the
// filter.
import CSoxr

/// Converts a stream of mono samples to another rate, in linear phase and without delay. The pass
/// band is flat to 0.01 dB and the stop band is below -170 dB (libsoxr "VHQ").
struct Resampler: ~Copyable {
  private let handle: soxr_t
  private let ratio: Double
  private let path: String

  /// Starts a stream from `inputRate` to `outputRate`, in Hz. Errors report `path`.
  init(from inputRate: Int, to outputRate: Int, path: String) throws(AudioError) {
    var failure: soxr_error_t?
    var quality = soxr_quality_spec(UInt(SOXR_VHQ), 0)
    var runtime = soxr_runtime_spec(1)
    guard
      let handle = soxr_create(
        Double(inputRate), Double(outputRate), 1, &failure, nil, &quality, &runtime)
    else {
      throw .cannotResample(path: path, reason: failure.map { String(cString: $0) } ?? "no memory")
    }
    self.handle = handle
    self.path = path
    ratio = Double(outputRate) / Double(inputRate)
  }

  deinit { soxr_delete(handle) }

  /// Reads a block of input and appends the available result to `output`.
  mutating func append(_ block: UnsafeBufferPointer<Float>, to output: inout [Float])
    throws(AudioError)
  {
    var consumed = 0
    while consumed < block.count {
      consumed += try process(
        UnsafeBufferPointer(rebasing: block[consumed...]), last: false, output: &output)
    }
  }

  /// Ends the stream and appends the rest of the filter's output to `output`.
  mutating func finish(appendingTo output: inout [Float]) throws(AudioError) {
    var before: Int
    repeat {
      before = output.count
      _ = try process(UnsafeBufferPointer(start: nil, count: 0), last: true, output: &output)
    } while output.count > before
  }

  /// Calls libsoxr once and returns the number of input samples it consumed.
  private mutating func process(
    _ block: UnsafeBufferPointer<Float>, last: Bool, output: inout [Float]
  ) throws(AudioError) -> Int {
    let room = Int(Double(block.count) * ratio) + 1024
    var failure: soxr_error_t?
    var consumed = 0
    let made = [Float](unsafeUninitializedCapacity: room) { buffer, count in
      failure = soxr_process(
        handle, last ? nil : UnsafeRawPointer(block.baseAddress), block.count, &consumed,
        UnsafeMutableRawPointer(buffer.baseAddress), room, &count)
    }
    if let failure { throw .cannotResample(path: path, reason: String(cString: failure)) }
    output += made
    return consumed
  }
}
