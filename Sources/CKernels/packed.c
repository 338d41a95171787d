// Products with packed matrices (see packed.h). A tile of 12 rows and a panel of 32 columns fill the
// 24 accumulators that AVX-512 leaves beside two for B and one for A; other processors run the same
// tile in smaller parts, in the same order of sums.
#include "include/packed.h"
#include "exponential.h"
#include "include/processor.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
  TILE = REPRISE_TILE,
  PANEL = REPRISE_PANEL,
  DEPTH = REPRISE_DEPTH,
  /// Rows of A that stay in the second-level cache while panels pass by.
  BLOCK = 480,
};

typedef float Four __attribute__((vector_size(16), aligned(4)));

void reprise_pack_panels(const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K, ptrdiff_t N,
                         ptrdiff_t from, ptrdiff_t to, float *packed) {
  for (ptrdiff_t panel = from; panel < to; panel++) {
    float *to_panel = packed + panel * PANEL * K;
    ptrdiff_t first = panel * PANEL, width = N - first < PANEL ? N - first : PANEL;
    const float *source = b + first * column;
    if (width < PANEL) memset(to_panel, 0, sizeof(float) * (size_t)(PANEL * K));
    // 16 values of k at a time: a cache line of each column where columns lie contiguous.
    for (ptrdiff_t k = 0; k < K; k += 16) {
      ptrdiff_t end = k + 16 < K ? k + 16 : K;
      for (ptrdiff_t n = 0; n < width; n++)
        for (ptrdiff_t i = k; i < end; i++) to_panel[i * PANEL + n] = source[i * row + n * column];
    }
  }
}

/// Four rows and four columns, transposed.
INLINE void transpose(const float *a, ptrdiff_t row, float *out) {
  Four r0 = *(const Four *)a, r1 = *(const Four *)(a + row), r2 = *(const Four *)(a + 2 * row),
       r3 = *(const Four *)(a + 3 * row);
  Four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5),
       low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5),
       high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7),
       high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
  *(Four *)out = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(Four *)(out + TILE) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(Four *)(out + 2 * TILE) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(Four *)(out + 3 * TILE) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

void reprise_pack_tiles(const float *a, ptrdiff_t row, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from,
                        ptrdiff_t to, float *packed) {
  ptrdiff_t rows = reprise_tile_rows(M);
  for (ptrdiff_t start = 0; start < K; start += DEPTH) {
    ptrdiff_t depth = K - start < DEPTH ? K - start : DEPTH;
    for (ptrdiff_t tile = from; tile < to; tile++) {
      float *out = packed + start * rows + tile * TILE * depth;
      ptrdiff_t first = tile * TILE, count = M - first < TILE ? M - first : TILE;
      const float *source = a + first * row + start;
      if (count < TILE) memset(out, 0, sizeof(float) * (size_t)(TILE * depth));
      ptrdiff_t whole = count / 4 * 4, k = 0;
      for (; k + 4 <= depth; k += 4)
        for (ptrdiff_t r = 0; r < whole; r += 4)
          transpose(source + r * row + k, row, out + k * TILE + r);
      for (ptrdiff_t r = 0; r < count; r++)
        for (ptrdiff_t i = r < whole ? k : 0; i < depth; i++)
          out[i * TILE + r] = source[r * row + i];
    }
  }
}

/// Adds the product of a tile and a panel to `c`, [12, 32] with rows `row` apart. The product is summed
/// from 0 on: its roundings go by its own size, not by that of what lies in `c`.
typedef void Kernel(const float *a, const float *b, float *c, ptrdiff_t row, ptrdiff_t depth);

/// Everything around the kernel. Inlined into one function for each class of processor, so that the
/// GELU is compiled for it too.
INLINE void packed_product(Kernel kernel, const float *a, const float *b, const float *bias,
                           const float *addend, float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K,
                           ptrdiff_t from, ptrdiff_t to, int gelu) {
  ptrdiff_t rows = reprise_tile_rows(M);
  for (ptrdiff_t block = 0; block < M; block += BLOCK) {
    ptrdiff_t block_end = block + BLOCK < M ? block + BLOCK : M;
    for (ptrdiff_t start = 0; start < K; start += DEPTH) {
      ptrdiff_t depth = K - start < DEPTH ? K - start : DEPTH;
      int first = start == 0, last = start + depth == K;
      for (ptrdiff_t panel = from; panel < to; panel++) {
        ptrdiff_t column = panel * PANEL, width = N - column < PANEL ? N - column : PANEL;
        const float *b_panel = b + panel * PANEL * K + start * PANEL;
        for (ptrdiff_t r = block; r < block_end; r += TILE) {
          ptrdiff_t count = block_end - r < TILE ? block_end - r : TILE;
          float *target = c + r * row + column;
          float edge[TILE * PANEL] __attribute__((aligned(64)));
          int whole = count == TILE && width == PANEL;
          float *sum = whole ? target : edge;
          ptrdiff_t stride = whole ? row : PANEL;
          const float *before = !first ? target : addend ? addend + r * row + column : 0;
          if (!whole || first)
            for (ptrdiff_t i = 0; i < count; i++)
              for (ptrdiff_t j = 0; j < width; j++)
                sum[i * stride + j] = (before ? before[i * row + j] : 0.0f) +
                                      (first && bias ? bias[column + j] : 0.0f);
          kernel(a + start * rows + r * depth, b_panel, sum, stride, depth);
          if (last && gelu)
            for (ptrdiff_t i = 0; i < count; i++)
              for (ptrdiff_t j = 0; j < PANEL; j++) {
                float x = sum[i * stride + j];
                sum[i * stride + j] = 0.5f * x * (1.0f + error_function(x * 0.70710678118654752f));
              }
          if (!whole)
            for (ptrdiff_t i = 0; i < count; i++)
              memcpy(target + i * row, edge + i * PANEL, sizeof(float) * (size_t)width);
        }
      }
    }
  }
}

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

