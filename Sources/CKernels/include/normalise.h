// Kernels over the rows of a matrix [rows, columns].
#ifndef REPRISE_NORMALISE_H
#define REPRISE_NORMALISE_H
#include <stddef.h>

/// Layer normalisation (Ba et al. 2016): y = (x - mean) rstd g + b over each row, with
/// rstd = 1 / sqrt(variance + epsilon); mean and rstd, [rows], are kept for the gradient.
void reprise_layer_norm(const float *x, const float *g, const float *b, float *y, float *mean,
                        float *rstd, ptrdiff_t rows, ptrdiff_t columns, float epsilon);

/// Its gradient: dx is set; dg and db, [columns], are added to.
void reprise_layer_norm_gradient(const float *x, const float *g, const float *mean,
                                 const float *rstd, const float *dy, float *dx, float *dg,
                                 float *db, ptrdiff_t rows, ptrdiff_t columns);

/// y <- softmax of the n values x; in place allowed.
void reprise_softmax(const float *x, float *y, ptrdiff_t n);
#endif
