// Attention with a gated relative position bias. relative.h documents each kernel.
#include "include/relative.h"
#include "exponential.h"

VECTORISED void reprise_biased_softmax(
  float *s, ptrdiff_t rows, ptrdiff_t T, float scale, const float *restrict gate,
  const float *restrict bias, ptrdiff_t first, float *restrict log_sum, ptrdiff_t stride
) {
#pragma clang fp reassociate(on)
  for (ptrdiff_t i = 0; i < rows; i++) {
    float *row = s + i * T, greatest = -INFINITY, sum = 0;
    if (bias) {
      const float *offset = bias + first - i;
      float g = gate[i * stride];
      for (ptrdiff_t j = 0; j < T; j++) {
        row[j] = scale * row[j] + g * offset[j];
        greatest = row[j] > greatest ? row[j] : greatest;
      }
    } else {
      for (ptrdiff_t j = 0; j < T; j++) {
        row[j] = scale * row[j];
        greatest = row[j] > greatest ? row[j] : greatest;
      }
    }
    for (ptrdiff_t j = 0; j < T; j++) {
      row[j] = exponential(row[j] - greatest);
      sum += row[j];
    }
    float share = 1.0f / sum;
    for (ptrdiff_t j = 0; j < T; j++) row[j] *= share;
    log_sum[i * stride] = greatest + logf(sum);
  }
}

VECTORISED void reprise_biased_weights(
  float *s, ptrdiff_t rows, ptrdiff_t T, float scale, const float *restrict gate,
  const float *restrict bias, ptrdiff_t first, const float *restrict log_sum, ptrdiff_t stride
) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    float *row = s + i * T, total = log_sum[i * stride];
    if (bias) {
      const float *offset = bias + first - i;
      float g = gate[i * stride];
      for (ptrdiff_t j = 0; j < T; j++)
        row[j] = exponential(scale * row[j] + g * offset[j] - total);
    } else {
      for (ptrdiff_t j = 0; j < T; j++) row[j] = exponential(scale * row[j] - total);
    }
  }
}

VECTORISED void reprise_biased_softmax_gradient(
  const float *restrict p, float *restrict dp, ptrdiff_t rows, ptrdiff_t T,
  const float *restrict mean, const float *restrict gate, const float *restrict bias,
  ptrdiff_t first, float *restrict d_gate, float *restrict d_bias, ptrdiff_t stride
) {
#pragma clang fp reassociate(on)
  for (ptrdiff_t i = 0; i < rows; i++) {
    const float *weights = p + i * T;
    float *row = dp + i * T, m = mean[i];
    for (ptrdiff_t j = 0; j < T; j++) row[j] = weights[j] * (row[j] - m);
    if (!bias) continue;
    const float *offset = bias + first - i;
    float *d_offset = d_bias + first - i, g = gate[i * stride], sum = 0;
    for (ptrdiff_t j = 0; j < T; j++) {
      sum += row[j] * offset[j];
      d_offset[j] += g * row[j];
    }
    d_gate[i * stride] += sum;
  }
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

VECTORISED void reprise_position_gate(
  const float *restrict x, const float *restrict w, const float *restrict b,
  const float *restrict constant, ptrdiff_t N, ptrdiff_t H, ptrdiff_t E, float *restrict gate,
  float *restrict a, float *restrict c
) {
#pragma clang fp reassociate(on)
  float bias_a = b[0] + b[1] + b[2] + b[3], bias_c = b[4] + b[5] + b[6] + b[7];
  for (ptrdiff_t n = 0; n < N * H; n++) {
    const float *row = x + n * E;
    float sum_a = 0, sum_c = 0;
    for (ptrdiff_t e = 0; e < E; e++) {
      sum_a += (w[e] + w[E + e] + w[2 * E + e] + w[3 * E + e]) * row[e];
      sum_c += (w[4 * E + e] + w[5 * E + e] + w[6 * E + e] + w[7 * E + e]) * row[e];
    }
    a[n] = sigmoid(sum_a + bias_a);
    c[n] = sigmoid(sum_c + bias_c);
    gate[n] = a[n] * (c[n] * constant[n % H] - 1.0f) + 2.0f;
  }
}

VECTORISED void reprise_position_gate_gradient(
  const float *restrict x, const float *restrict w, const float *restrict constant,
  const float *restrict a, const float *restrict c, const float *restrict d_gate, ptrdiff_t N,
  ptrdiff_t H, ptrdiff_t E, float *restrict dx, float *restrict dw, float *restrict db,
  float *restrict d_constant
) {
  for (ptrdiff_t n = 0; n < N * H; n++) {
    float k = constant[n % H];
    // The derivatives with respect to the inputs of the two sigmoids.
    float slope_a = d_gate[n] * (c[n] * k - 1.0f) * a[n] * (1.0f - a[n]);
    float slope_c = d_gate[n] * a[n] * k * c[n] * (1.0f - c[n]);
    d_constant[n % H] += d_gate[n] * a[n] * c[n];
    for (ptrdiff_t i = 0; i < 8; i++) {
      float slope = i < 4 ? slope_a : slope_c;
      db[i] += slope;
      for (ptrdiff_t e = 0; e < E; e++) dw[i * E + e] += slope * x[n * E + e];
    }
    for (ptrdiff_t e = 0; e < E; e++)
      dx[n * E + e] = slope_a * (w[e] + w[E + e] + w[2 * E + e] + w[3 * E + e]) +
                      slope_c * (w[4 * E + e] + w[5 * E + e] + w[6 * E + e] + w[7 * E + e]);
  }
}
