// Between 32-bit floats and the 16-bit ones that files hold. Any alignment will do.
#ifndef REPRISE_PRECISION_H
#define REPRISE_PRECISION_H
#include <stddef.h>
#include <stdint.h>

/// y <- the n IEEE half-precision numbers at x.
void reprise_widen_half(const void *x, float *y, ptrdiff_t n);

/// y <- the n bfloat16 numbers at x.
void reprise_widen_bfloat(const void *x, float *y, ptrdiff_t n);

/// The n numbers at y <- x, rounded to the nearest half-precision number, ties to even.
void reprise_narrow_half(const float *x, void *y, ptrdiff_t n);
/// The greatest of the n 32-bit words at x with their top bits cleared: of floats the bits of the
/// greatest magnitude, at least 0x7f800000 where one is infinite or no number.
uint32_t reprise_greatest_bits(const void *x, ptrdiff_t n);

/// The same of 16-bit words: of halves at least 0x7c00 where one is not finite, of bfloat16 0x7f80.
uint16_t reprise_greatest_short_bits(const void *x, ptrdiff_t n);

#endif
