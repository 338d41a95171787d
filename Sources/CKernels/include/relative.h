// Kernels of attention with WavLM's gated relative position bias (Chen et al. 2022, section III-B).
#ifndef REPRISE_RELATIVE_H
#define REPRISE_RELATIVE_H
#include <stddef.h>

/// Softmax of the rows of scores s, [rows, T], in place:
///   p[i, j] = softmax_j(scale s[i, j] + gate[i * stride] bias[first - i + j])
/// bias[d] applies to a key d - centre frames after its query, and `first` is the index for the
/// first key of row 0. Without a bias, `gate` and `bias` are null. log_sum[i * stride] receives the
/// log of the divisor of row i, its greatest element included.
void reprise_biased_softmax(
  float *s, ptrdiff_t rows, ptrdiff_t T, float scale, const float *gate, const float *bias,
  ptrdiff_t first, float *log_sum, ptrdiff_t stride
);

/// Recomputes p from log_sum: p = exp(scale s + gate bias - log_sum).
void reprise_biased_weights(
  float *s, ptrdiff_t rows, ptrdiff_t T, float scale, const float *gate, const float *bias,
  ptrdiff_t first, const float *log_sum, ptrdiff_t stride
);

/// The gradient of the softmax. dp, [rows, T], becomes ds = p (dp - mean[i]), where mean[i] is the
/// sum of p dp over row i. If there is a bias, adds to d_gate[i * stride] and d_bias.
void reprise_biased_softmax_gradient(
  const float *p, float *dp, ptrdiff_t rows, ptrdiff_t T, const float *mean, const float *gate,
  const float *bias, ptrdiff_t first, float *d_gate, float *d_bias, ptrdiff_t stride
);

/// The gate of each row and head, [N, H], from x, [N, H E], w, [8, E], b, [8], and constant, [H]:
///   a = sigmoid(sum over 0 <= i < 4 of w[i] . x + b[i])
///   c = sigmoid(sum over 4 <= i < 8 of w[i] . x + b[i])
///   gate = a (c constant - 1) + 2
/// The gradient needs `a` and `c`, [N, H] each.
void reprise_position_gate(
  const float *x, const float *w, const float *b, const float *constant, ptrdiff_t N, ptrdiff_t H,
  ptrdiff_t E, float *gate, float *a, float *c
);

/// The gradient of the gate. Sets dx; adds to dw, db and d_constant.
void reprise_position_gate_gradient(
  const float *x, const float *w, const float *constant, const float *a, const float *c,
  const float *d_gate, ptrdiff_t N, ptrdiff_t H, ptrdiff_t E, float *dx, float *dw, float *db,
  float *d_constant
);
#endif
