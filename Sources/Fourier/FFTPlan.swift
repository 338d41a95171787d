// Fourier transform of real signals. FFTW transforms a real signal of n samples as n/2 complex
// numbers, and a kernel then unfolds the spectrum. At our lengths this is about twice as fast as
// FFTW's own real transform, because FFTW's complex codelets vectorise better.
import CFFTW
import CKernels
import Foundation

/// A transform of one length, made once and shared by all threads.
package final class FFTPlan: Sendable {
  /// The number of samples of the signal, n; even.
  package let length: Int
  /// The number of bins of the spectrum, `n/2 + 1`.
  package var bins: Int { length / 2 + 1 }
  private let plan: Plan
  private let cosine: FloatBuffer
  private let sine: FloatBuffer

  package init(length: Int) {
    precondition(length >= 4 && length.isMultiple(of: 2), "FFT length \(length) must be even, ≥ 4")
    self.length = length
    let angles = (0...length / 2).map { 2 * Double.pi * Double($0) / Double(length) }
    cosine = FloatBuffer(angles.map { Float(cos($0)) })
    sine = FloatBuffer(angles.map { Float(sin($0)) })
    let scratch = FFTScratch(length: length)
    let (signal, folded) = (complexPointer(scratch.signal), complexPointer(scratch.folded))
    plan = Plan {
      fftwf_plan_dft_1d(Int32(length / 2), signal, folded, FFTW_FORWARD, FFTW_ESTIMATE)
    }
  }

  /// Transforms `scratch.signal` into `scratch.real` and `scratch.imaginary`.
  ///
  ///     X[k] = Σₜ x[t] · exp(-2πi k t / n),   k = 0 … n/2
  package func transform(_ scratch: borrowing FFTScratch) {
    precondition(scratch.length == length, "scratch of \(scratch.length), needs \(length)")
    fftwf_execute_dft(
      plan.pointer, complexPointer(scratch.signal), complexPointer(scratch.folded))
    reprise_real_spectrum(
      scratch.folded, cosine.pointer, sine.pointer, length / 2, scratch.real,
      scratch.imaginary)
  }

  /// Returns the spectrum of `signal`: n/2 + 1 real and n/2 + 1 imaginary parts.
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

/// The arrays that a thread needs to execute a plan.
package struct FFTScratch: ~Copyable {
  package let length: Int
  /// The signal, `[n]`.
  package let signal: UnsafeMutablePointer<Float>
  /// The spectrum of the signal read as n/2 complex numbers, `[n]`.
  package let folded: UnsafeMutablePointer<Float>
  /// The real and imaginary parts of the signal's spectrum, `[n/2 + 1]` each.
  package let real: UnsafeMutablePointer<Float>
  package let imaginary: UnsafeMutablePointer<Float>
  /// The number of zeros after the power of the last bin, for kernels that read eight at a time.
  package static let zerosBehindPower = 7
  /// The power of each bin, followed by the zeros.
  package let power: UnsafeMutablePointer<Float>
  private let memory: FloatBuffer

  package init(length: Int) {
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

  /// Computes `power` from `real` and `imaginary`.
  package borrowing func computePower() {
    reprise_power(real, imaginary, length / 2 + 1, power)
  }
}
