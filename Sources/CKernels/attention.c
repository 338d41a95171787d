// Attention by heads: keys and values are transposed once per head, [E, T], so that every inner
// loop runs over the keys. For the paper's 16 heads E is small, and a matrix product per head would
// spend its time on packing.
#include "include/attention.h"
#include "exponential.h"

/// to[e, t] <- from[t, e], rows of `from` lying `stride` apart.
INLINE void transpose(const float *from, ptrdiff_t stride, float *restrict to, ptrdiff_t T,
                      ptrdiff_t E) {
  for (ptrdiff_t t = 0; t < T; t++)
    for (ptrdiff_t e = 0; e < E; e++) to[e * T + t] = from[t * stride + e];
}

VECTORISED void reprise_attention(const float *qkv, float *restrict weights, float *restrict out,
                                  float *restrict scratch, ptrdiff_t T, ptrdiff_t H,
                                  ptrdiff_t E) {
#pragma clang fp reassociate(on)
  ptrdiff_t D = H * E, stride = 3 * D;
  float *keys = scratch, *values = scratch + E * T, factor = 1.0f / sqrtf((float)E);
  for (ptrdiff_t h = 0; h < H; h++) {
    transpose(qkv + D + h * E, stride, keys, T, E);
    transpose(qkv + 2 * D + h * E, stride, values, T, E);
    for (ptrdiff_t t = 0; t < T; t++) {
      const float *q = qkv + t * stride + h * E;
      float *p = weights + (h * T + t) * T, *o = out + t * D + h * E;
      float first = q[0] * factor;
      for (ptrdiff_t j = 0; j < T; j++) p[j] = first * keys[j];
      for (ptrdiff_t e = 1; e < E; e++) {
        float qe = q[e] * factor;
        const float *k = keys + e * T;
        for (ptrdiff_t j = 0; j < T; j++) p[j] += qe * k[j];
      }
      float greatest = p[0], sum = 0;
      for (ptrdiff_t j = 1; j < T; j++) greatest = p[j] > greatest ? p[j] : greatest;
      for (ptrdiff_t j = 0; j < T; j++) {
        float w = exponential(p[j] - greatest);
        p[j] = w;
        sum += w;
      }
      float share = 1.0f / sum;
      for (ptrdiff_t j = 0; j < T; j++) p[j] *= share;
      for (ptrdiff_t e = 0; e < E; e++) {
        const float *v = values + e * T;
        float dot = 0;
        for (ptrdiff_t j = 0; j < T; j++) dot += p[j] * v[j];
        o[e] = dot;
      }
    }
  }
}

VECTORISED void reprise_attention_gradient(const float *qkv, const float *weights,
                                           const float *d_out, float *restrict d_qkv,
                                           float *restrict scratch, ptrdiff_t T, ptrdiff_t H,
                                           ptrdiff_t E) {
#pragma clang fp reassociate(on)
  ptrdiff_t D = H * E, stride = 3 * D;
  float *keys = scratch, *values = keys + E * T, *d_keys = values + E * T;
  float *d_values = d_keys + E * T, *ds = d_values + E * T, factor = 1.0f / sqrtf((float)E);
  for (ptrdiff_t h = 0; h < H; h++) {
    transpose(qkv + D + h * E, stride, keys, T, E);
    transpose(qkv + 2 * D + h * E, stride, values, T, E);
    for (ptrdiff_t i = 0; i < 2 * E * T; i++) d_keys[i] = 0;
    for (ptrdiff_t t = 0; t < T; t++) {
      const float *q = qkv + t * stride + h * E, *d = d_out + t * D + h * E;
      const float *p = weights + (h * T + t) * T;
      float *dq = d_qkv + t * stride + h * E;
      for (ptrdiff_t j = 0; j < T; j++) ds[j] = 0;
      for (ptrdiff_t e = 0; e < E; e++) {
        const float *v = values + e * T;
        float *dv = d_values + e * T, de = d[e];
        for (ptrdiff_t j = 0; j < T; j++) {
          ds[j] += de * v[j];
          dv[j] += de * p[j];
        }
      }
      float mean = 0;
      for (ptrdiff_t j = 0; j < T; j++) mean += p[j] * ds[j];
      for (ptrdiff_t j = 0; j < T; j++) ds[j] = p[j] * (ds[j] - mean) * factor;
      for (ptrdiff_t e = 0; e < E; e++) {
        const float *k = keys + e * T;
        float *dk = d_keys + e * T, dot = 0, qe = q[e];
        for (ptrdiff_t j = 0; j < T; j++) {
          dot += ds[j] * k[j];
          dk[j] += qe * ds[j];
        }
        dq[e] = dot;
      }
    }
    for (ptrdiff_t t = 0; t < T; t++)
      for (ptrdiff_t e = 0; e < E; e++) {
        d_qkv[t * stride + D + h * E + e] = d_keys[e * T + t];
        d_qkv[t * stride + 2 * D + h * E + e] = d_values[e * T + t];
      }
  }
}
