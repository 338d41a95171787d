// Products of floats with packed matrices (see packed.h).
#include "include/processor.h"
#include "packedproduct.h"

typedef float Four __attribute__((vector_size(16), aligned(4)));

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

/// The kernel of floats.
INLINE void multiply(Shape shape, const void *slices, const void *strips, ptrdiff_t apart,
                     float *sums, ptrdiff_t depth, const float *a_scales, const float *b_scales) {
  const float *a = slices, *b = strips;
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

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))) static void product_avx512(
    Packed a, Packed b, Product p) {
  packed_product(multiply, (Shape){2, 2}, a, b, p);
}

__attribute__((target("avx2,fma"))) static void product_avx2(Packed a, Packed b, Product p) {
  packed_product(multiply, (Shape){1, 1}, a, b, p);
}
#endif

void reprise_packed_product(const float *a_packed, const float *b_packed, const float *bias,
                            const float *addend, float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N,
                            ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu) {
  Packed a = {(const char *)a_packed, 0, sizeof(float), 0};
  Packed b = {(const char *)b_packed, 0, sizeof(float), 0};
  Product p = {bias, addend, c, row, M, N, K, from, to, gelu};
#if defined(__x86_64__)
  if (reprise_has_avx512()) return product_avx512(a, b, p);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return product_avx2(a, b, p);
#endif
  packed_product(multiply, (Shape){1, 1}, a, b, p);
}
