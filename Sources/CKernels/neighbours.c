// Keeps the least values seen so far in a heap, and skips sixteen greater values at a time.
#include "include/neighbours.h"
#include "vectorise.h"

enum { LANES = 16 };

/// Restores the heap after its root, the greatest value, was replaced. Of two equal values the one
/// at the later place counts as greater.
INLINE void sift(float *values, int32_t *places, ptrdiff_t count, ptrdiff_t root) {
  float value = values[root];
  int32_t place = places[root];
  for (;;) {
    ptrdiff_t child = 2 * root + 1;
    if (child >= count) break;
    if (child + 1 < count) {
      const float left = values[child], right = values[child + 1];
      if (right > left || (right == left && places[child + 1] > places[child])) child++;
    }
    if (values[child] < value || (values[child] == value && places[child] < place)) break;
    values[root] = values[child];
    places[root] = places[child];
    root = child;
  }
  values[root] = value;
  places[root] = place;
}

VECTORISED void reprise_least(
  const float *norms, const float *products, ptrdiff_t n, ptrdiff_t skipped, ptrdiff_t k,
  int32_t *out, float *values
) {
#pragma clang fp contract(off)
  ptrdiff_t j = 0, filled = 0;
  for (; filled < k && j < n; j++) {
    if (j == skipped) continue;
    values[filled] = norms[j] - 2 * products[j];
    out[filled++] = (int32_t)j;
  }
  for (ptrdiff_t root = k / 2; root-- > 0;) sift(values, out, k, root);
  while (j < n) {
    if (j + LANES <= n) {
      float bound = values[0];
      int below = 0;
      for (int l = 0; l < LANES; l++) below |= norms[j + l] - 2 * products[j + l] < bound;
      if (!below) {
        j += LANES;
        continue;
      }
    }
    ptrdiff_t end = j + LANES < n ? j + LANES : n;
    for (; j < end; j++) {
      float value = norms[j] - 2 * products[j];
      if (value < values[0] && j != skipped) {
        values[0] = value;
        out[0] = (int32_t)j;
        sift(values, out, k, 0);
      }
    }
  }
}
