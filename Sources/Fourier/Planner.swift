// FFTW's planner is one for the whole process and not safe to share (FFTW manual, §5.4): whoever
// makes or destroys a plan does it here. Executing plans needs no lock.
import CFFTW
import Synchronization

/// The version of FFTW, in the library's own words.
package var fourierLibrary: String { String(cString: reprise_fftwf_version()) }

/// FFTW's plan of one transform, under `FFTW_ESTIMATE`: measured plans may differ from run to run,
/// and their rounding with them (FFTW FAQ 3.8).
///
/// It is `Sendable` because a plan never changes, and any number of threads may execute one on
/// arrays of their own.
struct Plan: ~Copyable, @unchecked Sendable {
  let pointer: fftwf_plan

  /// Makes the plan that `make` asks the planner for.
  init(_ make: () -> fftwf_plan) {
    pointer = planner.withLock { _ in Made(pointer: make()) }.pointer
  }

  deinit {
    let made = Made(pointer: pointer)
    planner.withLock { _ in fftwf_destroy_plan(made.pointer) }
  }

  /// A plan on its way into or out of the planner's lock.
  private struct Made: @unchecked Sendable { let pointer: fftwf_plan }
}

/// Serialises the planner.
private let planner = Mutex<Void>(())

/// The floats as FFTW's interleaved complex numbers.
func complexPointer(
  _ pointer: UnsafeMutablePointer<Float>
) -> UnsafeMutablePointer<fftwf_complex> {
  UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: fftwf_complex.self)
}
