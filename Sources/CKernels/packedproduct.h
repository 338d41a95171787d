// The code that products of floats (packed.c) and of integers (quantised.c) share.
//
// A is stored in slices of 6 or 5 rows and B in strips of 16 columns, both ordered by k. With AVX2,
// a slice and a strip fill 12 accumulators and leave two registers for B and one for A. With
// AVX-512, two slices and two strips fill 24. The order of summation is the same for both.
#ifndef REPRISE_PACKEDPRODUCT_H
#define REPRISE_PACKEDPRODUCT_H
#include "exponential.h"
#include "include/packed.h"
#include <stdint.h>

enum {
  PANEL = REPRISE_PANEL,
  DEPTH = REPRISE_DEPTH,
  SLICE = REPRISE_SLICE,
  STRIP = 16,
  /// The number of slices of A that stay in the second-level cache, at one depth, while the strips
  /// pass.
  BLOCK = 40,
  /// The number of partial sums kept until all of k is added: those of 4 strips, 64 KiB.
  SUMS = BLOCK * SLICE * 4 * STRIP,
};

typedef float Sixteen __attribute__((vector_size(64)));

/// The work of one kernel call: a slice of `upper` rows, the next slice of `lower` rows (0 if there
/// is none), and a number of strips.
typedef struct {
  int upper, lower, strips;
} Shape;

/// A slice of A: `count` rows from `first` on, padded with zero rows to `height`.
typedef struct {
  ptrdiff_t first, height, count;
} Slice;

INLINE Slice slice_of(ptrdiff_t M, ptrdiff_t slice) {
  ptrdiff_t first = reprise_slice_start(M, slice);
  ptrdiff_t height = reprise_slice_start(M, slice + 1) - first, count = M - first;
  return (Slice){first, height, count < 0 ? 0 : count < height ? count : height};
}

/// A packed matrix of numbers of `size` bytes, K for each row or column. Integers also have scales:
/// for each DEPTH values of k, one factor for each of the `lines` rows or columns.
typedef struct {
  const char *numbers;
  const float *scales;
  ptrdiff_t size, lines;
} Packed;

/// The arguments of reprise_packed_product.
typedef struct {
  const float *bias, *addend;
  float *c;
  ptrdiff_t row, M, N, K, from, to;
  int gelu;
} Product;

/// Adds the product of neighbouring slices and strips to `sums`, [upper + lower, 16 strips]. Strips
/// lie `apart` numbers apart. The kernel sums from 0 and adds the result last, so its rounding does
/// not depend on what `sums` already holds.
typedef void Kernel(
  Shape shape, const void *a, const void *b, ptrdiff_t apart, float *sums, ptrdiff_t depth,
  const float *a_scales, const float *b_scales
);

/// Sets sums, [rows, wide], to bias + addend in `count` rows of `width` columns.
///
/// Each combination has its own loop. In a common loop the compiler reads a null pointer under an
/// empty mask, which is very slow on AMD processors.
INLINE void start_sums(
  float *sums, ptrdiff_t rows, ptrdiff_t wide, ptrdiff_t count, ptrdiff_t width, const float *bias,
  const float *addend, ptrdiff_t row
) {
  int whole = count == rows && width == wide;
  if (!whole || (!addend && !bias)) memset(sums, 0, sizeof(float) * (size_t)(rows * wide));
  for (ptrdiff_t i = 0; i < count; i++) {
    float *sum = sums + i * wide;
    const float *before = addend ? addend + i * row : 0;
    if (addend && bias)
      for (ptrdiff_t j = 0; j < width; j++) sum[j] = before[j] + bias[j];
    else if (addend)
      for (ptrdiff_t j = 0; j < width; j++) sum[j] = before[j];
    else if (bias)
      for (ptrdiff_t j = 0; j < width; j++) sum[j] = bias[j];
  }
}

/// Calls the kernel compiled for this shape: `side` slices and `side` strips. The last slices have
/// 5 rows. If the number of slices is odd, the last slice is computed alone.
INLINE void multiply_slices(
  Kernel kernel, int side, ptrdiff_t upper, ptrdiff_t lower, const void *a, const void *b,
  ptrdiff_t apart, float *sums, ptrdiff_t depth, const float *a_scales, const float *b_scales
) {
#define CASE(UPPER, LOWER)                                                                         \
  if (upper == UPPER && lower == LOWER)                                                            \
  return kernel((Shape){UPPER, LOWER, side}, a, b, apart, sums, depth, a_scales, b_scales)
  if (side == 2) {
    CASE(SLICE, SLICE);
    CASE(SLICE, SLICE - 1);
    CASE(SLICE - 1, SLICE - 1);
  }
  CASE(SLICE, 0);
  CASE(SLICE - 1, 0);
#undef CASE
}

