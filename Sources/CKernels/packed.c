// Products with packed matrices (see packed.h). A lies in slices of 6 rows, B in strips of 16 columns, both
// k by k. A slice and a strip fill the 12 accumulators that AVX2 leaves beside two for B and one for A; with
// AVX-512 two slices and two strips fill 24. The order of sums is the same.
#include "include/packed.h"
#include "exponential.h"
#include "include/processor.h"

enum {
  TILE = REPRISE_TILE,
  PANEL = REPRISE_PANEL,
  DEPTH = REPRISE_DEPTH,
  SLICE = 6,
  STRIP = 16,
  /// Rows of A whose slices of one depth stay in the second-level cache while strips pass by.
  BLOCK = 240,
  /// Sums that are kept until all of k was added: those of 4 strips, 64 KiB.
  SUMS = BLOCK * 4 * STRIP,
};

typedef float Four __attribute__((vector_size(16), aligned(4)));
typedef float Sixteen __attribute__((vector_size(64)));

void reprise_pack_panels(const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K, ptrdiff_t N,
                         ptrdiff_t from, ptrdiff_t to, float *packed) {
  for (ptrdiff_t first = from * PANEL; first < to * PANEL; first += STRIP) {
    float *strip = packed + first * K;
    ptrdiff_t width = N - first < STRIP ? N - first : STRIP;
    const float *source = b + first * column;
    if (width < STRIP) memset(strip, 0, sizeof(float) * (size_t)(STRIP * K));
    // 16 values of k at a time: a cache line of each column where columns lie contiguous.
    for (ptrdiff_t k = 0; k < K; k += 16) {
      ptrdiff_t end = k + 16 < K ? k + 16 : K;
      for (ptrdiff_t n = 0; n < width; n++)
        for (ptrdiff_t i = k; i < end; i++) strip[i * STRIP + n] = source[i * row + n * column];
    }
  }
}

/// Four values of k of a slice's rows, transposed: 24 numbers.
INLINE void transpose(const float *a, ptrdiff_t row, float *out) {
  Four r0 = *(const Four *)a, r1 = *(const Four *)(a + row), r2 = *(const Four *)(a + 2 * row),
       r3 = *(const Four *)(a + 3 * row), r4 = *(const Four *)(a + 4 * row),
       r5 = *(const Four *)(a + 5 * row);
  Four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5),
       low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5),
       low45 = __builtin_shufflevector(r4, r5, 0, 4, 1, 5),
       high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7),
       high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7),
       high45 = __builtin_shufflevector(r4, r5, 2, 6, 3, 7);
  *(Four *)out = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(Four *)(out + 4) = __builtin_shufflevector(low45, low01, 0, 1, 6, 7);
  *(Four *)(out + 8) = __builtin_shufflevector(low23, low45, 2, 3, 6, 7);
  *(Four *)(out + 12) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(Four *)(out + 16) = __builtin_shufflevector(high45, high01, 0, 1, 6, 7);
  *(Four *)(out + 20) = __builtin_shufflevector(high23, high45, 2, 3, 6, 7);
}

void reprise_pack_tiles(const float *a, ptrdiff_t row, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from,
                        ptrdiff_t to, float *packed) {
  ptrdiff_t rows = reprise_tile_rows(M);
  for (ptrdiff_t start = 0; start < K; start += DEPTH) {
    ptrdiff_t depth = K - start < DEPTH ? K - start : DEPTH;
    for (ptrdiff_t first = from * TILE; first < to * TILE; first += SLICE) {
      float *slice = packed + start * rows + first * depth;
      ptrdiff_t count = M - first < SLICE ? M - first : SLICE, k = 0;
      const float *source = a + first * row + start;
      if (count == SLICE)
        for (; k + 4 <= depth; k += 4) transpose(source + k, row, slice + k * SLICE);
      else
        memset(slice, 0, sizeof(float) * (size_t)(SLICE * depth));
      for (; k < depth; k++)
        for (ptrdiff_t r = 0; r < count; r++) slice[k * SLICE + r] = source[r * row + k];
    }
  }
}

/// How many slices and strips a kernel treats at once.
typedef struct { int slices, strips; } Shape;

/// Adds the product of neighbouring slices, and of strips that are K * 16 apart, to `sums`, [6 slices,
/// 16 strips]. It is summed from 0 on: its roundings go by its own size, not by that of what lies in `sums`.
INLINE void multiply(Shape shape, const float *a, const float *b, ptrdiff_t apart, float *sums,
                     ptrdiff_t depth) {
  Sixteen sum[2 * SLICE][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < shape.slices * SLICE; i++) sum[i][0] = sum[i][1] = (Sixteen){0};
#pragma clang loop unroll_count(4)
  for (ptrdiff_t k = 0; k < depth; k++)
#pragma clang loop unroll(full)
    for (int i = 0; i < shape.slices * SLICE; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < shape.strips; j++)
        sum[i][j] += a[(i / SLICE * depth + k) * SLICE + i % SLICE] *
                     *(const Sixteen *)(b + j * apart + k * STRIP);
#pragma clang loop unroll(full)
  for (int i = 0; i < shape.slices * SLICE; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < shape.strips; j++)
      *(Sixteen *)(sums + (i * shape.strips + j) * STRIP) += sum[i][j];
}

