// Elementwise kernels over `n` floats. Pointers may be equal only where a comment says "in place".
#ifndef REPRISE_ELEMENTWISE_H
#define REPRISE_ELEMENTWISE_H
#include <stddef.h>
#include <stdint.h>

/// y[i] = exp(x[i]). In place allowed.
void reprise_exp(const float *x, float *y, ptrdiff_t n);

/// y[i] = x[i] Phi(x[i]), the exact GELU (Hendrycks & Gimpel 2016, with erf).
void reprise_gelu(const float *x, float *y, ptrdiff_t n);

/// dx[i] = dy[i] (Phi(x[i]) + x[i] phi(x[i])).
void reprise_gelu_gradient(const float *x, const float *dy, float *dx, ptrdiff_t n);

/// y[i] = max(x[i], 0).
void reprise_relu(const float *x, float *y, ptrdiff_t n);

/// dx[i] = dy[i] where x[i] > 0, else 0.
void reprise_relu_gradient(const float *x, const float *dy, float *dx, ptrdiff_t n);

/// y[i] += a x[i].
void reprise_add_scaled(float a, const float *x, float *y, ptrdiff_t n);

/// y[i] = a x[i]. In place allowed.
void reprise_scale(float a, const float *x, float *y, ptrdiff_t n);

/// out[i] = x[i] + y[i]. In place allowed.
void reprise_sum(const float *x, const float *y, float *out, ptrdiff_t n);

/// Inverted dropout. The elements have the numbers first, first + 1, …
///   y[i] = x[i] / (1 - rate)   if hash(seed, first + i) >= rate, else 0
/// The same seed drops the same elements, so the gradient is the same call on dy.
void reprise_dropout(
  uint64_t seed, float rate, uint32_t first, const float *x, float *y, ptrdiff_t n
);

/// out[c] += sum over rows of x[r, c].
void reprise_add_rows(const float *x, ptrdiff_t rows, ptrdiff_t columns, float *out);

/// x[r, c] = bias[c] for every row r.
void reprise_fill_rows(const float *bias, ptrdiff_t rows, ptrdiff_t columns, float *x);

/// Returns the sum of squares, accumulated in double precision.
double reprise_sum_of_squares(const float *x, ptrdiff_t n);

/// Returns the sum of x[i] y[i].
float reprise_dot(const float *x, const float *y, ptrdiff_t n);

/// One step of Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019):
///   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,
///   w = w - rate (m / c1) / (sqrt(v / c2) + epsilon) - rate decay w
/// The caller passes c1 = 1 - b1^t and c2 = 1 - b2^t.
void reprise_adam(
  float *w, const float *g, float *m, float *v, ptrdiff_t n, float rate, float b1, float b2,
  float c1, float c2, float epsilon, float decay
);
#endif
