// Attention with one query to a vector lane: softmax and weighted sums then need no sums across
// lanes, and keys and values are read one number at a time, for 16 queries at once. For the paper's
// 16 heads E is small, and a matrix product per head would spend its time on packing.
#include "include/attention.h"
#include "exponential.h"

enum { LANES = REPRISE_ATTENTION_LANES, WIDEST = 64 };
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
typedef int Integers __attribute__((vector_size(LANES * sizeof(int)), aligned(4)));

/// Puts feature e of up to 16 rows, `stride` apart, into the lanes of to[e], times `factor`.
INLINE void gather(const float *from, ptrdiff_t stride, ptrdiff_t rows, float factor, Lanes *to,
                   ptrdiff_t E) {
  for (ptrdiff_t e = 0; e < E; e++)
    for (ptrdiff_t i = 0; i < LANES; i++) to[e][i] = i < rows ? from[i * stride + e] * factor : 0;
}

/// The inverse of `gather`.
INLINE void scatter(const Lanes *from, ptrdiff_t rows, float *to, ptrdiff_t stride, ptrdiff_t E) {
  for (ptrdiff_t i = 0; i < rows; i++)
    for (ptrdiff_t e = 0; e < E; e++) to[i * stride + e] = from[e][i];
}

/// The greater of each lane's two values.
INLINE Lanes greater(Lanes x, Lanes y) { return __builtin_elementwise_max(x, y); }

/// exp of each lane for x <= 0, in the steps of `exponential`, which loops over lanes do not
/// vectorise; below -87.3 it is 0.
INLINE Lanes exponentials(Lanes x) {
  Lanes clamped = __builtin_elementwise_max(x, (Lanes){0} - 88.0f);
  Lanes n = __builtin_elementwise_rint(clamped * 1.44269504088896341f);
  Lanes r = clamped - n * 0.693359375f + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  Integers exponent = (__builtin_convertvector(n, Integers) + 127) << 23;
  return (Lanes)((Integers)(p * (Lanes)exponent) & (x >= -87.3f));
}

INLINE void forward(const float *qkv, float *weights, float *out, ptrdiff_t T, ptrdiff_t H,
                    ptrdiff_t E) {
  ptrdiff_t D = H * E, stride = 3 * D;
  float factor = 1.0f / sqrtf((float)E);
  Lanes *w = (Lanes *)weights;
  for (ptrdiff_t h = 0; h < H; h++) {
    const float *keys = qkv + D + h * E, *values = keys + D;
    for (ptrdiff_t t = 0; t < T; t += LANES, w += T) {
      ptrdiff_t rows = T - t < LANES ? T - t : LANES;
      Lanes q[WIDEST], o[WIDEST], greatest = {0}, sum = {0};
      gather(qkv + t * stride + h * E, stride, rows, factor, q, E);
      for (ptrdiff_t j = 0; j < T; j++) {
        Lanes score = q[0] * keys[j * stride];
        for (ptrdiff_t e = 1; e < E; e++) score += q[e] * keys[j * stride + e];
        w[j] = score;
        greatest = j == 0 ? score : greater(score, greatest);
      }
      for (ptrdiff_t e = 0; e < E; e++) o[e] = (Lanes){0};
      for (ptrdiff_t j = 0; j < T; j++) {
        Lanes p = exponentials(w[j] - greatest);
        w[j] = p;
        sum += p;
        for (ptrdiff_t e = 0; e < E; e++) o[e] += p * values[j * stride + e];
      }
      Lanes share = 1.0f / sum;
      for (ptrdiff_t j = 0; j < T; j++) w[j] *= share;
      for (ptrdiff_t e = 0; e < E; e++) o[e] *= share;
      scatter(o, rows, out + t * D + h * E, D, E);
    }
  }
}

INLINE void backward(const float *qkv, const float *weights, const float *d_out, float *d_qkv,
                     float *scratch, ptrdiff_t T, ptrdiff_t H, ptrdiff_t E) {
  ptrdiff_t D = H * E, stride = 3 * D;
  float factor = 1.0f / sqrtf((float)E);
  const Lanes *w = (const Lanes *)weights;
  Lanes *ds = (Lanes *)scratch;
  for (ptrdiff_t h = 0; h < H; h++) {
    const float *keys = qkv + D + h * E, *values = keys + D;
    float *dq = d_qkv + h * E, *dk = dq + D, *dv = dk + D;
    for (ptrdiff_t t = 0; t < T; t++)
      for (ptrdiff_t e = 0; e < E; e++) dk[t * stride + e] = dv[t * stride + e] = 0;
    for (ptrdiff_t t = 0; t < T; t += LANES, w += T) {
      ptrdiff_t rows = T - t < LANES ? T - t : LANES;
      const float *queries = qkv + t * stride + h * E, *d_rows = d_out + t * D + h * E;
      Lanes d[WIDEST], dql[WIDEST], mean = {0};
      gather(d_rows, D, rows, 1, d, E);
      for (ptrdiff_t j = 0; j < T; j++) {
        Lanes slope = d[0] * values[j * stride];
        for (ptrdiff_t e = 1; e < E; e++) slope += d[e] * values[j * stride + e];
        ds[j] = slope;
        mean += w[j] * slope;
      }
      for (ptrdiff_t e = 0; e < E; e++) dql[e] = (Lanes){0};
      for (ptrdiff_t j = 0; j < T; j++) {
        Lanes slope = w[j] * (ds[j] - mean) * factor;
        ds[j] = slope;
        for (ptrdiff_t e = 0; e < E; e++) dql[e] += slope * keys[j * stride + e];
      }
      scatter(dql, rows, dq + t * stride, stride, E);
      for (ptrdiff_t j = 0; j < T; j++) {
        const float *wj = (const float *)(w + j), *dsj = (const float *)(ds + j);
        float sum_k[WIDEST], sum_v[WIDEST];
        for (ptrdiff_t e = 0; e < E; e++) {
          sum_k[e] = dk[j * stride + e];
          sum_v[e] = dv[j * stride + e];
        }
        for (ptrdiff_t i = 0; i < rows; i++)
          for (ptrdiff_t e = 0; e < E; e++) {
            sum_k[e] += dsj[i] * queries[i * stride + e];
            sum_v[e] += wj[i] * d_rows[i * D + e];
          }
        for (ptrdiff_t e = 0; e < E; e++) {
          dk[j * stride + e] = sum_k[e];
          dv[j * stride + e] = sum_v[e];
        }
      }
    }
  }
}

// The sizes of head in use are compiled each on its own, so that features stay in registers.
VECTORISED void reprise_attention(const float *qkv, float *weights, float *out, ptrdiff_t T,
                                  ptrdiff_t H, ptrdiff_t E) {
  if (E == 8) forward(qkv, weights, out, T, H, 8);
  else if (E == 16) forward(qkv, weights, out, T, H, 16);
  else forward(qkv, weights, out, T, H, E);
}

VECTORISED void reprise_attention_gradient(const float *qkv, const float *weights,
                                           const float *d_out, float *d_qkv, float *scratch,
                                           ptrdiff_t T, ptrdiff_t H, ptrdiff_t E) {
  if (E == 8) backward(qkv, weights, d_out, d_qkv, scratch, T, H, 8);
  else if (E == 16) backward(qkv, weights, d_out, d_qkv, scratch, T, H, 16);
  else backward(qkv, weights, d_out, d_qkv, scratch, T, H, E);
}
