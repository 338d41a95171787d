// The inner loops of interpolated t-SNE: points to a grid and back, products of spectra,
// attraction.
#ifndef REPRISE_GRID_H
#define REPRISE_GRID_H
#include <stddef.h>
#include <stdint.h>

/// A square grid of nodes at (x0 + h i, y0 + h j): `stride` floats from row j to row j + 1.
typedef struct {
  float x0, y0, h;
  ptrdiff_t stride;
} reprise_grid;

/// Adds a unit charge at each point: its cubic B-spline weights on 4 × 4 nodes.
void reprise_grid_spread(const float *x, const float *y, ptrdiff_t count, reprise_grid grid, float *nodes);

/// Reads the cubic spline with these coefficients at each point: its value, and its slopes along x
/// and y.
void reprise_grid_gather(const float *x, const float *y, ptrdiff_t count, reprise_grid grid,
                         const float *nodes, float *value, float *dx, float *dy);

/// Copies columns `first … first + 7` of `rows` rows of complex numbers, `stride` apart, to eight
/// columns of `length` each that are contiguous, zeros below.
void reprise_columns_out(const float *rows, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t first,
                         ptrdiff_t length, float *columns);

/// Multiplies `count` complex numbers by real ones.
void reprise_scale_spectrum(float *spectrum, const float *factors, ptrdiff_t count);

/// Copies eight columns back.
void reprise_columns_in(const float *columns, ptrdiff_t length, ptrdiff_t count, float *rows,
                        ptrdiff_t stride, ptrdiff_t first);

/// The kernel 1 / (1 + d²) - shift at the nodes of one row: d² = (h j)² + (h i)², distances taken
/// around the period of `length` nodes.
void reprise_cauchy_row(float h, ptrdiff_t j, ptrdiff_t length, float shift, float *row);

/// The attraction on point i: Σ p q (yᵢ - yⱼ), q = 1 / (1 + |yᵢ - yⱼ|²), over `count` neighbours, a
/// multiple of 16; entries that fill up have p = 0. `points` holds x and y in turns.
void reprise_attraction(const float *p, const int32_t *neighbours, ptrdiff_t count, const float *points,
                        float x, float y, float out[2]);

/// Σ 1 / (1 + |y - yⱼ|²) over `padded` points.
double reprise_cauchy_sum(const float *xs, const float *ys, ptrdiff_t padded, float x, float y);

#endif
