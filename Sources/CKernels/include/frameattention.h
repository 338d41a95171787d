// The attention weights of one head over one sequence of T frames, and sums over them.
//
// A matrix of weights is [T, P]: row j is a key, column t a query. P is T rounded up to whole
// vectors. Columns from T on are finite but meaningless. Vectors over queries hold P numbers, with
// zeros from T on.
#ifndef REPRISE_FRAMEATTENTION_H
#define REPRISE_FRAMEATTENTION_H
#include <stddef.h>

/// The number of queries in a vector.
#define REPRISE_FRAME_LANES 16

/// T rounded up to whole vectors.
static inline ptrdiff_t reprise_padded_frames(ptrdiff_t T) {
  return (T + REPRISE_FRAME_LANES - 1) / REPRISE_FRAME_LANES * REPRISE_FRAME_LANES;
}

/// w[j, t] = factor q[t] . k[j]
/// q and k have E <= 16 numbers per row, rows `stride` apart. For such small E a matrix product
/// would spend its time on packing.
void reprise_frame_scores(
  const float *q, const float *k, ptrdiff_t stride, float factor, float *w, ptrdiff_t T, ptrdiff_t E
);

/// w[j, t] = softmax_j(w[j, t]),  sums[t] += sum_j w[j, t] v[j * v_stride]
void reprise_frame_softmax(float *w, const float *v, ptrdiff_t v_stride, float *sums, ptrdiff_t T);

/// x[j] = sum_t w[j, t] a[t],  y[j] = sum_t w[j, t] b[t]
void reprise_frame_gather(
  const float *w, const float *a, const float *b, float *x, float *y, ptrdiff_t T
);

/// x[t] = sum_j w[j, t] a[j], and y and z likewise with b and c[j * c_stride]. P numbers each.
void reprise_frame_scatter(
  const float *w, const float *a, const float *b, const float *c, ptrdiff_t c_stride, float *x,
  float *y, float *z, ptrdiff_t T
);

/// The gradient of the scores. The gradient of w[j, t] is
///   dw[j, t] = a[t] x[j] + b[t] y[j] + c[t] z[j * z_stride]
/// and r[t] = sum_j w[j, t] dw[j, t]. Computes
///   g[j, t] = factor w[j, t] (dw[j, t] - r[t])
///   dz[j * dz_stride] = sum_t w[j, t] c[t]
void reprise_frame_slopes(
  const float *w, const float *a, const float *b, const float *c, const float *r, const float *x,
  const float *y, const float *z, ptrdiff_t z_stride, float factor, float *g, float *dz,
  ptrdiff_t dz_stride, ptrdiff_t T
);

/// dq[t] = sum_j g[j, t] k[j],  dk[j] = sum_t g[j, t] q[t]
/// Shapes and strides are those of reprise_frame_scores.
void reprise_frame_projections(
  const float *g, const float *q, const float *k, ptrdiff_t stride, float *dq, float *dk,
  ptrdiff_t T, ptrdiff_t E
);
#endif
