// Kernels over rows. normalise.h documents each kernel.
#include "include/normalise.h"
#include "exponential.h"

VECTORISED void reprise_layer_norm(
  const float *x, const float *g, const float *b, float *restrict y, float *restrict mean,
  float *restrict rstd, ptrdiff_t rows, ptrdiff_t columns, float epsilon
) {
#pragma clang fp reassociate(on)
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *in = x + r * columns;
    float *out = y + r * columns;
    float sum = 0;
    for (ptrdiff_t c = 0; c < columns; c++) sum += in[c];
    float m = sum / (float)columns, squares = 0;
    for (ptrdiff_t c = 0; c < columns; c++) squares += (in[c] - m) * (in[c] - m);
    float s = 1.0f / sqrtf(squares / (float)columns + epsilon);
    for (ptrdiff_t c = 0; c < columns; c++) out[c] = (in[c] - m) * s * g[c] + b[c];
    mean[r] = m;
    rstd[r] = s;
  }
}

VECTORISED void reprise_layer_norm_gradient(
  const float *x, const float *g, const float *mean, const float *rstd, const float *dy,
  float *restrict dx, float *restrict dg, float *restrict db, ptrdiff_t rows, ptrdiff_t columns
) {
#pragma clang fp reassociate(on)
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *in = x + r * columns, *d = dy + r * columns;
    float *out = dx + r * columns;
    float m = mean[r], s = rstd[r], sum = 0, dot = 0;
    for (ptrdiff_t c = 0; c < columns; c++) {
      float h = (in[c] - m) * s, dh = d[c] * g[c];
      dg[c] += d[c] * h;
      db[c] += d[c];
      sum += dh;
      dot += dh * h;
    }
    sum /= (float)columns;
    dot /= (float)columns;
    for (ptrdiff_t c = 0; c < columns; c++)
      out[c] = s * (d[c] * g[c] - sum - (in[c] - m) * s * dot);
  }
}

// `restrict` matters for reproducibility. Without it the compiler checks at run time whether y
// follows x closely in memory, and then picks a loop that adds in another order. The last bits
// would depend on addresses.
VECTORISED void reprise_softmax(const float *x, float *restrict y, ptrdiff_t n) {
#pragma clang fp reassociate(on)
  float greatest = x[0], sum = 0;
  for (ptrdiff_t i = 1; i < n; i++) greatest = x[i] > greatest ? x[i] : greatest;
  for (ptrdiff_t i = 0; i < n; i++) {
    float e = exponential(x[i] - greatest);
    y[i] = e;
    sum += e;
  }
  for (ptrdiff_t i = 0; i < n; i++) y[i] /= sum;
}
