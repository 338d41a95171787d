// The setup of the process before any other thread starts.
import Tensors

/// Keeps freed memory inside the process, and gives OpenBLAS one thread and the kernels that suit
/// this processor.
func prepareProcess() {
  ComputingRoom.restoreEnvironment()
  chooseOpenBLASKernels()
  keepFreedMemory()
  LinearAlgebra.useOneThread()
}
