// The log-mel frames of a recording: windows, Fourier transform, filter bank, logarithm. What
// normalises them, and what else stands in a frame, is elsewhere.
import CKernels
import Foundation
package import Settings

/// The log mel power of each frame of a mono recording, as librosa computes it.
///
///     out[t, b] = ln(floor + Σₖ w[b, k] · |X[t, k]|²)
///     X[t] = transform of x[t·hop + i - window/2] · hann[i], zero-padded to a power of two
///
/// Frame t is centred on sample `t · hop`, and samples before the start and after the end count as
/// zero; there are `1 + n / hop` frames. Agrees with
/// `numpy.log(librosa.filters.mel(…) @ abs(librosa.stft(…, win_length=window)) ** 2 + floor)`.
/// A frame depends on the samples in its window alone.
package struct LogMel: Sendable {
  package let bands: Int
  /// Samples of the window.
  package let window: Int
  /// Samples between the centres of successive frames.
  package let hop: Int
  /// Added to each band's power before the logarithm.
  package let floor: Float
  private let plan: FFTPlan
  private let tables: Tables

  /// Prepares the analysis of recordings at `sampleRate` Hz.
  package init(settings: FeatureSettings, sampleRate: Int) {
    bands = settings.bands
    window = Int((settings.window * Double(sampleRate) / 1000).rounded())
    hop = Int((settings.hop * Double(sampleRate) / 1000).rounded())
    floor = Float(settings.floor)
    precondition(window >= 2 && hop >= 1, "window of \(window) and hop of \(hop) samples")
    // Below the least normal number the logarithm would be that of garbage.
    precondition(floor >= 1e-30, "log floor \(settings.floor) must be at least 1e-30")
    var length = 4
    while length < window { length *= 2 }
    plan = FFTPlan(length: length)
    tables = Tables(
      hann: hannWindow(window),
      filters: MelFilterBank(
        count: bands, length: length, sampleRate: sampleRate, low: settings.lowFrequency,
        high: settings.highFrequency))
  }

  /// Returns how many frames a recording of `samples` samples has.
  package func frameCount(samples: Int) -> Int { 1 + samples / hop }

  /// Writes the given frames of a recording.
  ///
  /// - Parameters:
  ///   - samples: mono audio, `[n]`, full scale ±1.
  ///   - frames: which frames to compute.
  ///   - out: the matrix `[1 + n / hop, stride]` of all frames, whose first `bands` columns are
  ///     written in the rows `frames`.
  ///   - stride: columns of the matrix, at least `bands`.
  func compute(
    _ samples: UnsafeBufferPointer<Float>, frames: Range<Int>,
    into out: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    let scratch = FFTScratch(length: plan.length)
    let mel = FloatBuffer(count: bands)
    let edge = FloatBuffer(count: window)
    for frame in frames {
      computePower(of: frame, samples, edge, scratch)
      reprise_band_sums(
        scratch.power, tables.weights.pointer, tables.first, tables.chunks, Int64(bands),
        mel.pointer)
      reprise_log(mel.pointer, floor, Int64(bands), out + frame * stride)
    }
  }

  /// Returns the power spectrum of one frame, `|X[t, k]|²` for k = 0 … n/2.
  package func powerSpectrum(of frame: Int, samples: UnsafeBufferPointer<Float>) -> [Float] {
    let scratch = FFTScratch(length: plan.length)
    computePower(of: frame, samples, FloatBuffer(count: window), scratch)
    return Array(UnsafeBufferPointer(start: scratch.power, count: plan.bins))
  }

  /// Sets `scratch.power` to the power spectrum of one frame.
  private func computePower(
    of frame: Int, _ samples: UnsafeBufferPointer<Float>, _ edge: borrowing FloatBuffer,
    _ scratch: borrowing FFTScratch
  ) {
    let start = frame * hop - window / 2
    let source = lendWindow(of: samples, at: start, count: window, edge: edge)
    reprise_window(source, tables.hann.pointer, Int64(window), scratch.signal)
    plan.transform(scratch)
    scratch.computePower()
  }
}

/// Returns the address of `count` samples from `start` on: in place, or, where they reach beyond
/// the recording, copied into `edge` with zeros around them.
func lendWindow(
  of samples: UnsafeBufferPointer<Float>, at start: Int, count: Int, edge: borrowing FloatBuffer
) -> UnsafePointer<Float> {
  if let base = samples.baseAddress, start >= 0, start + count <= samples.count {
    return base + start
  }
  for index in 0..<count {
    let place = start + index
    edge.pointer[index] = place >= 0 && place < samples.count ? samples[place] : 0
  }
  return UnsafePointer(edge.pointer)
}

/// Returns the periodic Hann window `½ - ½ cos(2πi / n)`.
func hannWindow(_ count: Int) -> [Float] {
  (0..<count).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(count))) }
}

/// What the kernels read: the window, and the filters packed in eights.
///
/// It is `Sendable` because nothing in it changes after `init`.
private final class Tables: @unchecked Sendable {
  let hann: FloatBuffer
  let weights: FloatBuffer
  let first: [Int32]
  let chunks: [Int32]

  init(hann: [Float], filters: MelFilterBank) {
    self.hann = FloatBuffer(hann)
    first = filters.bands.map { Int32($0.first) }
    var packed = [Float]()
    var chunks: [Int32] = [0]
    for band in filters.bands {
      packed += band.weights
      while !packed.count.isMultiple(of: 8) { packed.append(0) }
      chunks.append(Int32(packed.count / 8))
    }
    self.chunks = chunks
    weights = FloatBuffer(packed)
  }
}
