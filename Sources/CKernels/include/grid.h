// The inner loops of interpolated t-SNE: spreading points to a grid and reading it back, products
// of spectra, and attraction.
#ifndef REPRISE_GRID_H
#define REPRISE_GRID_H
#include <stddef.h>
#include <stdint.h>

/// A square grid with nodes at (x0 + h i, y0 + h j). Row j + 1 begins `stride` floats after row j.
typedef struct {
  float x0, y0, h;
  ptrdiff_t stride;
} reprise_grid;

/// Adds a unit charge at each point: its cubic B-spline weights on 4 × 4 nodes.
void reprise_grid_spread(
  const float *x, const float *y, ptrdiff_t count, reprise_grid grid, float *nodes
);

/// Evaluates the cubic spline with these coefficients at each point: its value and its slopes along
/// x and y.
void reprise_grid_gather(
  const float *x, const float *y, ptrdiff_t count, reprise_grid grid, const float *nodes,
  float *value, float *dx, float *dy
);

/// Copies columns first … first + 7 of `count` rows of complex numbers, `stride` apart, into eight
/// contiguous columns of `length` numbers each. Pads them with zeros.
void reprise_columns_out(
  const float *rows, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t first, ptrdiff_t length,
  float *columns
);

/// Multiplies `count` complex numbers by real numbers.
void reprise_scale_spectrum(float *spectrum, const float *factors, ptrdiff_t count);

/// Copies eight columns back into the rows.
void reprise_columns_in(
  const float *columns, ptrdiff_t length, ptrdiff_t count, float *rows, ptrdiff_t stride,
  ptrdiff_t first
);

/// The kernel 1 / (1 + d²) - shift at the nodes of row j, where d² = (h j)² + (h i)². Distances
/// wrap around after `length` nodes.
void reprise_cauchy_row(float h, ptrdiff_t j, ptrdiff_t length, float shift, float *row);

/// The attraction on one point at (x, y): Σ p q (y - yⱼ) over `count` neighbours, with q = 1 / (1 +
/// |y - yⱼ|²). `count` is a multiple of 16; padding entries have p = 0. `points` holds x and y
/// alternately.
void reprise_attraction(
  const float *p, const int32_t *neighbours, ptrdiff_t count, const float *points, float x, float y,
  float out[2]
);

/// Σ 1 / (1 + |y - yⱼ|²) over `padded` points.
double reprise_cauchy_sum(const float *xs, const float *ys, ptrdiff_t padded, float x, float y);

#endif
