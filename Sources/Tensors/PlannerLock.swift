// FFTW's planner is one for the whole process and not safe to share (FFTW manual, §5.4): whoever makes or
// destroys a plan holds this lock. Executing plans needs none.
package import Synchronization

/// Serialises FFTW's planner.
package let fftwPlanner = Mutex<Void>(())
