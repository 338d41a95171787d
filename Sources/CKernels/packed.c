// Products of floats with packed matrices. packed.h documents each function.
#include "include/processor.h"
#include "packedproduct.h"

typedef float Four __attribute__((vector_size(16), aligned(4)));

void reprise_pack_panel_rows(
  const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K, ptrdiff_t N, ptrdiff_t start,
  ptrdiff_t count, ptrdiff_t from, ptrdiff_t to, float *packed
) {
  for (ptrdiff_t first = from * PANEL; first < to * PANEL; first += STRIP) {
    float *strip = packed + first * K + start * STRIP;
    ptrdiff_t width = N - first < STRIP ? N - first : STRIP;
    const float *source = b + first * column;
    if (width < STRIP) memset(strip, 0, sizeof(float) * (size_t)(STRIP * count));
    if (column == 1 && width == STRIP) {
      for (ptrdiff_t k = 0; k < count; k++)
        memcpy(strip + k * STRIP, source + k * row, sizeof(float) * STRIP);
      continue;
    }
    // Copies 16 values of k at a time: one cache line of each column if columns are contiguous.
    for (ptrdiff_t k = 0; k < count; k += 16) {
      ptrdiff_t end = k + 16 < count ? k + 16 : count;
      for (ptrdiff_t n = 0; n < width; n++)
        for (ptrdiff_t i = k; i < end; i++) strip[i * STRIP + n] = source[i * row + n * column];
    }
  }
}

/// Transposes the four values k ..< k + 4 of a slice of six rows: 24 numbers.
INLINE void transpose(const float *const *rows, ptrdiff_t k, float *out) {
  Four r0 = *(const Four *)(rows[0] + k), r1 = *(const Four *)(rows[1] + k),
       r2 = *(const Four *)(rows[2] + k), r3 = *(const Four *)(rows[3] + k),
       r4 = *(const Four *)(rows[4] + k), r5 = *(const Four *)(rows[5] + k);
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

/// Transposes the four values k ..< k + 4 of a slice of five rows: 20 numbers.
INLINE void transpose_five(const float *const *rows, ptrdiff_t k, float *out) {
  Four r0 = *(const Four *)(rows[0] + k), r1 = *(const Four *)(rows[1] + k),
       r2 = *(const Four *)(rows[2] + k), r3 = *(const Four *)(rows[3] + k);
  Four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5),
       low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5),
       high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7),
       high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
  *(Four *)out = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(Four *)(out + 5) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(Four *)(out + 10) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(Four *)(out + 15) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
  for (int i = 0; i < 4; i++) out[5 * i + 4] = rows[4][k + i];
}

/// Packs `depth` numbers of each of `count` rows into a slice of `height` rows.
INLINE void pack_slice(
  const float *const *rows, ptrdiff_t count, ptrdiff_t height, ptrdiff_t depth, float *slice
) {
  ptrdiff_t k = 0;
  if (count < height)
    memset(slice, 0, sizeof(float) * (size_t)(height * depth));
  else if (height == SLICE)
    for (; k + 4 <= depth; k += 4) transpose(rows, k, slice + k * SLICE);
  else
    for (; k + 4 <= depth; k += 4) transpose_five(rows, k, slice + k * (SLICE - 1));
  for (; k < depth; k++)
    for (ptrdiff_t r = 0; r < count; r++) slice[k * height + r] = rows[r][k];
}

void reprise_pack_slices(
  const float *a, ptrdiff_t row, const ptrdiff_t *starts, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from,
  ptrdiff_t to, float *packed
) {
  ptrdiff_t tall = reprise_packed_rows(M);
  for (ptrdiff_t start = 0; start < K; start += DEPTH) {
    ptrdiff_t depth = K - start < DEPTH ? K - start : DEPTH;
    for (ptrdiff_t s = from; s < to; s++) {
      const float *rows[SLICE];
      Slice slice = slice_of(M, s);
      for (ptrdiff_t r = 0; r < slice.count; r++)
        rows[r] = a + (starts ? starts[slice.first + r] : (slice.first + r) * row) + start;
      pack_slice(
        rows, slice.count, slice.height, depth, packed + start * tall + slice.first * depth
      );
    }
  }
}

void reprise_pack_transposed_slices(
  const float *a, const ptrdiff_t *starts, ptrdiff_t M, ptrdiff_t K, float *packed
) {
  for (ptrdiff_t s = 0; s < reprise_slices(M); s++) {
    Slice slice = slice_of(M, s);
    float *target = packed + slice.first * K;
    ptrdiff_t height = slice.height;
    if (slice.count < height) memset(target, 0, sizeof(float) * (size_t)(height * K));
    for (ptrdiff_t k = 0; k < K; k++) {
      const float *source = a + starts[k] + slice.first;
      if (slice.count == SLICE)
        memcpy(target + k * SLICE, source, sizeof(float) * SLICE);
      else
        for (ptrdiff_t r = 0; r < slice.count; r++) target[k * height + r] = source[r];
    }
  }
}

/// The kernel for floats.
INLINE void multiply(
  Shape shape, const void *slices, const void *strips, ptrdiff_t apart, float *sums,
  ptrdiff_t depth, const float *a_scales, const float *b_scales
) {
  const float *upper = slices, *lower = upper + depth * shape.upper, *b = strips;
  Sixteen sum[2 * SLICE][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < shape.upper + shape.lower; i++) sum[i][0] = sum[i][1] = (Sixteen){0};
#pragma clang loop unroll_count(4)
  for (ptrdiff_t k = 0; k < depth; k++)
#pragma clang loop unroll(full)
    for (int i = 0; i < shape.upper + shape.lower; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < shape.strips; j++)
        sum[i][j] += (i < shape.upper ? upper[k * shape.upper + i]
                                      : lower[k * shape.lower + i - shape.upper]) *
                     *(const Sixteen *)(b + j * apart + k * STRIP);
#pragma clang loop unroll(full)
  for (int i = 0; i < shape.upper + shape.lower; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < shape.strips; j++)
      *(Sixteen *)(sums + (i * shape.strips + j) * STRIP) += sum[i][j];
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) static void product_avx512(
  Packed a, Packed b, Product p
) {
  packed_product(multiply, 2, a, b, p);
}

__attribute__((target("avx2,fma"))) static void product_avx2(Packed a, Packed b, Product p) {
  packed_product(multiply, 1, a, b, p);
}
#endif

void reprise_packed_product(
  const float *a_packed, const float *b_packed, const float *bias, const float *addend, float *c,
  ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu
) {
  Packed a = {(const char *)a_packed, 0, sizeof(float), 0};
  Packed b = {(const char *)b_packed, 0, sizeof(float), 0};
  Product p = {bias, addend, c, row, M, N, K, from, to, gelu};
#if defined(__x86_64__)
  if (reprise_has_avx512()) return product_avx512(a, b, p);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return product_avx2(a, b, p);
#endif
  packed_product(multiply, 1, a, b, p);
}