/// Sets sums, [rows, wide], to what is added to the product in `count` rows of `width` columns. Each case has
/// its loop: within one, a null pointer would be read under an empty mask, and AMD's processors take hundreds
/// of cycles for that.
INLINE void start(float *sums, ptrdiff_t rows, ptrdiff_t wide, ptrdiff_t count, ptrdiff_t width,
                  const float *bias, const float *addend, ptrdiff_t row) {
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

/// Everything around the kernel. Inlined into one function for each class of processor, so that all of it is
/// compiled for that.
///
/// The sums of some columns lie side by side until they are complete: rows of C may be a power of two apart,
/// and would then drive one another out of the cache.
INLINE void packed_product(Shape shape, const float *a, const float *b, const float *bias,
                           const float *addend, float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N,
                           ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu) {
  float sums[SUMS] __attribute__((aligned(64)));
  ptrdiff_t rows = reprise_tile_rows(M), wide = shape.strips * STRIP, end = to * PANEL;
  for (ptrdiff_t block = 0; block < M; block += BLOCK) {
    ptrdiff_t count = M - block < BLOCK ? M - block : BLOCK, tall = reprise_tile_rows(count);
    ptrdiff_t group = SUMS / (tall * wide) * wide;
    for (ptrdiff_t left = from * PANEL; left < end && left < N; left += group) {
      ptrdiff_t right = left + group < end ? left + group : end;
      for (ptrdiff_t k = 0; k < K; k += DEPTH) {
        ptrdiff_t depth = K - k < DEPTH ? K - k : DEPTH;
        for (ptrdiff_t column = left; column < right && column < N; column += wide) {
          float *sum = sums + (column - left) * tall;
          ptrdiff_t width = N - column < wide ? N - column : wide;
          const float *before = addend ? addend + block * row + column : 0;
          if (k == 0) start(sum, tall, wide, count, width, bias ? bias + column : 0, before, row);
          // What comes next, fetched in equal shares while this is multiplied: strips lie too far apart for
          // the processor to foresee.
          const float *next = column + wide < right ? b + (column + wide) * K + k * STRIP
                              : k + DEPTH < K       ? b + left * K + (k + DEPTH) * STRIP
                                                    : b + (right < end ? right : left) * K;
          ptrdiff_t share = (DEPTH * shape.slices * SLICE + tall - 1) / tall;
          for (ptrdiff_t r = 0; r < tall; r += shape.slices * SLICE, next += share * STRIP) {
            for (int j = 0; j < shape.strips; j++)
              for (ptrdiff_t i = 0; i < share; i++)
                __builtin_prefetch(next + j * K * STRIP + i * STRIP, 0, 2);
            multiply(shape, a + k * rows + (block + r) * depth, b + column * K + k * STRIP,
                     K * STRIP, sum + r * wide, depth);
          }
          if (k + depth < K) continue;
          for (ptrdiff_t i = 0; i < count; i++, sum += wide) {
            if (gelu)
              for (ptrdiff_t j = 0; j < wide; j++)
                sum[j] = 0.5f * sum[j] * (1.0f + error_function(sum[j] * 0.70710678118654752f));
            float *target = c + (block + i) * row + column;
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

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) static void product_avx512(
    const float *a, const float *b, const float *bias, const float *addend, float *c, ptrdiff_t row,
    ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu) {
  packed_product((Shape){2, 2}, a, b, bias, addend, c, row, M, N, K, from, to, gelu);
}

__attribute__((target("avx2,fma"))) static void product_avx2(
    const float *a, const float *b, const float *bias, const float *addend, float *c, ptrdiff_t row,
    ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu) {
  packed_product((Shape){1, 1}, a, b, bias, addend, c, row, M, N, K, from, to, gelu);
}
#endif

void reprise_packed_product(const float *a, const float *b, const float *bias, const float *addend,
                            float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K,
                            ptrdiff_t from, ptrdiff_t to, int gelu) {
#if defined(__x86_64__)
  if (reprise_has_avx512())
    return product_avx512(a, b, bias, addend, c, row, M, N, K, from, to, gelu);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return product_avx2(a, b, bias, addend, c, row, M, N, K, from, to, gelu);
#endif
  packed_product((Shape){1, 1}, a, b, bias, addend, c, row, M, N, K, from, to, gelu);
}
