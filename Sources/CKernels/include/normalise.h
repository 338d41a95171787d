// Kernels over the rows of a matrix [rows, columns].
#ifndef REPRISE_NORMALISE_H
#define REPRISE_NORMALISE_H
#include <stddef.h>

/// Layer normalisation of each row (Ba et al. 2016): y = (x - mean) rstd g + b, where rstd = 1 /
/// sqrt(variance + epsilon). The gradient needs mean and rstd, [rows].
void reprise_layer_norm(
  const float *x, const float *g, const float *b, float *y, float *mean, float *rstd,
  ptrdiff_t rows, ptrdiff_t columns, float epsilon
);

/// The gradient of layer normalisation. Sets dx; adds to dg and db, [columns].
void reprise_layer_norm_gradient(
  const float *x, const float *g, const float *mean, const float *rstd, const float *dy, float *dx,
  float *dg, float *db, ptrdiff_t rows, ptrdiff_t columns
);

/// y = softmax of the n values x. In place allowed.
void reprise_softmax(const float *x, float *y, ptrdiff_t n);
#endif
