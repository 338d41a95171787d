// Products of 16-bit integers with a matrix that is packed once and used often. A has 13 bits and B
// has 12, relative to the greatest magnitude of the row or column within 256 values of k. The sums
// of these products are exact.
#ifndef REPRISE_QUANTISED_H
#define REPRISE_QUANTISED_H
#include "packed.h"
#include <stdint.h>

/// The greatest integers of A and B. A sum of 256 of their products fits into 32 bits.
#define REPRISE_LEFT_LIMIT 4095
#define REPRISE_RIGHT_LIMIT 2047

/// The number of values of k in packed integers: K rounded up to pairs.
static inline ptrdiff_t reprise_pairs(ptrdiff_t K) { return (K + 1) / 2 * 2; }

/// The number of scales of each row or column: one for every 256 values of k.
static inline ptrdiff_t reprise_depths(ptrdiff_t K) {
  return (K + REPRISE_DEPTH - 1) / REPRISE_DEPTH;
}

/// Packs the panels from ..< to of B, as reprise_pack_panels does, into integers q with b ≈ q ·
/// scale. For each panel, `packed` (aligned to 64 bytes) holds reprise_pairs(K) * 32 integers, and
/// `scales` holds reprise_depths(K) rows of 32 floats. A column with a NaN or an infinity gives
/// NaN.
void reprise_quantise_panels(
  const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K, ptrdiff_t N, ptrdiff_t from,
  ptrdiff_t to, int16_t *packed, float *scales
);

/// Packs the slices from ..< to of A, [M, K], whose rows lie `row` apart, in the same way. `packed`
/// holds reprise_pairs(K) * reprise_packed_rows(M) integers, and `scales` holds reprise_depths(K) *
/// reprise_packed_rows(M) floats.
void reprise_quantise_slices(
  const float *a, ptrdiff_t row, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from, ptrdiff_t to,
  int16_t *packed, float *scales
);

/// Computes the same as reprise_packed_product, from packed integers.
void reprise_quantised_product(
  const int16_t *a, const float *a_scales, const int16_t *b, const float *b_scales,
  const float *bias, const float *addend, float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N,
  ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu
);
#endif
