// Products with a matrix that is packed once and used often. Each element is summed in the order of
// k. Its bits therefore depend on its own row and column only, not on other rows and not on how the
// work is divided among threads.
#ifndef REPRISE_PACKED_H
#define REPRISE_PACKED_H
#include <stddef.h>

/// PANEL: columns of B that one thread takes and that are padded together. DEPTH: values of k that
/// are summed before they are added to the rest. SLICE: the most rows of A in one slice.
#define REPRISE_PANEL 32
#define REPRISE_DEPTH 256
#define REPRISE_SLICE 6

/// The number of panels of a matrix with N columns.
static inline ptrdiff_t reprise_panels(ptrdiff_t N) {
  return (N + REPRISE_PANEL - 1) / REPRISE_PANEL;
}

/// The number of slices of a matrix with M rows. Slices of 6 rows come first, then slices of 5, so
/// that all slices are full if M >= 20.
static inline ptrdiff_t reprise_slices(ptrdiff_t M) {
  return (M + REPRISE_SLICE - 1) / REPRISE_SLICE;
}

/// The number of rows of A after packing, with padding.
static inline ptrdiff_t reprise_packed_rows(ptrdiff_t M) {
  ptrdiff_t least = (REPRISE_SLICE - 1) * reprise_slices(M);
  return M > least ? M : least;
}

/// The first row of a slice.
static inline ptrdiff_t reprise_slice_start(ptrdiff_t M, ptrdiff_t slice) {
  ptrdiff_t least = REPRISE_SLICE - 1, full = reprise_packed_rows(M) - least * reprise_slices(M);
  return least * slice + (slice < full ? slice : full);
}

/// Packs the values start ..< start + count of k of the panels from ..< to of B, [K, N]. Element
/// (start + i, n) comes from b[i * row + n * column]. `packed`, aligned to 64 bytes, holds K * 32
/// floats for every panel of B.
void reprise_pack_panel_rows(
  const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K, ptrdiff_t N, ptrdiff_t start,
  ptrdiff_t count, ptrdiff_t from, ptrdiff_t to, float *packed
);

/// Packs the slices from ..< to of A, [M, K]. Rows lie `row` apart or, if `starts` is not null, row
/// m begins at a[starts[m]]. `packed`, aligned to 64 bytes, holds K * reprise_packed_rows(M)
/// floats.
void reprise_pack_slices(
  const float *a, ptrdiff_t row, const ptrdiff_t *starts, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from,
  ptrdiff_t to, float *packed
);

/// Packs all of A, [M, K], K <= REPRISE_DEPTH. Element (m, k) comes from a[starts[k] + m].
void reprise_pack_transposed_slices(
  const float *a, const ptrdiff_t *starts, ptrdiff_t M, ptrdiff_t K, float *packed
);

/// C = A B + bias + addend, then the exact GELU if `gelu` is not 0, in the columns of the panels
/// from ..< to. A and B are packed. C and `addend` are [M, N] with rows `row` apart. `bias`, [N],
/// and `addend` may be null, and `addend` may be C.
void reprise_packed_product(
  const float *a, const float *b, const float *bias, const float *addend, float *c, ptrdiff_t row,
  ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu
);
#endif
