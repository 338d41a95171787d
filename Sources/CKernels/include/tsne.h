// The inner loop of exact t-SNE: all forces on one point, with the same bits on every processor.
#ifndef REPRISE_TSNE_H
#define REPRISE_TSNE_H
#include <stddef.h>

/// The number of lanes of each sum. `padded` is a multiple of it.
#define REPRISE_TSNE_LANES 16

/// Sums the forces on the point (xi, yi) over all `padded` points j at (x[j], y[j]), with q = 1 /
/// (1 + |yi - yj|²):
///
///     out[0], out[1] = Σ p[j] q (yi - yj)      attraction along x and y
///     out[2], out[3] = Σ q² (yi - yj)          repulsion, before division by Z
///     out[4]         = Σ q                     this row's share of Z, the point itself included
///
/// Padding points lie so far away that they add exactly zero to the forces.
void reprise_tsne_forces(
  const float *p, const float *x, const float *y, ptrdiff_t padded, float xi, float yi, float out[5]
);

#endif
