// Elementwise kernels. elementwise.h documents each kernel.
#include "include/elementwise.h"
#include "exponential.h"

VECTORISED void reprise_exp(const float *x, float *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = exponential(x[i]);
}

VECTORISED void reprise_gelu(const float *x, float *restrict y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++)
    y[i] = 0.5f * x[i] * (1.0f + error_function(x[i] * 0.70710678118654752f));
}

VECTORISED void reprise_gelu_gradient(
  const float *x, const float *dy, float *restrict dx, ptrdiff_t n
) {
  for (ptrdiff_t i = 0; i < n; i++) {
    float below = 0.5f + 0.5f * error_function(x[i] * 0.70710678118654752f);
    float density = 0.39894228040143268f * exponential(-0.5f * x[i] * x[i]);
    dx[i] = dy[i] * (below + x[i] * density);
  }
}

VECTORISED void reprise_relu(const float *x, float *restrict y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = x[i] < 0.0f ? 0.0f : x[i];
}

VECTORISED void reprise_relu_gradient(
  const float *x, const float *dy, float *restrict dx, ptrdiff_t n
) {
  for (ptrdiff_t i = 0; i < n; i++) dx[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}

VECTORISED void reprise_add_scaled(float a, const float *x, float *restrict y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] += a * x[i];
}

VECTORISED void reprise_scale(float a, const float *x, float *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = a * x[i];
}

VECTORISED void reprise_sum(const float *x, const float *y, float *out, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) out[i] = x[i] + y[i];
}

/// Returns 32 well-mixed bits of a counter (the "lowbias32" hash, Wellons 2018).
INLINE uint32_t mixed(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352dU;
  x ^= x >> 15;
  x *= 0x846ca68bU;
  x ^= x >> 16;
  return x;
}

VECTORISED void reprise_dropout(
  uint64_t seed, float rate, uint32_t first, const float *x, float *restrict y, ptrdiff_t n
) {
  uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  int32_t threshold = (int32_t)(rate * 16777216.0f);
  float keep = 1.0f / (1.0f - rate);
  for (ptrdiff_t i = 0; i < n; i++) {
    int32_t draw = (int32_t)(mixed(mixed((first + (uint32_t)i) ^ low) + high) >> 8);
    y[i] = draw >= threshold ? x[i] * keep : 0.0f;
  }
}

VECTORISED void reprise_add_rows(
  const float *x, ptrdiff_t rows, ptrdiff_t columns, float *restrict out
) {
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t c = 0; c < columns; c++) out[c] += x[r * columns + c];
}

VECTORISED void reprise_fill_rows(
  const float *bias, ptrdiff_t rows, ptrdiff_t columns, float *restrict x
) {
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t c = 0; c < columns; c++) x[r * columns + c] = bias[c];
}

VECTORISED double reprise_sum_of_squares(const float *x, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

VECTORISED void reprise_adam(
  float *restrict w, const float *restrict g, float *restrict m, float *restrict v, ptrdiff_t n,
  float rate, float b1, float b2, float c1, float c2, float epsilon, float decay
) {
  float step = rate / c1, root = 1.0f / sqrtf(c2), keep = 1.0f - rate * decay;
  // A loop of its own: the product is rounded before the step is subtracted.
  if (keep != 1.0f)
    for (ptrdiff_t i = 0; i < n; i++) w[i] *= keep;
  for (ptrdiff_t i = 0; i < n; i++) {
    m[i] = b1 * m[i] + (1.0f - b1) * g[i];
    v[i] = b2 * v[i] + (1.0f - b2) * g[i] * g[i];
    // sqrtf would set errno, and the compiler could not vectorise the loop.
    w[i] -= step * m[i] / (__builtin_elementwise_sqrt(v[i]) * root + epsilon);
  }
}

VECTORISED float reprise_dot(const float *x, const float *y, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float sum = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}
