// Products with a matrix that is packed once and used often. Every element is summed in the order
// of k, so its bits depend on its own row and column alone: not on the rows beside it, nor on how
// rows and columns are shared among threads.
#ifndef REPRISE_PACKED_H
#define REPRISE_PACKED_H
#include <stddef.h>

/// The columns of B that are shared out and padded together, the values of k that are summed before
/// they are added to the rest, and the most rows of A that lie in one slice.
#define REPRISE_PANEL 32
#define REPRISE_DEPTH 256
#define REPRISE_SLICE 6

/// Panels of a matrix of N columns.
static inline ptrdiff_t reprise_panels(ptrdiff_t N) {
  return (N + REPRISE_PANEL - 1) / REPRISE_PANEL;
}

/// Slices of a matrix of M rows: first those of 6, then those of 5 rows, so that from 20 rows on
/// all are full.
static inline ptrdiff_t reprise_slices(ptrdiff_t M) {
  return (M + REPRISE_SLICE - 1) / REPRISE_SLICE;
}

/// Rows that A fills once packed.
static inline ptrdiff_t reprise_packed_rows(ptrdiff_t M) {
  ptrdiff_t least = (REPRISE_SLICE - 1) * reprise_slices(M);
  return M > least ? M : least;
}

/// The first row of a slice.
static inline ptrdiff_t reprise_slice_start(ptrdiff_t M, ptrdiff_t slice) {
  ptrdiff_t least = REPRISE_SLICE - 1, full = reprise_packed_rows(M) - least * reprise_slices(M);
  return least * slice + (slice < full ? slice : full);
}

/// Packs the values start ..< start + count of k of the panels from ..< to of B, [K, N]: element
/// (start + i, n) from b[i * row + n * column]. `packed`, aligned to 64 bytes, holds K * 32 floats
/// for every panel of B.
void reprise_pack_panel_rows(const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K,
                             ptrdiff_t N, ptrdiff_t start, ptrdiff_t count, ptrdiff_t from,
                             ptrdiff_t to, float *packed);

/// Packs the slices from ..< to of A, [M, K]: rows `row` apart or, if `starts` is not null, row m
/// from a[starts[m]] on. `packed`, aligned to 64 bytes, holds K * reprise_packed_rows(M) floats.
void reprise_pack_slices(const float *a, ptrdiff_t row, const ptrdiff_t *starts, ptrdiff_t M,
                        ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, float *packed);

/// Packs all of A, [M, K], K up to REPRISE_DEPTH, element (m, k) from a[starts[k] + m].
void reprise_pack_transposed_slices(const float *a, const ptrdiff_t *starts, ptrdiff_t M,
                                   ptrdiff_t K, float *packed);

/// C <- A B + bias + addend, through the exact GELU if `gelu` is not 0, in the columns of the
/// panels from ..< to. A and B are packed, C and `addend` are [M, N] with rows `row` apart; `bias`,
/// [N], and `addend` may be null, and `addend` may be C.
void reprise_packed_product(const float *a, const float *b, const float *bias, const float *addend,
                            float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K,
                            ptrdiff_t from, ptrdiff_t to, int gelu);
#endif
