// The inner loop of exact t-SNE: all forces on one point. The same bits on every processor.
#ifndef REPRISE_TSNE_H
#define REPRISE_TSNE_H
#include <stddef.h>

/// Lanes the sums are split into; `padded` counts are multiples of it.
#define REPRISE_TSNE_LANES 16

/// Sums, over all `padded` points j at (x[j], y[j]), the forces on the point at (xi, yi), with
/// q = 1 / (1 + |yi - yj|²):
///
///     out[0], out[1] = Σ p[j] q (yi - yj)      attraction along x and y
///     out[2], out[3] = Σ q² (yi - yj)          repulsion, before division by Z
///     out[4]         = Σ q                     this row's share of Z, the point itself included
///
/// Points added as padding lie so far away that they add exactly nothing to the forces.
void reprise_tsne_forces(const float *p, const float *x, const float *y, ptrdiff_t padded,
                         float xi, float yi, float out[5]);

#endif
