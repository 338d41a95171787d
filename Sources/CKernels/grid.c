// The inner loops of interpolated t-SNE. grid.h documents each kernel. Every sum has a fixed order
// and the compiler may not fuse a product with a sum, so these loops give the same bits on every
// processor. FFTW's transforms between them may differ.
#include "include/grid.h"
#include <string.h>
#include "vectorise.h"

enum { LANES = 16, COLUMNS = 8 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
typedef float quad __attribute__((vector_size(4 * sizeof(float)), aligned(4)));

/// The cubic B-spline weights of four nodes for a point that lies a fraction `t` of the spacing
/// past the second node.
INLINE quad weights(float t) {
  float u = 1 - t;
  return (quad){u * u * u, (3 * t - 6) * t * t + 4, ((3 - 3 * t) * t + 3) * t + 1, t * t * t} *
         (1.0f / 6);
}

/// The derivatives of `weights` with respect to t.
INLINE quad slopes(float t) {
  float u = 1 - t;
  return (quad){-u * u, (3 * t - 4) * t, (2 - 3 * t) * t + 1, t * t} * 0.5f;
}

VECTORISED void reprise_grid_spread(
  const float *x, const float *y, ptrdiff_t count, reprise_grid grid, float *nodes
) {
#pragma clang fp contract(off) reassociate(off)
  float scale = 1 / grid.h;
  for (ptrdiff_t i = 0; i < count; i++) {
    float u = (x[i] - grid.x0) * scale, v = (y[i] - grid.y0) * scale;
    ptrdiff_t column = (ptrdiff_t)u, row = (ptrdiff_t)v;
    quad across = weights(u - (float)column), down = weights(v - (float)row);
    float *node = nodes + (row - 1) * grid.stride + column - 1;
    for (int r = 0; r < 4; r++) {
      quad *four = (quad *)(node + r * grid.stride);
      *four += across * down[r];
    }
  }
}

INLINE float total4(quad v) { return (v[0] + v[1]) + (v[2] + v[3]); }

VECTORISED void reprise_grid_gather(
  const float *x, const float *y, ptrdiff_t count, reprise_grid grid, const float *nodes,
  float *value, float *dx, float *dy
) {
#pragma clang fp contract(off) reassociate(off)
  float scale = 1 / grid.h;
  for (ptrdiff_t i = 0; i < count; i++) {
    float u = (x[i] - grid.x0) * scale, v = (y[i] - grid.y0) * scale;
    ptrdiff_t column = (ptrdiff_t)u, row = (ptrdiff_t)v;
    float s = u - (float)column, t = v - (float)row;
    quad down = weights(t), steep = slopes(t), along = {0}, rise = {0};
    const float *node = nodes + (row - 1) * grid.stride + column - 1;
    for (int r = 0; r < 4; r++) {
      quad four = *(const quad *)(node + r * grid.stride);
      along += four * down[r];
      rise += four * steep[r];
    }
    quad across = weights(s);
    value[i] = total4(along * across);
    dx[i] = total4(along * slopes(s)) * scale;
    dy[i] = total4(rise * across) * scale;
  }
}

VECTORISED void reprise_columns_out(
  const float *rows, ptrdiff_t stride, ptrdiff_t count, ptrdiff_t first, ptrdiff_t length,
  float *columns
) {
  for (ptrdiff_t r = 0; r < count; r++) {
    const float *row = rows + 2 * (r * stride + first);
    for (int c = 0; c < COLUMNS; c++) {
      columns[2 * (c * length + r)] = row[2 * c];
      columns[2 * (c * length + r) + 1] = row[2 * c + 1];
    }
  }
  for (int c = 0; c < COLUMNS; c++)
    memset(columns + 2 * (c * length + count), 0, (size_t)(length - count) * 2 * sizeof(float));
}

VECTORISED void reprise_scale_spectrum(float *spectrum, const float *factors, ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) {
    spectrum[2 * k] *= factors[k];
    spectrum[2 * k + 1] *= factors[k];
  }
}

VECTORISED void reprise_columns_in(
  const float *columns, ptrdiff_t length, ptrdiff_t count, float *rows, ptrdiff_t stride,
  ptrdiff_t first
) {
  for (ptrdiff_t r = 0; r < count; r++) {
    float *row = rows + 2 * (r * stride + first);
    for (int c = 0; c < COLUMNS; c++) {
      row[2 * c] = columns[2 * (c * length + r)];
      row[2 * c + 1] = columns[2 * (c * length + r) + 1];
    }
  }
}

VECTORISED void reprise_cauchy_row(
  float h, ptrdiff_t j, ptrdiff_t length, float shift, float *row
) {
#pragma clang fp contract(off) reassociate(off)
  ptrdiff_t down = j <= length / 2 ? j : length - j;
  float b = h * (float)down;
  for (ptrdiff_t i = 0; i < length; i++) {
    ptrdiff_t across = i <= length / 2 ? i : length - i;
    float a = h * (float)across, square = a * a + b * b;
    // With shift = 1 this form subtracts the constant first. Subtracting it afterwards would cancel
    // the small values.
    row[i] = (1 - shift - shift * square) / (1 + square);
  }
}

INLINE float total(const lanes *v) {
  float sum = 0;
  for (int l = 0; l < LANES; l++) sum += (*v)[l];
  return sum;
}

VECTORISED void reprise_attraction(
  const float *p, const int32_t *neighbours, ptrdiff_t count, const float *points, float x, float y,
  float out[2]
) {
#pragma clang fp contract(off) reassociate(off)
  lanes ax = {0}, ay = {0};
  for (ptrdiff_t k = 0; k < count; k += LANES) {
    lanes dx, dy;
    for (int l = 0; l < LANES; l++) {
      const float *other = points + 2 * neighbours[k + l];
      dx[l] = other[0];
      dy[l] = other[1];
    }
    dx = x - dx;
    dy = y - dy;
    lanes pq = *(const lanes *)(p + k) / (1.0f + (dx * dx + dy * dy));
    ax += pq * dx;
    ay += pq * dy;
  }
  out[0] = total(&ax);
  out[1] = total(&ay);
}

VECTORISED double reprise_cauchy_sum(
  const float *xs, const float *ys, ptrdiff_t padded, float x, float y
) {
#pragma clang fp contract(off) reassociate(off)
  double sum = 0;
  for (ptrdiff_t from = 0; from < padded; from += 1024) {
    lanes part = {0};
    ptrdiff_t end = from + 1024 < padded ? from + 1024 : padded;
    for (ptrdiff_t j = from; j < end; j += LANES) {
      lanes dx = x - *(const lanes *)(xs + j), dy = y - *(const lanes *)(ys + j);
      part += 1.0f / (1.0f + (dx * dx + dy * dy));
    }
    sum += (double)total(&part);
  }
  return sum;
}
