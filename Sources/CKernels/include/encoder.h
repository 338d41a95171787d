// Kernels of the convolutional feature encoder and the position convolution (wav2vec 2.0 family).
#ifndef REPRISE_ENCODER_H
#define REPRISE_ENCODER_H
#include <stddef.h>

/// Layer normalisation of each row of x, [rows, columns], then the exact GELU, in place.
void reprise_layer_norm_gelu(
  float *x, const float *gain, const float *bias, ptrdiff_t rows, ptrdiff_t columns, float epsilon
);

/// Computes the normalisation of the columns from ..< to of x, [rows, columns], as one factor and
/// one term per column: scale = gain / sqrt(variance + epsilon), shift = bias - mean scale. It sums
/// in double precision, in the order of rows.
void reprise_column_normalisation(
  const float *x, const float *gain, const float *bias, ptrdiff_t rows, ptrdiff_t columns,
  ptrdiff_t from, ptrdiff_t to, float epsilon, float *scale, float *shift
);

/// x[r, c] = GELU(x[r, c] scale[c] + shift[c]), in place.
void reprise_scale_columns_gelu(
  float *x, const float *scale, const float *shift, ptrdiff_t rows, ptrdiff_t columns
);

/// Weight normalisation over all axes but the last (Salimans & Kingma 2016; PyTorch's dim=2), for
/// v, [O, I, K], and g, [K]:
///   w[o, k I + i] = g[k] v[o, i, k] / n[k],   n[k] = sqrt(sum over o and i of v[o, i, k]^2)
/// w is [O, K I]. The gradient needs n, [K].
void reprise_weight_norm(
  const float *g, const float *v, ptrdiff_t O, ptrdiff_t I, ptrdiff_t K, float *n, float *w
);

/// The gradient of weight normalisation. Sets dg and dv.
void reprise_weight_norm_gradient(
  const float *g, const float *v, const float *n, const float *dw, ptrdiff_t O, ptrdiff_t I,
  ptrdiff_t K, float *dg, float *dv
);

/// y[i] = (x[i] - mean) / sqrt(variance + epsilon)
/// The n samples get mean 0 and variance 1. Sums are in double precision.
void reprise_standardise(const float *x, ptrdiff_t n, double epsilon, float *y);

/// Prepares the factors of a Winograd convolution with three output frames at a time (see
/// WinogradConvolution in Swift). x is [6 count + 1, columns]. For each group of six frames, with e
/// the even and o the odd frames:
///   before, [count, 2 columns]:   e0 - e2 and o0
///   behind, [count, 2 columns]:   e3 - e1 and o2
///   sums, [count, columns]:       e1 + e2
///   differences, [count, columns]: e2 - e1
void reprise_split_frames(
  const float *x, ptrdiff_t count, ptrdiff_t columns, float *before, float *behind, float *sums,
  float *differences
);

/// Replaces each three rows a, b, (anything) of y, [3 count, columns], by a + b, a - b, a + b.
void reprise_join_frames(float *y, ptrdiff_t count, ptrdiff_t columns);
#endif
