// Perturbation of feature rows.
#ifndef REPRISE_PERTURB_H
#define REPRISE_PERTURB_H
#include <stddef.h>
#include <stdint.h>

/// Interpolates each of `rows` rows, which lie `stride` apart, in place:
///   x[b] = x[lower[b]] + weights[b] (x[upper[b]] - x[lower[b]]),  0 <= b < bands
/// `scratch` holds `bands` floats. The product and the sum round separately, so the result has the
/// bits of the plain formula.
void reprise_interpolate_bands(
  float *x, ptrdiff_t rows, ptrdiff_t stride, const int32_t *lower, const int32_t *upper,
  const float *weights, ptrdiff_t bands, float *scratch
);
#endif
