// Conversions between 32-bit floats and the 16-bit formats of files. The 16-bit data need no
// alignment.
#ifndef REPRISE_PRECISION_H
#define REPRISE_PRECISION_H
#include <stddef.h>
#include <stdint.h>

/// Widens the n IEEE half-precision numbers at x into y.
void reprise_widen_half(const void *x, float *y, ptrdiff_t n);

/// Widens the n bfloat16 numbers at x into y.
void reprise_widen_bfloat(const void *x, float *y, ptrdiff_t n);

/// Rounds the n floats at x to half precision, ties to even, and writes them to y.
void reprise_narrow_half(const float *x, void *y, ptrdiff_t n);
/// Returns the greatest of the n 32-bit words at x, ignoring their top bits. For floats these are
/// the bits of the greatest magnitude: at least 0x7f800000 if a number is infinite or NaN.
uint32_t reprise_greatest_bits(const void *x, ptrdiff_t n);

/// Returns the same for 16-bit words. If a number is not finite, the result is at least 0x7c00 for
/// halves and 0x7f80 for bfloat16.
uint16_t reprise_greatest_short_bits(const void *x, ptrdiff_t n);

#endif
