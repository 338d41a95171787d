// Which kernels OpenBLAS runs. OpenBLAS 0.3.21 does not know newer AMD processors and takes kernels
// for Haswell there, at half the speed of its own for AVX-512. The choice is read from the
// environment when the library is loaded, before this program's first line: hence the restart.
import CKernels
import Foundation

/// Restarts the program with OpenBLAS's AVX-512 kernels if this processor can run them and OpenBLAS
/// chose others; does nothing if `OPENBLAS_CORETYPE` is set, as it is after the restart.
package func chooseOpenBLASKernels() {
  let wanted = "SkylakeX"
  let suited = ["SkylakeX", "Cooperlake", "SapphireRapids"]
  guard getenv("OPENBLAS_CORETYPE") == nil, reprise_has_avx512() != 0,
    !suited.contains(LinearAlgebra.core), let program = executablePath()
  else { return }
  setenv("OPENBLAS_CORETYPE", wanted, 1)
  // As they are: `CommandLine.arguments` mends what is not UTF-8.
  execv(program, CommandLine.unsafeArgv)
  // Only reached if the restart failed: the slower kernels give the right results too.
}

/// The file of the running program; nil where the system does not tell.
private func executablePath() -> String? {
  try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
}
