// Window kernels; see the header.
#include "include/windows.h"
#include "vectorise.h"
#include <string.h>

/// The frames of window t that lie inside the sequence: from tap `first` for `count` taps.
INLINE ptrdiff_t taps_inside(ptrdiff_t start, ptrdiff_t T, ptrdiff_t K, ptrdiff_t *first) {
  *first = start < 0 ? -start : 0;
  ptrdiff_t end = start + K > T ? T - start : K;
  return end > *first ? end - *first : 0;
}

void reprise_windows(const float *x, ptrdiff_t T, ptrdiff_t I, ptrdiff_t K, ptrdiff_t stride,
                     float *windows, ptrdiff_t M) {
  for (ptrdiff_t t = 0; t < M; t++) {
    ptrdiff_t start = t * stride - (K - 1) / 2, first;
    ptrdiff_t count = taps_inside(start, T, K, &first);
    float *row = windows + t * K * I;
    if (count < K) memset(row, 0, sizeof(float) * (size_t)(K * I));
    memcpy(row + first * I, x + (start + first) * I, sizeof(float) * (size_t)(count * I));
  }
}

VECTORISED void reprise_windows_gradient(const float *dwindows, ptrdiff_t M, ptrdiff_t I,
                                         ptrdiff_t K, ptrdiff_t stride, float *restrict dx,
                                         ptrdiff_t T) {
  for (ptrdiff_t t = 0; t < M; t++) {
    ptrdiff_t start = t * stride - (K - 1) / 2, first;
    ptrdiff_t count = taps_inside(start, T, K, &first) * I;
    const float *from = dwindows + (t * K + first) * I;
    float *to = dx + (start + first) * I;
    for (ptrdiff_t j = 0; j < count; j++) to[j] += from[j];
  }
}
