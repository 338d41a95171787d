// FFTW has one planner per process, and it is not thread-safe (FFTW manual, §5.4). All plans are
// made and destroyed here, under a lock. Executing a plan needs no lock.
import CFFTW
import Synchronization

/// The version of FFTW, as the library reports it.
package var fourierLibrary: String { String(cString: reprise_fftwf_version()) }

/// FFTW's plan of a transform, made with `FFTW_ESTIMATE`. Measured plans may differ between runs
/// and then round differently (FFTW FAQ 3.8).
///
/// It is `Sendable` because a plan never changes. Any number of threads may execute it on their own
/// arrays.
struct Plan: ~Copyable, @unchecked Sendable {
  let pointer: fftwf_plan

  /// Calls `make` under the planner's lock and keeps its plan.
  init(_ make: () -> fftwf_plan) {
    pointer = planner.withLock { _ in Made(pointer: make()) }.pointer
  }

  deinit {
    let made = Made(pointer: pointer)
    planner.withLock { _ in fftwf_destroy_plan(made.pointer) }
  }

  /// Carries a plan into or out of the lock.
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
