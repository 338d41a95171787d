// Conversions of precision. precision.h documents each kernel.
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
  union {
    uint32_t bits;
    float value;
  } word;
  for (ptrdiff_t i = 0; i < n; i++) {
    word.bits = (uint32_t)tops[i] << 16;
    y[i] = word.value;
  }
}

VECTORISED void reprise_narrow_half(const float *restrict x, void *y, ptrdiff_t n) {
  Half *halves = y;
  for (ptrdiff_t i = 0; i < n; i++) halves[i] = (_Float16)x[i];
}

typedef uint32_t Word __attribute__((aligned(1), may_alias));

VECTORISED uint32_t reprise_greatest_bits(const void *x, ptrdiff_t n) {
  const Word *words = x;
  uint32_t greatest = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    uint32_t magnitude = words[i] & 0x7fffffffu;
    greatest = magnitude > greatest ? magnitude : greatest;
  }
  return greatest;
}

VECTORISED uint16_t reprise_greatest_short_bits(const void *x, ptrdiff_t n) {
  const Short *shorts = x;
  uint16_t greatest = 0;
  for (ptrdiff_t i = 0; i < n; i++) {
    uint16_t magnitude = shorts[i] & 0x7fffu;
    greatest = magnitude > greatest ? magnitude : greatest;
  }
  return greatest;
}
