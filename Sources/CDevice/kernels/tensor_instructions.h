// The instructions of tensor cores and of copies to shared memory, and what the CPU does instead.
#ifndef REPRISE_TENSOR_INSTRUCTIONS_H
#define REPRISE_TENSOR_INSTRUCTIONS_H

/// Rounds to the nearest number of 11 significant bits, in two operations: 8193 x loses 13 bits,
/// and 8192 x is exact. x must be below 2^114 in size; greater ones give NaN.
FUNCTION float tf32_of(float x) { return FMA(x, -8192.0f, FMA(x, 8192.0f, x)); }

#if defined(__CUDACC__)
/// Memory through which the CPU passes numbers between the items of a warp; a GPU needs none.
#define WARP_MEMORY(name, items)
#define WARP(name)

/// Reads four 8 x 4 blocks of shared memory. Item l gives the address of row l % 8 of block l / 8.
/// It gets of each block the row l / 4 and the column l % 4.
FUNCTION void load_blocks(const float *row, float *four) {
  unsigned address = (unsigned)__cvta_generic_to_shared(row);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=f"(four[0]), "=f"(four[1]), "=f"(four[2]), "=f"(four[3])
               : "r"(address)
               : "memory");
}

/// d[16, 8] += a[16, 8] b[8, 8], spread over the items of a warp.
FUNCTION void multiply_blocks(float *d, const float *a, const float *b) {
  asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])), "r"(__float_as_uint(a[2])),
        "r"(__float_as_uint(a[3])), "r"(__float_as_uint(b[0])), "r"(__float_as_uint(b[1])));
}

/// Begins to copy 16 bytes to shared memory, or to fill it with zeros.
FUNCTION void copy_sixteen(float *target, const float *source, int exists) {
  unsigned address = (unsigned)__cvta_generic_to_shared(target);
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :
               : "r"(address), "l"(source), "r"(exists ? 16 : 0)
               : "memory");
}
/// Ends a batch of copies; waits until all batches but the last `count` have arrived.
#define END_COPIES() asm volatile("cp.async.commit_group;" : : : "memory")
#define AWAIT_COPIES(count) asm volatile("cp.async.wait_group %0;" : : "n"(count) : "memory")
#else
#include "tensor_emulation.h"
#endif
#endif
