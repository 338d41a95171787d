// The log-mel frames of a recording: windows, Fourier transform, filter bank, logarithm. Other
// files normalise the frames and add further features.
import CKernels
import Foundation
import Fourier
package import Settings

/// The log mel power of each frame of a mono recording, equal to librosa's.
///
///     out[t, b] = ln(floor + Σₖ w[b, k] · |X[t, k]|²)
///     X[t] = transform of x[t·hop + i - ⌈window/2⌉] · hann[i], zero-padded to a power of two
///
/// Frame t is centred on sample `t · hop`, and samples outside the recording count as zero. There
/// are `1 + n / hop` frames. Agrees with
/// `numpy.log(librosa.filters.mel(…) @ abs(librosa.stft(…, win_length=window)) ** 2 +
/// floor)`. A frame depends only on the samples in its window.
package struct LogMel: Sendable {
  package let bands: Int
  /// The number of samples in the window.
  package let window: Int
  /// The number of samples between the centres of successive frames.
  package let hop: Int
  /// Added to each band's power before the logarithm.
  package let floor: Float
  private let plan: FFTPlan
  private let tables: Tables

  /// Prepares the analysis of recordings at `sampleRate`, in Hz.
  package init(settings: FeatureSettings, sampleRate: Int) {
    bands = settings.bands
    window = Int((settings.window * Double(sampleRate) / 1000).rounded())
    hop = Int((settings.hop * Double(sampleRate) / 1000).rounded())
    floor = Float(settings.floor)
    precondition(window >= 2 && hop >= 1, "window of \(window) and hop of \(hop) samples")
    // The fast logarithm is only valid for normal numbers.
    precondition(floor >= 1e-30, "log floor \(settings.floor) must be at least 1e-30")
    var length = 4
    while length < window { length *= 2 }
    plan = FFTPlan(length: length)
    tables = Tables(
      hann: hannWindow(window),
      filters: MelFilterBank(
        count: bands, length: length, sampleRate: sampleRate, low: settings.lowFrequency,
        high: settings.highFrequency),
      readable: plan.bins + FFTScratch.zerosBehindPower)
  }

  /// Returns the number of frames of a recording with `samples` samples.
  package func frameCount(samples: Int) -> Int { 1 + samples / hop }

  /// Writes the given frames of a recording.
  ///
  /// - Parameters:
  ///   - samples: mono audio, `[n]`, full scale ±1.
  ///   - frames: which frames to compute.
  ///   - out: the matrix `[1 + n / hop, stride]` of all frames. The first `bands` columns of the
  ///     rows `frames` are written.
  ///   - stride: the number of columns of the matrix, at least `bands`.
  func compute(
    _ samples: UnsafeBufferPointer<Float>, frames: Range<Int>,
    into out: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    let scratch = FFTScratch(length: plan.length)
    let mel = FloatBuffer(count: 4 * tables.groups)
    let edge = FloatBuffer(count: window)
    for frame in frames {
      computePower(of: frame, samples, edge, scratch)
      reprise_band_sums(
        scratch.power, tables.weights.pointer, tables.first, tables.chunks,
        tables.groups, mel.pointer)
      reprise_log(mel.pointer, floor, bands, out + frame * stride)
    }
  }

  /// Returns the power spectrum of one frame, `|X[t, k]|²` for k = 0 … n/2.
  package func powerSpectrum(of frame: Int, samples: UnsafeBufferPointer<Float>) -> [Float] {
    let scratch = FFTScratch(length: plan.length)
    computePower(of: frame, samples, FloatBuffer(count: window), scratch)
    return Array(UnsafeBufferPointer(start: scratch.power, count: plan.bins))
  }

  /// Computes the power spectrum of one frame into `scratch.power`.
  private func computePower(
    of frame: Int, _ samples: UnsafeBufferPointer<Float>, _ edge: borrowing FloatBuffer,
    _ scratch: borrowing FFTScratch
  ) {
    let start = frame * hop - (window + 1) / 2
    let source = lendWindow(of: samples, at: start, count: window, edge: edge)
    reprise_window(source, tables.hann.pointer, window, scratch.signal)
    plan.transform(scratch)
    scratch.computePower()
  }
}

/// Returns the address of `count` samples starting at `start`. If they reach beyond the recording,
/// they are copied into `edge` with zeros around them.
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

/// The tables of the kernels: the window, and the filters in groups of four bands. A chunk holds
/// eight weights of each band in a group.
///
/// It is `Sendable` because it does not change after `init`.
private final class Tables: @unchecked Sendable {
  let hann: FloatBuffer
  let weights: FloatBuffer
  let first: [Int32]
  let chunks: [Int32]
  let groups: Int

  /// - Parameter readable: the number of bins of the power spectrum plus the readable zeros after
  ///   them.
  init(hann: [Float], filters: MelFilterBank, readable: Int) {
    self.hann = FloatBuffer(hann)
    var (packed, first, chunks) = ([Float](), [Int32](), [Int32(0)])
    for start in stride(from: 0, to: filters.bands.count, by: 4) {
      let members = filters.bands[start..<min(start + 4, filters.bands.count)]
      let count = (members.reduce(0) { max($0, $1.weights.count) } + 7) / 8
      // A band that would be read past the end starts earlier, with weights of 0.
      let places = members.map { min($0.first, readable - 8 * count) }
      let rows = zip(members, places).map { band, place in
        [Float](repeating: 0, count: band.first - place) + band.weights
      }
      for chunk in 0..<count {
        for row in rows + [[Float]](repeating: [], count: 4 - rows.count) {
          packed += (8 * chunk..<8 * chunk + 8).map { $0 < row.count ? row[$0] : 0 }
        }
      }
      first += (0..<4).map { $0 < places.count ? Int32(places[$0]) : 0 }
      chunks.append(chunks[chunks.count - 1] + Int32(count))
    }
    weights = FloatBuffer(packed)
    (self.first, self.chunks, groups) = (first, chunks, chunks.count - 1)
  }
}
