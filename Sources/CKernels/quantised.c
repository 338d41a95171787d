// Products of 16-bit integers with packed matrices. quantised.h documents each function. Two values
// of k lie side by side because the processor multiplies and adds them in pairs.
#include "include/quantised.h"
#include "include/processor.h"
#include "packedproduct.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef int32_t Integers __attribute__((vector_size(64)));

/// Rounds `depth` numbers to integers of magnitude at most `limit` and fills the rest up to DEPTH
/// with zeros. Returns the scale, max |x| / limit. If the scale is infinite or NaN, the integers
/// are zeros and every product is NaN.
VECTORISED static float quantise(const float *x, ptrdiff_t depth, float limit, int16_t *q) {
  // The bit patterns of floats without their signs, read as integers, sort like the magnitudes.
  // Infinity and NaN come last.
  uint32_t bits[DEPTH], most = 0;
  memcpy(bits, x, sizeof(float) * (size_t)depth);
  for (ptrdiff_t k = 0; k < depth; k++) {
    uint32_t size = bits[k] & 0x7fffffff;
    most = size > most ? size : most;
  }
  float greatest;
  memcpy(&greatest, &most, 4);
  int finite = most < 0x7f800000;
  if (depth < DEPTH || !finite) memset(q, 0, sizeof(int16_t) * DEPTH);
  // If the greatest magnitude is below 2^-100, all numbers become zero.
  float factor = finite && greatest >= 0x1p-100f ? limit / greatest : 0;
  if (finite)
    for (ptrdiff_t k = 0; k < depth; k++) q[k] = (int16_t)__builtin_rintf(x[k] * factor);
  return greatest / limit;
}

/// Writes pairs of integers, `apart` pairs from one to the next.
INLINE void spread(const int16_t *q, ptrdiff_t pairs, int16_t *packed, ptrdiff_t apart) {
  for (ptrdiff_t k = 0; k < pairs; k++) memcpy(packed + 2 * k * apart, q + 2 * k, 4);
}

void reprise_quantise_panels(
  const float *b, ptrdiff_t row, ptrdiff_t column, ptrdiff_t K, ptrdiff_t N, ptrdiff_t from,
  ptrdiff_t to, int16_t *packed, float *scales
) {
  float x[DEPTH];
  int16_t q[DEPTH];
  ptrdiff_t pairs = reprise_pairs(K), lines = reprise_panels(N) * PANEL;
  for (ptrdiff_t n = from * PANEL; n < to * PANEL; n++)
    for (ptrdiff_t start = 0; start < K; start += DEPTH) {
      ptrdiff_t depth = K - start < DEPTH ? K - start : DEPTH;
      for (ptrdiff_t k = 0; k < depth; k++) x[k] = n < N ? b[(start + k) * row + n * column] : 0.0f;
      scales[start / DEPTH * lines + n] = quantise(x, depth, REPRISE_RIGHT_LIMIT, q);
      spread(
        q, (depth + 1) / 2, packed + n / STRIP * STRIP * pairs + start * STRIP + n % STRIP * 2,
        STRIP
      );
    }
}

void reprise_quantise_slices(
  const float *a, ptrdiff_t row, ptrdiff_t M, ptrdiff_t K, ptrdiff_t from, ptrdiff_t to,
  int16_t *packed, float *scales
) {
  int16_t q[DEPTH];
  ptrdiff_t rows = reprise_packed_rows(M);
  for (ptrdiff_t start = 0; start < K; start += DEPTH) {
    ptrdiff_t depth = K - start < DEPTH ? K - start : DEPTH, even = reprise_pairs(depth);
    for (ptrdiff_t s = from; s < to; s++) {
      Slice slice = slice_of(M, s);
      int16_t *target = packed + start * rows + slice.first * even;
      for (ptrdiff_t i = 0; i < slice.height; i++) {
        ptrdiff_t r = slice.first + i;
        scales[start / DEPTH * rows + r] =
          quantise(a + (r < M ? r * row : 0) + start, r < M ? depth : 0, REPRISE_LEFT_LIMIT, q);
        spread(q, even / 2, target + i * 2, slice.height);
      }
    }
  }
}

/// Adds the products of one pair of numbers of A with 16 pairs of B.
typedef Integers Dot(Integers sum, int32_t pair, const int16_t *b);

INLINE Integers dot_plain(Integers sum, int32_t pair, const int16_t *b) {
  int32_t low = (int16_t)pair, high = pair >> 16;
  for (int i = 0; i < STRIP; i++) sum[i] += low * b[2 * i] + high * b[2 * i + 1];
  return sum;
}

