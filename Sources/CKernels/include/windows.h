// Overlapping windows of a sequence of frames, for convolution by matrix product.
#ifndef REPRISE_WINDOWS_H
#define REPRISE_WINDOWS_H
#include <stddef.h>

/// windows[t, k I + i] <- x[t stride + k - (K - 1)/2, i], zero outside; x is [T, I], windows
/// [M, K I]. In row-major order a window is one stretch of memory.
void reprise_windows(const float *x, ptrdiff_t T, ptrdiff_t I, ptrdiff_t K, ptrdiff_t stride,
                     float *windows, ptrdiff_t M);

/// The transpose of the above: dx <- dx + what each window holds of each frame.
void reprise_windows_gradient(const float *dwindows, ptrdiff_t M, ptrdiff_t I, ptrdiff_t K,
                              ptrdiff_t stride, float *dx, ptrdiff_t T);
#endif
