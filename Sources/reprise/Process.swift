// What must be settled before any other thread starts.
import Tensors

/// Keeps freed memory inside the process, gives OpenBLAS one thread, and has it use the kernels that
/// this processor is best with.
func prepareProcess() {
  ComputingRoom.restoreEnvironment()
  chooseOpenBLASKernels()
  keepFreedMemory()
  LinearAlgebra.useOneThread()
}
