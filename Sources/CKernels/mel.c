// Kernels of the log-mel front end. mel.h documents each kernel.
#include "mel.h"
#include "vectorise.h"
#include <string.h>

typedef float Lanes __attribute__((vector_size(32)));
typedef float Four __attribute__((vector_size(16)));

// Vectors are passed by address: the calling convention for vector values depends on the target
// processor.
INLINE void add_product(Lanes *sum, const float *a, const float *b) {
  Lanes x, y;
  memcpy(&x, a, sizeof x);
  memcpy(&y, b, sizeof y);
  *sum += x * y;
}

INLINE Four half_sums(const Lanes *sum) {
  return __builtin_shufflevector(*sum, *sum, 0, 1, 2, 3) +
         __builtin_shufflevector(*sum, *sum, 4, 5, 6, 7);
}

INLINE float total(const Lanes *sum) {
  const Lanes x = *sum;
  return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

VECTORISED void reprise_window(
  const float *restrict samples, const float *restrict window, ptrdiff_t count, float *restrict out
) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = samples[i] * window[i];
}

// Z is the transform of half the length. X[k] = E + W O, where
//   E = (Z[k] + conj Z[m-k]) / 2     the spectrum of the even samples
//   O = (Z[k] - conj Z[m-k]) / 2i    the spectrum of the odd samples
//   W = exp(-iπk/m)
VECTORISED void reprise_real_spectrum(
  const float *restrict z, const float *restrict cosine, const float *restrict sine, ptrdiff_t m,
  float *restrict real, float *restrict imaginary
) {
  real[0] = z[0] + z[1];
  real[m] = z[0] - z[1];
  imaginary[0] = imaginary[m] = 0;
  for (ptrdiff_t k = 1; k < m; k++) {
    const float a = z[2 * k], b = z[2 * k + 1], c = z[2 * (m - k)], d = z[2 * (m - k) + 1];
    const float even_r = 0.5f * (a + c), even_i = 0.5f * (b - d);
    const float odd_r = 0.5f * (b + d), odd_i = 0.5f * (c - a);
    real[k] = even_r + cosine[k] * odd_r + sine[k] * odd_i;
    imaginary[k] = even_i + cosine[k] * odd_i - sine[k] * odd_r;
  }
}

VECTORISED void reprise_power(
  const float *restrict real, const float *restrict imaginary, ptrdiff_t count, float *restrict out
) {
  for (ptrdiff_t k = 0; k < count; k++) out[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
}

// Sums each band in eight lanes, then adds the lanes in the order of `total`, for four bands at
// once.
VECTORISED void reprise_band_sums(
  const float *restrict power, const float *restrict weights, const int32_t *restrict first,
  const int32_t *restrict chunks, ptrdiff_t groups, float *restrict out
) {
  for (ptrdiff_t g = 0; g < groups; g++, first += 4, out += 4) {
    const float *a = power + first[0], *b = power + first[1], *c = power + first[2],
                *d = power + first[3];
    Lanes sa = {0}, sb = {0}, sc = {0}, sd = {0};
    for (int32_t chunk = chunks[g]; chunk < chunks[g + 1]; chunk++, weights += 32) {
      add_product(&sa, weights, a);
      add_product(&sb, weights + 8, b);
      add_product(&sc, weights + 16, c);
      add_product(&sd, weights + 24, d);
      a += 8, b += 8, c += 8, d += 8;
    }
    const Four ha = half_sums(&sa), hb = half_sums(&sb), hc = half_sums(&sc), hd = half_sums(&sd);
    const Four ab =
      __builtin_shufflevector(ha, hb, 0, 1, 4, 5) + __builtin_shufflevector(ha, hb, 2, 3, 6, 7);
    const Four cd =
      __builtin_shufflevector(hc, hd, 0, 1, 4, 5) + __builtin_shufflevector(hc, hd, 2, 3, 6, 7);
    const Four sums =
      __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
    memcpy(out, &sums, sizeof sums);
  }
}

VECTORISED float reprise_window_sum(const float *samples, ptrdiff_t count) {
  Lanes sum = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Lanes x;
    memcpy(&x, samples + i, sizeof x);
    sum += x;
  }
  float rest = 0;
  for (; i < count; i++) rest += samples[i];
  return total(&sum) + rest;
}

VECTORISED float reprise_windowed_energy(
  const float *restrict samples, const float *restrict window, ptrdiff_t count
) {
  Lanes sum = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Lanes x, w;
    memcpy(&x, samples + i, sizeof x);
    memcpy(&w, window + i, sizeof w);
    x *= w;
    sum += x * x;
  }
  float rest = 0;
  for (; i < count; i++) rest += samples[i] * window[i] * samples[i] * window[i];
  return total(&sum) + rest;
}

VECTORISED float reprise_centre(
  const float *restrict samples, float mean, ptrdiff_t count, float *restrict out
) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = samples[i] - mean;
  Lanes sum = {0};
  ptrdiff_t i = 0;
  for (; i + 8 <= count; i += 8) add_product(&sum, out + i, out + i);
  float rest = 0;
  for (; i < count; i++) rest += out[i] * out[i];
  return total(&sum) + rest;
}

// ln(x) = e ln 2 + ln(1 + t), where x = 2^e (1 + t) and 1 + t lies in [√½, √2). The polynomial in t
// and the split of ln 2 come from Cephes `logf` (Moshier).
INLINE float natural_log(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint32_t shifted = bits - 0x3f3504f3u; // √½
  const float e = (float)((int32_t)shifted >> 23);
  bits = (shifted & 0x007fffffu) + 0x3f3504f3u;
  float t;
  memcpy(&t, &bits, sizeof t);
  t -= 1.0f;
  const float square = t * t;
  float p = 7.0376836292e-2f;
  p = p * t - 1.1514610310e-1f;
  p = p * t + 1.1676998740e-1f;
  p = p * t - 1.2420140846e-1f;
  p = p * t + 1.4249322787e-1f;
  p = p * t - 1.6668057665e-1f;
  p = p * t + 2.0000714765e-1f;
  p = p * t - 2.4999993993e-1f;
  p = p * t + 3.3333331174e-1f;
  p = p * t * square;
  p += e * -2.12194440e-4f;
  p -= 0.5f * square;
  return t + p + e * 0.693359375f;
}

VECTORISED void reprise_log(
  const float *restrict values, float floor, ptrdiff_t count, float *restrict out
) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = natural_log(values[i] + floor);
}