/// The kernel for integers.
INLINE void multiply_integers(
  Dot dot, Shape shape, const void *slices, const void *strips, ptrdiff_t apart, float *sums,
  ptrdiff_t depth, const float *a_scales, const float *b_scales
) {
  const int16_t *upper = slices, *lower = upper + depth * shape.upper, *b = strips;
  Integers sum[2 * SLICE][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < shape.upper + shape.lower; i++) sum[i][0] = sum[i][1] = (Integers){0};
#pragma clang loop unroll_count(2)
  for (ptrdiff_t k = 0; k < depth; k += 2)
#pragma clang loop unroll(full)
    for (int i = 0; i < shape.upper + shape.lower; i++) {
      int32_t pair;
      memcpy(
        &pair,
        i < shape.upper ? upper + k * shape.upper + i * 2
                        : lower + k * shape.lower + (i - shape.upper) * 2,
        4
      );
#pragma clang loop unroll(full)
      for (int j = 0; j < shape.strips; j++)
        sum[i][j] = dot(sum[i][j], pair, b + j * apart + k * STRIP);
    }
#pragma clang loop unroll(full)
  for (int i = 0; i < shape.upper + shape.lower; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < shape.strips; j++)
      *(Sixteen *)(sums + (i * shape.strips + j) * STRIP) +=
        a_scales[i] * *(const Sixteen *)(b_scales + j * STRIP) *
        __builtin_convertvector(sum[i][j], Sixteen);
}

INLINE void multiply_plain(
  Shape shape, const void *a, const void *b, ptrdiff_t apart, float *sums, ptrdiff_t depth,
  const float *a_scales, const float *b_scales
) {
  multiply_integers(dot_plain, shape, a, b, apart, sums, depth, a_scales, b_scales);
}

#if defined(__x86_64__)
#define VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))
#define AVX2 __attribute__((target("avx2,fma")))

VNNI INLINE Integers dot_vnni(Integers sum, int32_t pair, const int16_t *b) {
  return (Integers
  )_mm512_dpwssd_epi32((__m512i)sum, _mm512_set1_epi32(pair), _mm512_load_si512((const void *)b));
}

VNNI INLINE void multiply_vnni(
  Shape shape, const void *a, const void *b, ptrdiff_t apart, float *sums, ptrdiff_t depth,
  const float *a_scales, const float *b_scales
) {
  multiply_integers(dot_vnni, shape, a, b, apart, sums, depth, a_scales, b_scales);
}

VNNI static void product_vnni(Packed a, Packed b, Product p) {
  packed_product(multiply_vnni, 2, a, b, p);
}

AVX2 INLINE Integers dot_avx2(Integers sum, int32_t pair, const int16_t *b) {
  __m256i half[2], x = _mm256_set1_epi32(pair);
  memcpy(half, &sum, 64);
  half[0] = _mm256_add_epi32(half[0], _mm256_madd_epi16(x, _mm256_load_si256((const __m256i *)b)));
  half[1] = _mm256_add_epi32(
    half[1], _mm256_madd_epi16(x, _mm256_load_si256((const __m256i *)(b + STRIP)))
  );
  memcpy(&sum, half, 64);
  return sum;
}

AVX2 INLINE void multiply_avx2(
  Shape shape, const void *a, const void *b, ptrdiff_t apart, float *sums, ptrdiff_t depth,
  const float *a_scales, const float *b_scales
) {
  multiply_integers(dot_avx2, shape, a, b, apart, sums, depth, a_scales, b_scales);
}

AVX2 static void product_avx2(Packed a, Packed b, Product p) {
  packed_product(multiply_avx2, 1, a, b, p);
}
#endif

void reprise_quantised_product(
  const int16_t *a_packed, const float *a_scales, const int16_t *b_packed, const float *b_scales,
  const float *bias, const float *addend, float *c, ptrdiff_t row, ptrdiff_t M, ptrdiff_t N,
  ptrdiff_t K, ptrdiff_t from, ptrdiff_t to, int gelu
) {
  Packed a = {(const char *)a_packed, a_scales, sizeof(int16_t), reprise_packed_rows(M)};
  Packed b = {(const char *)b_packed, b_scales, sizeof(int16_t), reprise_panels(N) * PANEL};
  Product p = {bias, addend, c, row, M, N, reprise_pairs(K), from, to, gelu};
#if defined(__x86_64__)
  if (reprise_has_avx512() && __builtin_cpu_supports("avx512vnni")) return product_vnni(a, b, p);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return product_avx2(a, b, p);
#endif
  packed_product(multiply_plain, 1, a, b, p);
}
