// Each vector lane holds one query, so sums over keys need no sums across lanes.
#include "include/frameattention.h"
#include "exponential.h"

// The calling convention for vectors differs between processors. Every function here that takes a
// vector is inlined, so the warning does not apply.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES = REPRISE_FRAME_LANES, WIDEST = 16, TOGETHER = 4 };
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));
typedef int Integers __attribute__((vector_size(LANES * sizeof(int)), aligned(4)));

/// exp of each lane for x <= 0, or 0 below -87.3. The steps are those of `exponential`; the
/// compiler does not vectorise a loop over lanes that calls it.
INLINE Lanes exponentials(Lanes x) {
  Lanes clamped = __builtin_elementwise_max(x, (Lanes){0} - 88.0f);
  Lanes n = __builtin_elementwise_rint(clamped * 1.44269504088896341f);
  Lanes r = clamped - n * 0.693359375f + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  Integers exponent = (__builtin_convertvector(n, Integers) + 127) << 23;
  return (Lanes)((Integers)(p * (Lanes)exponent) & (x >= -87.3f));
}

INLINE float total(Lanes x) {
  float sum = 0;
  for (ptrdiff_t i = 0; i < LANES; i++) sum += x[i];
  return sum;
}

INLINE Lanes at(const float *x, ptrdiff_t t) { return *(const Lanes *)(x + t); }

INLINE void scores(
  const float *q, const float *k, ptrdiff_t stride, float factor, float *w, ptrdiff_t T, ptrdiff_t E
) {
  ptrdiff_t P = reprise_padded_frames(T);
  for (ptrdiff_t t = 0; t < P; t += LANES) {
    Lanes queries[WIDEST];
    for (ptrdiff_t e = 0; e < E; e++)
      for (ptrdiff_t i = 0; i < LANES; i++)
        queries[e][i] = t + i < T ? q[(t + i) * stride + e] * factor : 0;
    for (ptrdiff_t j = 0; j < T; j++) {
      Lanes score = queries[0] * k[j * stride];
      for (ptrdiff_t e = 1; e < E; e++) score += queries[e] * k[j * stride + e];
      *(Lanes *)(w + j * P + t) = score;
    }
  }
}

INLINE void projections(
  const float *g, const float *q, const float *k, ptrdiff_t stride, float *dq, float *dk,
  ptrdiff_t T, ptrdiff_t E
) {
  ptrdiff_t P = reprise_padded_frames(T);
  for (ptrdiff_t t = 0; t < P; t += LANES) {
    Lanes sums[WIDEST];
    for (ptrdiff_t e = 0; e < E; e++) sums[e] = (Lanes){0};
    for (ptrdiff_t j = 0; j < T; j++) {
      Lanes slope = at(g, j * P + t);
      for (ptrdiff_t e = 0; e < E; e++) sums[e] += slope * k[j * stride + e];
    }
    for (ptrdiff_t i = 0; i < LANES && t + i < T; i++)
      for (ptrdiff_t e = 0; e < E; e++) dq[(t + i) * stride + e] = sums[e][i];
  }
  for (ptrdiff_t j = 0; j < T; j++) {
    float sums[WIDEST];
    for (ptrdiff_t e = 0; e < E; e++) sums[e] = 0;
    for (ptrdiff_t t = 0; t < T; t++)
      for (ptrdiff_t e = 0; e < E; e++) sums[e] += g[j * P + t] * q[t * stride + e];
    for (ptrdiff_t e = 0; e < E; e++) dk[j * stride + e] = sums[e];
  }
}

INLINE void weigh(float *w, const float *v, ptrdiff_t v_stride, float *sums, ptrdiff_t T) {
  ptrdiff_t P = reprise_padded_frames(T);
  for (ptrdiff_t t = 0; t < P; t += LANES) {
    Lanes greatest = at(w, t), norm = {0}, sum = {0};
    for (ptrdiff_t j = 1; j < T; j++)
      greatest = __builtin_elementwise_max(greatest, at(w, j * P + t));
    for (ptrdiff_t j = 0; j < T; j++) {
      Lanes p = exponentials(at(w, j * P + t) - greatest);
      *(Lanes *)(w + j * P + t) = p;
      norm += p;
      sum += p * v[j * v_stride];
    }
    Lanes share = 1.0f / norm;
    for (ptrdiff_t j = 0; j < T; j++) *(Lanes *)(w + j * P + t) *= share;
    *(Lanes *)(sums + t) += sum * share;
  }
}

INLINE void gather(
  const float *w, const float *a, const float *b, float *x, float *y, ptrdiff_t T
) {
  ptrdiff_t P = reprise_padded_frames(T);
  for (ptrdiff_t j = 0; j < T; j++) {
    Lanes first = {0}, second = {0};
    for (ptrdiff_t t = 0; t < P; t += LANES) {
      Lanes p = at(w, j * P + t);
      first += p * at(a, t);
      second += p * at(b, t);
    }
    x[j] = total(first);
    y[j] = total(second);
  }
}

