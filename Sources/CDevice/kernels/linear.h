// Products of float32 matrices: linear layers, and convolutions whose windows are contiguous rows.
//
//     C[m, n] = activation(Σₖ A[m, k] W[n, k] + bias[n] + addend[m, n])
//
// Each element's sum is a chain of fused multiply-adds in the order of k, so its bits depend
// neither on the other rows and columns, nor on the kernel that was chosen for their number.
//
// M rows, N columns, K terms. Arguments, the same for all kernels of this file and of tensor.h:
//   a          A. Row m starts at a + place(m) · aStride. Rows may overlap, as the windows of a
//              strided convolution do.
//   rows       M indices, place(m) = rows[m]; null for place(m) = m.
//   aStride    floats from row to row.
//   aBatch     floats from the A of one product to the A of the next.
//   w, wBatch  W, N rows of K contiguous floats; floats from W to W.
//   bias, biasBatch  N floats, or null; floats from bias to bias.
//   addend     laid out like C, or null. It may be C itself.
//   c, cStride, cBatch  C; floats from row to row and from C to C.
//   m, n, k    the sizes.
//   activation 0: none. 1: the GELU of the sum. 2: addend + GELU(Σ + bias).
// Groups: (⌈N / tile columns⌉, ⌈M / tile rows⌉, number of products).
//
// Loads are of four floats where all rows of A and W start at multiples of 16 bytes and K is a
// multiple of 4. Other layouts work too, more slowly. Neither changes a bit.

#include "linear_common.h"

/// Whether four numbers at once can be read from A and W.
FUNCTION int linear_aligned(
  GLOBAL const float *a, int aStride, int aBatch, GLOBAL const float *w, int wBatch, int k
) {
  return ((aStride | aBatch | wBatch | k) & 3) == 0 && ALIGNED4(a) && ALIGNED4(w);
}

/// Writes up to four neighbouring elements of C, of which the first `left` exist.
FUNCTION void linear_store(
  GLOBAL float *c, GLOBAL const float *addend, float s0, float s1, float s2, float s3,
  const float *bias, int left, int activation, int aligned
) {
  if (aligned) {
    float4 add, value;
    add.x = add.y = add.z = add.w = 0.0f;
    if (addend) add = LOAD4(addend);
    value.x = linear_result(s0, bias[0], add.x, activation);
    value.y = linear_result(s1, bias[1], add.y, activation);
    value.z = linear_result(s2, bias[2], add.z, activation);
    value.w = linear_result(s3, bias[3], add.w, activation);
    STORE4(c, value);
  } else {
    if (left > 0) c[0] = linear_result(s0, bias[0], addend ? addend[0] : 0.0f, activation);
    if (left > 1) c[1] = linear_result(s1, bias[1], addend ? addend[1] : 0.0f, activation);
    if (left > 2) c[2] = linear_result(s2, bias[2], addend ? addend[2] : 0.0f, activation);
    if (left > 3) c[3] = linear_result(s3, bias[3], addend ? addend[3] : 0.0f, activation);
  }
}

// For many rows and columns; for 64 columns; for fewer rows.
#define TILE linear_128x128
#define TILE_ROWS 128
#define TILE_COLUMNS 128
#define TILE_ITEMS 256
#define TILE_GROUPS 2
#include "linear_tile.h"

#define TILE linear_128x64
#define TILE_ROWS 128
#define TILE_COLUMNS 64
#define TILE_ITEMS 256
#define TILE_GROUPS 2
#include "linear_tile.h"

#define TILE linear_64x64
#define TILE_ROWS 64
#define TILE_COLUMNS 64
#define TILE_ITEMS 256
#define TILE_GROUPS 3
#include "linear_tile.h"

#define TILE linear_32x64
#define TILE_ROWS 32
#define TILE_COLUMNS 64
#define TILE_ITEMS 128
#define TILE_GROUPS 6
#include "linear_tile.h"
