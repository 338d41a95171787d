// Nearest neighbours: selects the least of many distances.
#ifndef REPRISE_NEIGHBOURS_H
#define REPRISE_NEIGHBOURS_H
#include <stddef.h>
#include <stdint.h>

/// Finds the `k` least of the `n` values norms[j] - 2 products[j], except j = `skipped`, and writes
/// their places into `out` in no particular order. Of equal values it keeps the first.
///
/// `out` and `values` have room for k numbers; n > k.
void reprise_least(
  const float *norms, const float *products, ptrdiff_t n, ptrdiff_t skipped, ptrdiff_t k,
  int32_t *out, float *values
);

#endif
