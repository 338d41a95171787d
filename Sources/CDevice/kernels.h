// The table of kernels as the CPU runs them.
#pragma once
#include <stdint.h>

typedef struct {
  const char *name;
  /// The PTX that holds the kernel: "float32" (compute capability 7.0), "tensor" (8.0) or "hopper"
  /// (9.0 with its own instructions, compute_90a).
  const char *module;
  /// The items of a group.
  int items;
  /// The bytes of dynamic shared memory of a group.
  int shared_bytes;
  /// One letter for each argument: p pointer, i 32-bit integer, f float, d double.
  const char *signature;
  /// Runs one item of a group. Pointers among the arguments are device addresses.
  void (*body)(void *const *arguments);
} reprise_kernel;

extern const reprise_kernel reprise_kernels[];
extern const int reprise_kernel_count;

/// Returns the function that computes a whole group of a kernel without items, faster and with the
/// same bits; null for most kernels.
void (*reprise_direct(const char *name))(void *const *arguments);

/// The host's address of device memory of the stand-in. Ends the process for an address without
/// the tag, as a GPU would.
void *reprise_host_address(uint64_t device);

/// In which order a group's items run. The bits of the results must not depend on it.
enum {
  /// By `reprise_direct` if the kernel has it, else as `REPRISE_FORWARD`.
  REPRISE_FASTEST = 0,
  /// From the last item to the first.
  REPRISE_REVERSED = 1,
  /// From the first item to the last.
  REPRISE_FORWARD = 2,
};

/// Runs all groups of a launch on this process's processors.
void reprise_shim_run(
  const reprise_kernel *kernel, void *const *arguments, unsigned gx, unsigned gy, unsigned gz,
  int order
);

/// Sets the number of threads for launches from now on; 0 for one for each processor.
void reprise_shim_threads(int count);

/// Whether this processor can run the kernels: x86-64 needs AVX2 and FMA.
int reprise_shim_available(void);

/// Returns the name of the float32 kernel that computes products of M x N elements fastest, and the
/// size of its tiles. A choice for a GPU with this number of multiprocessors.
const char *reprise_linear_kernel(
  int m, int n, int products, int multiprocessors, int *rows, int *columns
);
