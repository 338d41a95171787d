// Multi-head self-attention of one sequence, all heads, without its projections.
#ifndef REPRISE_ATTENTION_H
#define REPRISE_ATTENTION_H
#include <stddef.h>

/// T frames, H heads of E features, D = H E. `qkv` is [T, 3 D]: queries, keys, values side by side.
///   weights[h, t, j] = softmax_j(q[t, h] . k[j, h] / sqrt(E)),  out[t, h] = sum_j weights v[j, h]
/// `weights`, [H, T, T], are kept for the gradient. `scratch` holds 2 E T floats.
void reprise_attention(const float *qkv, float *weights, float *out, float *scratch, ptrdiff_t T,
                       ptrdiff_t H, ptrdiff_t E);

/// Its gradient: d_qkv, [T, 3 D], is set. `scratch` holds (4 E + 1) T floats.
void reprise_attention_gradient(const float *qkv, const float *weights, const float *d_out,
                                float *d_qkv, float *scratch, ptrdiff_t T, ptrdiff_t H,
                                ptrdiff_t E);
#endif
