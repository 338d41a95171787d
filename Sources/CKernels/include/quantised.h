// Products of 16-bit integers with a matrix that is packed once and used often: A in 13 bits, B in
// 12, each relative to the greatest of its row or column within 256 values of k. Their products'
// sums are exact.
#ifndef REPRISE_QUANTISED_H
#define REPRISE_QUANTISED_H
#include "packed.h"
#include <stdint.h>

/// The greatest integers. 256 products of them fit into 32 bits.
#define REPRISE_LEFT_LIMIT 4095
#define REPRISE_RIGHT_LIMIT 2047

/// The values of k that packed integers hold: pairs.
static inline ptrdiff_t reprise_pairs(ptrdiff_t K) { return (K + 1) / 2 * 2; }

/// The numbers by which the integers of a row or column are multiplied: one for every 256 values of
/// k.
static inline ptrdiff_t reprise_depths(ptrdiff_t K) {
  return (K + REPRISE_DEPTH - 1) / REPRISE_DEPTH;
}

/// Packs the panels from ..< to of B as reprise_pack_panels does, as integers q with b ≈ q · scale.
/// `packed`, aligned to 64 bytes, holds reprise_pairs(K) * 32 integers for every panel, and
/// `scales` reprise_depths(K) rows of 32 floats for every panel. A column with NaN or an infinity
/// gives NaN.
void reprise_quantise_panels(const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K,
                             ptrdiff_t N, ptrdiff_t from, ptrdiff_t to, int16_t *packed,
                             float *scales);

/// Packs the slices from ..< to of A, [M, K], rows `row` apart, in the same way; `packed` holds
/// reprise_pairs(K) * reprise_packed_rows(M) integers, `scales` reprise_depths(K) *
/// reprise_packed_rows(M) floats.
void reprise_quantise_slices(const float *a, ptrdiff_t row, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from,
                            ptrdiff_t to, int16_t *packed, float *scales);

/// What reprise_packed_product computes, of packed integers.
void reprise_quantised_product(const int16_t *a, const float *a_scales, const int16_t *b,
                               const float *b_scales, const float *bias, const float *addend,
                               float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K,
                               ptrdiff_t from, ptrdiff_t to, int gelu);
#endif