AVX512 __attribute__((always_inline)) static inline void kernel_avx512(
    const float *a, const float *b, float *c, ptrdiff_t row, ptrdiff_t depth) {
  __m512 sum[TILE][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < TILE; i++) {
    sum[i][0] = _mm512_setzero_ps();
    sum[i][1] = _mm512_setzero_ps();
  }
  for (ptrdiff_t k = 0; k < depth; k++) {
    __m512 b0 = _mm512_load_ps(b + k * PANEL), b1 = _mm512_load_ps(b + k * PANEL + 16);
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE; i++) {
      __m512 x = _mm512_set1_ps(a[k * TILE + i]);
      sum[i][0] = _mm512_fmadd_ps(x, b0, sum[i][0]);
      sum[i][1] = _mm512_fmadd_ps(x, b1, sum[i][1]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < TILE; i++) {
    float *target = c + i * row;
    _mm512_storeu_ps(target, _mm512_add_ps(_mm512_loadu_ps(target), sum[i][0]));
    _mm512_storeu_ps(target + 16, _mm512_add_ps(_mm512_loadu_ps(target + 16), sum[i][1]));
  }
}

AVX2 __attribute__((always_inline)) static inline void kernel_avx2(
    const float *a, const float *b, float *c, ptrdiff_t row, ptrdiff_t depth) {
  for (int top = 0; top < TILE; top += 6)
    for (int left = 0; left < PANEL; left += 16) {
      float *corner = c + top * row + left;
      __m256 sum[6][2];
#pragma clang loop unroll(full)
      for (int i = 0; i < 6; i++) {
        sum[i][0] = _mm256_setzero_ps();
        sum[i][1] = _mm256_setzero_ps();
      }
      for (ptrdiff_t k = 0; k < depth; k++) {
        __m256 b0 = _mm256_load_ps(b + k * PANEL + left),
               b1 = _mm256_load_ps(b + k * PANEL + left + 8);
#pragma clang loop unroll(full)
        for (int i = 0; i < 6; i++) {
          __m256 x = _mm256_broadcast_ss(a + k * TILE + top + i);
          sum[i][0] = _mm256_fmadd_ps(x, b0, sum[i][0]);
          sum[i][1] = _mm256_fmadd_ps(x, b1, sum[i][1]);
        }
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < 6; i++) {
        float *target = corner + i * row;
        _mm256_storeu_ps(target, _mm256_add_ps(_mm256_loadu_ps(target), sum[i][0]));
        _mm256_storeu_ps(target + 8, _mm256_add_ps(_mm256_loadu_ps(target + 8), sum[i][1]));
      }
    }
}

AVX512 static void product_avx512(const float *a, const float *b, const float *bias,
                              const float *addend, float *c,
                                  ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K,
                                  ptrdiff_t from, ptrdiff_t to, int gelu) {
  packed_product(kernel_avx512, a, b, bias, addend, c, row, M, N, K, from, to, gelu);
}

AVX2 static void product_avx2(const float *a, const float *b, const float *bias,
                              const float *addend, float *c,
                              ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, ptrdiff_t from,
                              ptrdiff_t to, int gelu) {
  packed_product(kernel_avx2, a, b, bias, addend, c, row, M, N, K, from, to, gelu);
}
#endif

static void kernel_plain(const float *a, const float *b, float *c, ptrdiff_t row, ptrdiff_t depth) {
  for (int i = 0; i < TILE; i++) {
    float sum[PANEL];
    for (int j = 0; j < PANEL; j++) sum[j] = 0;
    for (ptrdiff_t k = 0; k < depth; k++)
      for (int j = 0; j < PANEL; j++) sum[j] += a[k * TILE + i] * b[k * PANEL + j];
    for (int j = 0; j < PANEL; j++) c[i * row + j] += sum[j];
  }
}

void reprise_packed_product(const float *a, const float *b, const float *bias,
                              const float *addend, float *c,
                            ptrdiff_t row, ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, ptrdiff_t from,
                            ptrdiff_t to, int gelu) {
#if defined(__x86_64__)
  if (reprise_has_avx512())
    return product_avx512(a, b, bias, addend, c, row, M, N, K, from, to, gelu);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return product_avx2(a, b, bias, addend, c, row, M, N, K, from, to, gelu);
#endif
  packed_product(kernel_plain, a, b, bias, addend, c, row, M, N, K, from, to, gelu);
}
