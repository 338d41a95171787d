// Perturbation of feature rows.
#ifndef REPRISE_PERTURB_H
#define REPRISE_PERTURB_H
#include <stddef.h>
#include <stdint.h>

/// For each of `rows` rows, `stride` apart, in place:
///   x[b] <- x[lower[b]] + weights[b] (x[upper[b]] - x[lower[b]]),  0 <= b < bands
/// `scratch` holds `bands` floats. Multiplication and addition are rounded each on its own, so the
/// result has the bits of the plain formula.
void reprise_interpolate_bands(float *x, ptrdiff_t rows, ptrdiff_t stride, const int32_t *lower,
                               const int32_t *upper, const float *weights, ptrdiff_t bands,
                               float *scratch);
#endif