/// Computes the product around a kernel that takes `side` slices and strips at a time. It is
/// inlined into one function per class of processor, so all of it is compiled for that class.
///
/// The sums of a few columns lie side by side until they are complete. Rows of C can be a power of
/// two apart and would otherwise evict one another from the cache.
INLINE void packed_product(Kernel kernel, int side, Packed a, Packed b, Product p) {
  float sums[SUMS] __attribute__((aligned(64)));
  ptrdiff_t rows = reprise_packed_rows(p.M), slices = reprise_slices(p.M), wide = side * STRIP;
  ptrdiff_t N = p.N, K = p.K, end = p.to * PANEL;
  // Blocks have nearly equal heights and an even number of slices.
  ptrdiff_t blocks = (slices + BLOCK - 1) / BLOCK,
            size = (slices + blocks * 2 - 1) / (blocks * 2) * 2;
  for (ptrdiff_t from = 0; from < slices; from += size) {
    ptrdiff_t to = slices - from < size ? slices : from + size;
    ptrdiff_t first = reprise_slice_start(p.M, from);
    ptrdiff_t height = reprise_slice_start(p.M, to) - first;
    ptrdiff_t count = p.M - first < height ? p.M - first : height;
    ptrdiff_t group = SUMS / (height * wide) * wide;
    for (ptrdiff_t left = p.from * PANEL; left < end && left < N; left += group) {
      ptrdiff_t right = left + group < end ? left + group : end;
      for (ptrdiff_t k = 0; k < K; k += DEPTH) {
        ptrdiff_t depth = K - k < DEPTH ? K - k : DEPTH;
        for (ptrdiff_t column = left; column < right && column < N; column += wide) {
          float *sum = sums + (column - left) * height;
          ptrdiff_t width = N - column < wide ? N - column : wide;
          if (k == 0)
            start_sums(
              sum, height, wide, count, width, p.bias ? p.bias + column : 0,
              p.addend ? p.addend + first * p.row + column : 0, p.row
            );
          // Prefetches the next strips in equal shares while this one is multiplied. Strips lie too
          // far apart for the hardware prefetcher.
          ptrdiff_t next = column + wide < right ? (column + wide) * K + k * STRIP
                           : k + DEPTH < K       ? left * K + (k + DEPTH) * STRIP
                                                 : (right < end ? right : left) * K;
          ptrdiff_t share = (DEPTH * side + to - from - 1) / (to - from);
          for (ptrdiff_t s = from, r = first; s < to; s += side, next += share * STRIP) {
            for (int j = 0; j < side; j++)
              for (ptrdiff_t i = 0; i < share; i += 4 / b.size)
                __builtin_prefetch(b.numbers + (next + j * K * STRIP + i * STRIP) * b.size, 0, 2);
            ptrdiff_t middle = reprise_slice_start(p.M, s + 1);
            ptrdiff_t below = s + side <= to ? reprise_slice_start(p.M, s + side) : middle;
            multiply_slices(
              kernel, side, middle - r, below - middle, a.numbers + (k * rows + r * depth) * a.size,
              b.numbers + (column * K + k * STRIP) * b.size, K * STRIP, sum + (r - first) * wide,
              depth, a.scales ? a.scales + k / DEPTH * a.lines + r : 0,
              b.scales ? b.scales + k / DEPTH * b.lines + column : 0
            );
            r = below;
          }
          if (k + depth < K) continue;
          for (ptrdiff_t i = 0; i < count; i++, sum += wide) {
            if (p.gelu)
              for (ptrdiff_t j = 0; j < wide; j++)
                sum[j] = 0.5f * sum[j] * (1.0f + error_function(sum[j] * 0.70710678118654752f));
            float *target = p.c + (first + i) * p.row + column;
            if (width == wide)
              for (ptrdiff_t j = 0; j < wide; j++) target[j] = sum[j];
            else
              memcpy(target, sum, sizeof(float) * (size_t)width);
          }
        }
      }
    }
  }
}
#endif
