// Kernels of the log-mel front end: windowing, the second half of a real Fourier transform, sparse
// band sums and logarithms. The Swift module Audio owns the arrays. Nothing here allocates memory.
#ifndef REPRISE_MEL_H
#define REPRISE_MEL_H
#include <stddef.h>
#include <stdint.h>

/// out[i] = samples[i] · window[i]
void reprise_window(const float *samples, const float *window, ptrdiff_t count, float *out);

/// Computes the spectrum of a real signal of 2m samples, bins 0 … m. z[m] (interleaved) is the
/// complex transform of the signal read as m complex numbers. cosine[k] and sine[k] belong to the
/// angle π k / m.
void reprise_real_spectrum(
  const float *z, const float *cosine, const float *sine, ptrdiff_t m, float *real, float *imaginary
);

/// out[k] = real[k]² + imaginary[k]²
void reprise_power(const float *real, const float *imaginary, ptrdiff_t count, float *out);

/// out[b] = Σ_i w[b, i] · power[first[b] + i]
/// Works on groups of four bands, b = 4g … 4g + 3. Every band of group g has 8·(chunks[g+1] -
/// chunks[g]) weights, padded with zeros. A chunk of `weights` holds eight weights of each of the
/// four bands. `power` must be readable wherever there is a weight, even a zero.
void reprise_band_sums(
  const float *power, const float *weights, const int32_t *first, const int32_t *chunks,
  ptrdiff_t groups, float *out
);

/// Returns Σ samples[i].
float reprise_window_sum(const float *samples, ptrdiff_t count);

/// Returns Σ (samples[i] · window[i])².
float reprise_windowed_energy(const float *samples, const float *window, ptrdiff_t count);

/// out[i] = samples[i] - mean
/// Returns Σ out[i]².
float reprise_centre(const float *samples, float mean, ptrdiff_t count, float *out);

/// out[i] = ln(values[i] + floor)
/// Each sum must be positive, normal and finite. The relative error is below 2⁻²²; near 1 the
/// absolute error is below 2⁻²³.
void reprise_log(const float *values, float floor, ptrdiff_t count, float *out);
#endif
