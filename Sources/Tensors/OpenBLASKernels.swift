// Selects OpenBLAS's kernels. OpenBLAS 0.3.21 does not recognise newer AMD processors and uses its
// Haswell kernels there, at half the speed of its AVX-512 kernels. It reads the choice from the
// environment when it loads, before our first line runs. So the program has to restart itself.
import CKernels
import Foundation

/// Restarts the program with OpenBLAS's AVX-512 kernels if this processor supports them and
/// OpenBLAS chose others. Does nothing if `OPENBLAS_CORETYPE` is set, which it is after the
/// restart.
package func chooseOpenBLASKernels() {
  let wanted = "SkylakeX"
  let suited = ["SkylakeX", "Cooperlake", "SapphireRapids"]
  guard getenv("OPENBLAS_CORETYPE") == nil, reprise_has_avx512() != 0,
    !suited.contains(LinearAlgebra.core), let program = executablePath()
  else { return }
  setenv("OPENBLAS_CORETYPE", wanted, 1)
  // The raw arguments, since `CommandLine.arguments` repairs invalid UTF-8.
  execv(program, CommandLine.unsafeArgv)
  // Only a failed restart reaches this line. The slower kernels also give correct results.
}

/// The path of the running program, or nil if the system does not report it.
private func executablePath() -> String? {
  try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
}
