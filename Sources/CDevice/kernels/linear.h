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
