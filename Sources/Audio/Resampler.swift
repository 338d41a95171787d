// Change of sampling rate, block by block, by libsoxr. It holds no more than its filter's length.
import CSoxr

/// A stream of mono samples at one rate turned into one at another, in linear phase and without
/// delay; pass band flat to 0.01 dB, stop band below -170 dB (libsoxr "VHQ").
struct Resampler: ~Copyable {
  private let handle: soxr_t
  private let ratio: Double
  private let path: String

  /// Starts a stream from `inputRate` to `outputRate` (Hz); `path` is named in errors.
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

  /// Takes a block of input, and appends to `output` what it yields so far.
  mutating func append(_ block: UnsafeBufferPointer<Float>, to output: inout [Float])
    throws(AudioError)
  {
    var consumed = 0
    while consumed < block.count {
      consumed += try process(
        UnsafeBufferPointer(rebasing: block[consumed...]), last: false, output: &output)
    }
  }

  /// Ends the stream, and appends to `output` what the filter still held.
  mutating func finish(appendingTo output: inout [Float]) throws(AudioError) {
    var before: Int
    repeat {
      before = output.count
      _ = try process(UnsafeBufferPointer(start: nil, count: 0), last: true, output: &output)
    } while output.count > before
  }

  /// Makes one call of libsoxr, and returns how many input samples it took.
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
