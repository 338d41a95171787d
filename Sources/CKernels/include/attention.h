// Multi-head self-attention of one sequence, all heads, without its projections.
#ifndef REPRISE_ATTENTION_H
#define REPRISE_ATTENTION_H
#include <stddef.h>

/// Queries that are treated together, one to a vector lane.
#define REPRISE_ATTENTION_LANES 16

/// Floats that hold the weights of a sequence of T frames: H heads, blocks of queries, keys, lanes.
static inline ptrdiff_t reprise_attention_weights(ptrdiff_t T, ptrdiff_t H) {
  ptrdiff_t blocks = (T + REPRISE_ATTENTION_LANES - 1) / REPRISE_ATTENTION_LANES;
  return H * blocks * T * REPRISE_ATTENTION_LANES;
}

/// T frames, H heads of E features, D = H E. `qkv` is [T, 3 D]: queries, keys, values side by side.
///   w[t, j] = softmax_j(q[t, h] . k[j, h] / sqrt(E)),  out[t, h] = sum_j w[t, j] v[j, h]
/// `weights` are kept for the gradient; unused lanes of the last block hold no meaning. E <= 64.
void reprise_attention(const float *qkv, float *weights, float *out, ptrdiff_t T, ptrdiff_t H,
                       ptrdiff_t E);

/// Its gradient: d_qkv, [T, 3 D], is set. `scratch` holds 16 T floats, aligned to 64 bytes.
void reprise_attention_gradient(const float *qkv, const float *weights, const float *d_out,
                                float *d_qkv, float *scratch, ptrdiff_t T, ptrdiff_t H,
                                ptrdiff_t E);
#endif
