// Kernels of the convolutional feature encoder and the position convolution of wav2vec 2.0's
// family.
#ifndef REPRISE_ENCODER_H
#define REPRISE_ENCODER_H
#include <stddef.h>

/// Layer normalisation of each row of x, [rows, columns], and then the exact GELU, in place.
void reprise_layer_norm_gelu(float *x, const float *gain, const float *bias, ptrdiff_t rows,
                             ptrdiff_t columns, float epsilon);

/// The normalisation of the columns from ..< to of x, [rows, columns], as one factor and one term a
/// column: scale = gain / sqrt(variance + epsilon), shift = bias - mean scale. Sums are in double
/// precision, in the order of rows.
void reprise_column_normalisation(const float *x, const float *gain, const float *bias,
                                  ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t from, ptrdiff_t to,
                                  float epsilon, float *scale, float *shift);

/// x <- GELU(x scale + shift) by columns, in place.
void reprise_scale_columns_gelu(float *x, const float *scale, const float *shift, ptrdiff_t rows,
                                ptrdiff_t columns);

/// Weight normalisation over all but the last extent (Salimans & Kingma 2016; PyTorch's dim=2):
/// with v, [O, I, K], and g, [K],
///   w[o, k I + i] = g[k] v[o, i, k] / n[k],   n[k] = sqrt(sum over o and i of v[o, i, k]^2).
/// w is [O, K I]; n, [K], is kept for the gradient.
void reprise_weight_norm(const float *g, const float *v, ptrdiff_t O, ptrdiff_t I, ptrdiff_t K,
                         float *n, float *w);

/// Its gradient: dg and dv are set.
void reprise_weight_norm_gradient(const float *g, const float *v, const float *n, const float *dw,
                                  ptrdiff_t O, ptrdiff_t I, ptrdiff_t K, float *dg, float *dv);

/// y <- the n samples of x brought to mean 0 and variance 1: (x - mean) / sqrt(variance + epsilon),
/// with sums in double precision.
void reprise_standardise(const float *x, ptrdiff_t n, double epsilon, float *y);

/// What products with a convolution's weights are taken of, three output frames at a time (Swift:
/// WinogradConvolution). With e and o the even and odd frames of x, [6 count + 1, columns], from
/// the sixfold of each number below `count` on: before, [count, 2 columns], gets e0 - e2 and o0;
/// behind e3 - e1 and o2; sums, [count, columns], e1 + e2; and differences e2 - e1.
void reprise_split_frames(const float *x, ptrdiff_t count, ptrdiff_t columns, float *before,
                          float *behind, float *sums, float *differences);

/// In each three rows of y, [3 count, columns]: a, b, anything -> a + b, a - b, a + b.
void reprise_join_frames(float *y, ptrdiff_t count, ptrdiff_t columns);
#endif
