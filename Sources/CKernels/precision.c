// Conversions of precision; see the header.
#include "include/precision.h"
#include "vectorise.h"
#include <stdint.h>

typedef _Float16 Half __attribute__((aligned(1), may_alias));
typedef uint16_t Short __attribute__((aligned(1), may_alias));

VECTORISED void reprise_widen_half(const void *x, float *restrict y, ptrdiff_t n) {
  const Half *halves = x;
  for (ptrdiff_t i = 0; i < n; i++) y[i] = (float)halves[i];
}

VECTORISED void reprise_widen_bfloat(const void *x, float *restrict y, ptrdiff_t n) {
  const Short *tops = x;
  union { uint32_t bits; float value; } word;
  for (ptrdiff_t i = 0; i < n; i++) {
    word.bits = (uint32_t)tops[i] << 16;
    y[i] = word.value;
  }
}

VECTORISED void reprise_narrow_half(const float *restrict x, void *y, ptrdiff_t n) {
  Half *halves = y;
  for (ptrdiff_t i = 0; i < n; i++) halves[i] = (_Float16)x[i];
}
