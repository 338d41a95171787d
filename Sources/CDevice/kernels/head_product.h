// Products of float32 matrices for the trained head, in any layout.
//
//     C[m, n] = scale · Σₖ A[m, k] B[k, n] + bias[n] + (accumulate: C[m, n])
//
// Each element's sum is a chain of fused multiply-adds in the order of k, so its bits depend
// neither on the other rows and columns, nor on the size of the tile.
//
// The name says how A and B lie in memory: n, row by row as written; t, transposed.
//   head_product_nn   A[m, k] = a[m · aStride + k],  B[k, n] = b[k · bStride + n]
//   head_product_tn   A[m, k] = a[k · aStride + m],  B[k, n] = b[k · bStride + n]
//   head_product_nt   A[m, k] = a[m · aStride + k],  B[k, n] = b[n · bStride + k]
// The number is the size of the tile.
//
// Arguments:
//   a, aStride, b, bStride   the factors.
//   bias                     N floats, or null.
//   c, cStride, accumulate   C; 1 to add to what it holds.
//   scale
//   table                    null for one product; else eight numbers for each: the first float of
//                            A, B, C and of the bias, counted from a, b, c and bias, then M, N, K,
//                            and the stride of the matrices whose argument is 0.
//   m, n, k                  the sizes of the one product.
// Groups: (products, ⌈greatest M / tile⌉, ⌈greatest N / tile⌉).

#define HEAD_PRODUCT_ARGUMENTS                                                                     \
  GLOBAL const float *a, int aStride, GLOBAL const float *b, int bStride,                          \
    GLOBAL const float *bias, GLOBAL float *c, int cStride, int accumulate, float scale,           \
    GLOBAL const wide *table, int m, int n, int k

/// Returns four neighbouring numbers, of which the first `left` exist. The others are 0.
FUNCTION float4 head_four(GLOBAL const float *p, int left, int aligned) {
  float4 four;
  four.x = four.y = four.z = four.w = 0.0f;
  if (aligned && left >= 4) {
    four = LOAD4(p);
  } else {
    if (left > 0) four.x = p[0];
    if (left > 1) four.y = p[1];
    if (left > 2) four.z = p[2];
    if (left > 3) four.w = p[3];
  }
  return four;
}

#define PRODUCT head_product_nn_128
#define TRANSPOSED_A 0
#define TRANSPOSED_B 0
#define TILE 128
#include "head_product_tile.h"

#define PRODUCT head_product_tn_128
#define TRANSPOSED_A 1
#define TRANSPOSED_B 0
#define TILE 128
#include "head_product_tile.h"

#define PRODUCT head_product_nt_128
#define TRANSPOSED_A 0
#define TRANSPOSED_B 1
#define TILE 128
#include "head_product_tile.h"

#define PRODUCT head_product_nn_64
#define TRANSPOSED_A 0
#define TRANSPOSED_B 0
#define TILE 64
#include "head_product_tile.h"

#define PRODUCT head_product_tn_64
#define TRANSPOSED_A 1
#define TRANSPOSED_B 0
#define TILE 64
#include "head_product_tile.h"

#define PRODUCT head_product_nt_64
#define TRANSPOSED_A 0
#define TRANSPOSED_B 1
#define TILE 64
#include "head_product_tile.h"

#define PRODUCT head_product_nn_32
#define TRANSPOSED_A 0
#define TRANSPOSED_B 0
#define TILE 32
#include "head_product_tile.h"

#define PRODUCT head_product_tn_32
#define TRANSPOSED_A 1
#define TRANSPOSED_B 0
#define TILE 32
#include "head_product_tile.h"

#define PRODUCT head_product_nt_32
#define TRANSPOSED_A 0
#define TRANSPOSED_B 1
#define TILE 32
#include "head_product_tile.h"