/// The sums of `scatter` for `count` neighbouring vectors of queries.
INLINE void scatter_vectors(
  ptrdiff_t count, const float *w, ptrdiff_t P, const float *a, const float *b, const float *c,
  ptrdiff_t c_stride, float *x, float *y, float *z, ptrdiff_t T
) {
  Lanes first[TOGETHER] = {0}, second[TOGETHER] = {0}, third[TOGETHER] = {0};
  for (ptrdiff_t j = 0; j < T; j++)
#pragma clang loop unroll(full)
    for (ptrdiff_t i = 0; i < count; i++) {
      Lanes p = at(w, j * P + i * LANES);
      first[i] += p * a[j];
      second[i] += p * b[j];
      third[i] += p * c[j * c_stride];
    }
  for (ptrdiff_t i = 0; i < count; i++) {
    *(Lanes *)(x + i * LANES) = first[i];
    *(Lanes *)(y + i * LANES) = second[i];
    *(Lanes *)(z + i * LANES) = third[i];
  }
}

INLINE void scatter(
  const float *w, const float *a, const float *b, const float *c, ptrdiff_t c_stride, float *x,
  float *y, float *z, ptrdiff_t T
) {
  ptrdiff_t P = reprise_padded_frames(T), t = 0;
  // Several vectors at a time: the memory delivers neighbouring cache lines faster.
  for (; t + TOGETHER * LANES <= P; t += TOGETHER * LANES)
    scatter_vectors(TOGETHER, w + t, P, a, b, c, c_stride, x + t, y + t, z + t, T);
  for (; t < P; t += LANES) scatter_vectors(1, w + t, P, a, b, c, c_stride, x + t, y + t, z + t, T);
}

INLINE void slopes(
  const float *w, const float *a, const float *b, const float *c, const float *r, const float *x,
  const float *y, const float *z, ptrdiff_t z_stride, float factor, float *g, float *dz,
  ptrdiff_t dz_stride, ptrdiff_t T
) {
  ptrdiff_t P = reprise_padded_frames(T);
  for (ptrdiff_t j = 0; j < T; j++) {
    float xj = x[j], yj = y[j], zj = z[j * z_stride];
    Lanes sum = {0};
    for (ptrdiff_t t = 0; t < P; t += LANES) {
      Lanes p = at(w, j * P + t), ct = at(c, t);
      sum += p * ct;
      *(Lanes *)(g + j * P + t) = factor * p * (at(a, t) * xj + at(b, t) * yj + ct * zj - at(r, t));
    }
    dz[j * dz_stride] = total(sum);
  }
}

// The two head sizes in use get their own copies, so that the features stay in registers.
VECTORISED void reprise_frame_scores(
  const float *q, const float *k, ptrdiff_t stride, float factor, float *w, ptrdiff_t T, ptrdiff_t E
) {
  if (E == 8)
    scores(q, k, stride, factor, w, T, 8);
  else if (E == 16)
    scores(q, k, stride, factor, w, T, 16);
  else
    scores(q, k, stride, factor, w, T, E);
}

VECTORISED void reprise_frame_projections(
  const float *g, const float *q, const float *k, ptrdiff_t stride, float *dq, float *dk,
  ptrdiff_t T, ptrdiff_t E
) {
  if (E == 8)
    projections(g, q, k, stride, dq, dk, T, 8);
  else if (E == 16)
    projections(g, q, k, stride, dq, dk, T, 16);
  else
    projections(g, q, k, stride, dq, dk, T, E);
}

VECTORISED void reprise_frame_softmax(
  float *w, const float *v, ptrdiff_t v_stride, float *sums, ptrdiff_t T
) {
  weigh(w, v, v_stride, sums, T);
}

VECTORISED void reprise_frame_gather(
  const float *w, const float *a, const float *b, float *x, float *y, ptrdiff_t T
) {
  gather(w, a, b, x, y, T);
}

VECTORISED void reprise_frame_scatter(
  const float *w, const float *a, const float *b, const float *c, ptrdiff_t c_stride, float *x,
  float *y, float *z, ptrdiff_t T
) {
  scatter(w, a, b, c, c_stride, x, y, z, T);
}

VECTORISED void reprise_frame_slopes(
  const float *w, const float *a, const float *b, const float *c, const float *r, const float *x,
  const float *y, const float *z, ptrdiff_t z_stride, float factor, float *g, float *dz,
  ptrdiff_t dz_stride, ptrdiff_t T
) {
  slopes(w, a, b, c, r, x, y, z, z_stride, factor, g, dz, dz_stride, T);
}
