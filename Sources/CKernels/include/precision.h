// Between 32-bit floats and the 16-bit ones that files hold. Any alignment will do.
#ifndef REPRISE_PRECISION_H
#define REPRISE_PRECISION_H
#include <stddef.h>

/// y <- the n IEEE half-precision numbers at x.
void reprise_widen_half(const void *x, float *y, ptrdiff_t n);

/// y <- the n bfloat16 numbers at x.
void reprise_widen_bfloat(const void *x, float *y, ptrdiff_t n);

/// The n numbers at y <- x, rounded to the nearest half-precision number, ties to even.
void reprise_narrow_half(const float *x, void *y, ptrdiff_t n);
#endif
