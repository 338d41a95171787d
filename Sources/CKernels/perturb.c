// Perturbation of features. perturb.h documents the kernel.
#include "include/perturb.h"
#include "vectorise.h"
#include <string.h>

VECTORISED void reprise_interpolate_bands(
  float *restrict x, ptrdiff_t rows, ptrdiff_t stride, const int32_t *restrict lower,
  const int32_t *restrict upper, const float *restrict weights, ptrdiff_t bands,
  float *restrict scratch
) {
#pragma clang fp contract(off)
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = x + r * stride;
    for (ptrdiff_t b = 0; b < bands; b++)
      scratch[b] = row[lower[b]] + weights[b] * (row[upper[b]] - row[lower[b]]);
    memcpy(row, scratch, sizeof(float) * (size_t)bands);
  }
}
