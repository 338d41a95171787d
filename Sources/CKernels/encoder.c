// The feature encoder and the position convolution. encoder.h documents each kernel.
#include "include/encoder.h"
#include "exponential.h"
#include <math.h>

enum {
  /// The number of columns, or of taps of a weight, that are summed at one time.
  GROUP = 32,
};

INLINE float gelu(float x) { return 0.5f * x * (1.0f + error_function(x * 0.70710678118654752f)); }

VECTORISED void reprise_layer_norm_gelu(
  float *x, const float *restrict gain, const float *restrict bias, ptrdiff_t rows,
  ptrdiff_t columns, float epsilon
) {
#pragma clang fp reassociate(on)
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = x + r * columns, sum = 0, squares = 0;
    for (ptrdiff_t c = 0; c < columns; c++) sum += row[c];
    float mean = sum / (float)columns;
    for (ptrdiff_t c = 0; c < columns; c++) squares += (row[c] - mean) * (row[c] - mean);
    float scale = 1.0f / sqrtf(squares / (float)columns + epsilon);
    for (ptrdiff_t c = 0; c < columns; c++)
      row[c] = gelu((row[c] - mean) * scale * gain[c] + bias[c]);
  }
}

VECTORISED void reprise_column_normalisation(
  const float *restrict x, const float *restrict gain, const float *restrict bias, ptrdiff_t rows,
  ptrdiff_t columns, ptrdiff_t from, ptrdiff_t to, float epsilon, float *restrict scale,
  float *restrict shift
) {
  for (ptrdiff_t first = from; first < to; first += GROUP) {
    ptrdiff_t width = to - first < GROUP ? to - first : GROUP;
    double mean[GROUP] = {0}, squares[GROUP] = {0};
    for (ptrdiff_t r = 0; r < rows; r++)
      for (ptrdiff_t c = 0; c < width; c++) mean[c] += (double)x[r * columns + first + c];
    for (ptrdiff_t c = 0; c < width; c++) mean[c] /= (double)rows;
    for (ptrdiff_t r = 0; r < rows; r++)
      for (ptrdiff_t c = 0; c < width; c++) {
        double d = (double)x[r * columns + first + c] - mean[c];
        squares[c] += d * d;
      }
    for (ptrdiff_t c = 0; c < width; c++) {
      double factor = (double)gain[first + c] / sqrt(squares[c] / (double)rows + (double)epsilon);
      scale[first + c] = (float)factor;
      shift[first + c] = (float)((double)bias[first + c] - mean[c] * factor);
    }
  }
}

VECTORISED void reprise_scale_columns_gelu(
  float *restrict x, const float *restrict scale, const float *restrict shift, ptrdiff_t rows,
  ptrdiff_t columns
) {
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t c = 0; c < columns; c++)
      x[r * columns + c] = gelu(x[r * columns + c] * scale[c] + shift[c]);
}

VECTORISED void reprise_weight_norm(
  const float *restrict g, const float *restrict v, ptrdiff_t O, ptrdiff_t I, ptrdiff_t K,
  float *restrict n, float *restrict w
) {
  for (ptrdiff_t first = 0; first < K; first += GROUP) {
    ptrdiff_t width = K - first < GROUP ? K - first : GROUP;
    double squares[GROUP] = {0};
    float scale[GROUP];
    for (ptrdiff_t r = 0; r < O * I; r++)
      for (ptrdiff_t k = 0; k < width; k++) {
        double x = (double)v[r * K + first + k];
        squares[k] += x * x;
      }
    for (ptrdiff_t k = 0; k < width; k++) {
      n[first + k] = (float)sqrt(squares[k]);
      scale[k] = g[first + k] / n[first + k];
    }
    for (ptrdiff_t o = 0; o < O; o++)
      for (ptrdiff_t i = 0; i < I; i++)
        for (ptrdiff_t k = 0; k < width; k++)
          w[(o * K + first + k) * I + i] = v[(o * I + i) * K + first + k] * scale[k];
  }
}

VECTORISED void reprise_weight_norm_gradient(
  const float *restrict g, const float *restrict v, const float *restrict n,
  const float *restrict dw, ptrdiff_t O, ptrdiff_t I, ptrdiff_t K, float *restrict dg,
  float *restrict dv
) {
  for (ptrdiff_t first = 0; first < K; first += GROUP) {
    ptrdiff_t width = K - first < GROUP ? K - first : GROUP;
    double dots[GROUP] = {0};
    for (ptrdiff_t o = 0; o < O; o++)
      for (ptrdiff_t i = 0; i < I; i++)
        for (ptrdiff_t k = 0; k < width; k++)
          dots[k] +=
            (double)v[(o * I + i) * K + first + k] * (double)dw[(o * K + first + k) * I + i];
    float scale[GROUP], pull[GROUP];
    for (ptrdiff_t k = 0; k < width; k++) {
      float norm = n[first + k];
      dg[first + k] = (float)(dots[k] / (double)norm);
      scale[k] = g[first + k] / norm;
      pull[k] = (float)(dots[k] / ((double)norm * (double)norm));
    }
    for (ptrdiff_t o = 0; o < O; o++)
      for (ptrdiff_t i = 0; i < I; i++)
        for (ptrdiff_t k = 0; k < width; k++) {
          ptrdiff_t place = (o * I + i) * K + first + k;
          dv[place] = scale[k] * (dw[(o * K + first + k) * I + i] - pull[k] * v[place]);
        }
  }
}

void reprise_standardise(const float *x, ptrdiff_t n, double epsilon, float *y) {
  double sum = 0, squares = 0;
  for (ptrdiff_t i = 0; i < n; i++) sum += (double)x[i];
  double mean = n > 0 ? sum / (double)n : 0;
  for (ptrdiff_t i = 0; i < n; i++) squares += ((double)x[i] - mean) * ((double)x[i] - mean);
  double scale = 1 / sqrt(squares / (double)(n > 0 ? n : 1) + epsilon);
  for (ptrdiff_t i = 0; i < n; i++) y[i] = (float)(((double)x[i] - mean) * scale);
}

VECTORISED void reprise_split_frames(
  const float *x, ptrdiff_t count, ptrdiff_t columns, float *before, float *behind, float *sums,
  float *differences
) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float *e0 = x + 6 * i * columns, *e1 = e0 + 2 * columns, *e2 = e1 + 2 * columns,
                *e3 = e2 + 2 * columns;
    float *start = before + 2 * i * columns, *end = behind + 2 * i * columns;
    for (ptrdiff_t j = 0; j < columns; j++) {
      start[j] = e0[j] - e2[j];
      end[j] = e3[j] - e1[j];
      sums[i * columns + j] = e1[j] + e2[j];
      differences[i * columns + j] = e2[j] - e1[j];
    }
    memcpy(start + columns, e0 + columns, sizeof(float) * (size_t)columns);
    memcpy(end + columns, e2 + columns, sizeof(float) * (size_t)columns);
  }
}

VECTORISED void reprise_join_frames(float *y, ptrdiff_t count, ptrdiff_t columns) {
  for (float *a = y; a < y + 3 * count * columns; a += 3 * columns) {
    float *b = a + columns, *c = b + columns;
    for (ptrdiff_t j = 0; j < columns; j++) {
      float sum = a[j] + b[j];
      b[j] = a[j] - b[j];
      a[j] = c[j] = sum;
    }
  }
}
