// Fourier transform of real signals. A real signal of n samples is taken as n/2 complex ones, which
// FFTW transforms; a kernel then unfolds their spectrum. That is about twice as fast as FFTW's own
// real transform at the lengths used here, because its complex codelets are the better vectorised.
import CFFTW
import CKernels
import Foundation
import Synchronization
import Tensors

/// A transform of one length, made once and shared by all threads.
///
/// It is `Sendable` because nothing in it changes after `init`, and FFTW allows any number of
/// threads to execute one plan on arrays of their own.
package final class FFTPlan: @unchecked Sendable {
  /// Samples of the signal, n; even.
  package let length: Int
  /// Bins of the spectrum, `n/2 + 1`.
  package var bins: Int { length / 2 + 1 }
  private let plan: fftwf_plan
  private let cosine: FloatBuffer
  private let sine: FloatBuffer

  /// Plans a transform, under `FFTW_ESTIMATE`: measured plans may differ from run to run, and their
  /// rounding with them (FFTW FAQ 3.8).
  package init(length: Int) {
    precondition(length >= 4 && length.isMultiple(of: 2), "FFT length \(length) must be even, ≥ 4")
    self.length = length
    let angles = (0...length / 2).map { 2 * Double.pi * Double($0) / Double(length) }
    cosine = FloatBuffer(angles.map { Float(cos($0)) })
    sine = FloatBuffer(angles.map { Float(sin($0)) })
    let scratch = FFTScratch(length: length)
    plan =
      fftwPlanner.withLock { _ in
        Plan(
          pointer: fftwf_plan_dft_1d(
            Int32(length / 2), complexPointer(scratch.signal), complexPointer(scratch.folded),
            FFTW_FORWARD, FFTW_ESTIMATE))
      }.pointer
  }

  deinit {
    let plan = Plan(pointer: plan)
    fftwPlanner.withLock { _ in fftwf_destroy_plan(plan.pointer) }
  }

  /// Transforms `scratch.signal` into `scratch.real` and `scratch.imaginary`.
  ///
  ///     X[k] = Σₜ x[t] · exp(-2πi k t / n),   k = 0 … n/2
  func transform(_ scratch: borrowing FFTScratch) {
    precondition(scratch.length == length, "scratch of \(scratch.length), needs \(length)")
    fftwf_execute_dft(plan, complexPointer(scratch.signal), complexPointer(scratch.folded))
    reprise_real_spectrum(
      scratch.folded, cosine.pointer, sine.pointer, Int64(length / 2), scratch.real,
      scratch.imaginary)
  }

  /// Returns the spectrum of `signal`: n/2 + 1 real parts and as many imaginary ones.
  package func spectrum(of signal: [Float]) -> (real: [Float], imaginary: [Float]) {
    precondition(signal.count == length, "signal of \(signal.count), needs \(length)")
    let scratch = FFTScratch(length: length)
    for (index, sample) in signal.enumerated() { scratch.signal[index] = sample }
    transform(scratch)
    return (
      Array(UnsafeBufferPointer(start: scratch.real, count: bins)),
      Array(UnsafeBufferPointer(start: scratch.imaginary, count: bins))
    )
  }
}

/// The arrays that one thread needs to execute a plan.
struct FFTScratch: ~Copyable {
  let length: Int
  /// The signal, `[n]`.
  let signal: UnsafeMutablePointer<Float>
  /// The spectrum of the signal taken as n/2 complex numbers, `[n]`.
  let folded: UnsafeMutablePointer<Float>
  /// Real and imaginary parts of the signal's spectrum, `[n/2 + 1]` each.
  let real: UnsafeMutablePointer<Float>
  let imaginary: UnsafeMutablePointer<Float>
  /// Zeros behind the power of the last bin, for kernels that read in eights.
  static let zerosBehindPower = 7
  /// Room for the power of each bin, and the zeros behind it.
  let power: UnsafeMutablePointer<Float>
  private let memory: FloatBuffer

  init(length: Int) {
    self.length = length
    let half = (length / 2 + 1 + Self.zerosBehindPower + 15) / 16 * 16
    let whole = (length + 15) / 16 * 16
    memory = FloatBuffer(count: 2 * whole + 3 * half)
    signal = memory.pointer
    folded = signal + whole
    real = folded + whole
    imaginary = real + half
    power = imaginary + half
  }

  /// Sets `power` from `real` and `imaginary`.
  borrowing func computePower() {
    reprise_power(real, imaginary, Int64(length / 2 + 1), power)
  }
}

/// An FFTW plan on its way out of the planner's lock: immutable once made, hence safe to send.
private struct Plan: @unchecked Sendable { let pointer: fftwf_plan }

/// The floats as FFTW's interleaved complex numbers.
private func complexPointer(
  _ pointer: UnsafeMutablePointer<Float>
) -> UnsafeMutablePointer<fftwf_complex> {
  UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: fftwf_complex.self)
}
