// What a transformer knows of positions: WavLM's gate of the attention's bias, and the input of the
// convolution that encodes positions.

#define GATE_ITEMS 256
#define MOST_GATE_FEATURES 256

/// Computes the gate of each frame and head. With aᵢ = weight[i] · x[t, h] + bias[i],
///
///     gate[t, h] = σ(a₀ + a₁ + a₂ + a₃) · (σ(a₄ + a₅ + a₆ + a₇) · factors[h] - 1) + 2
///
///   x          [rows, heads · features], the input of the attention.
///   weight, bias  [8, features] and 8 numbers, the same for all heads.
///   factors    heads numbers.
///   gate       [rows, heads], written.
///   rows, heads, features ≤ 256
/// Groups: (⌈rows · heads / 256⌉).
KERNEL(GATE_ITEMS, 4)
void position_gate(
  GLOBAL const float *restrict x, GLOBAL const float *restrict weight,
  GLOBAL const float *restrict bias, GLOBAL const float *restrict factors,
  GLOBAL float *restrict gate, int rows, int heads, int features
) {
  SHARED_ARRAY(float, first, MOST_GATE_FEATURES);
  SHARED_ARRAY(float, second, MOST_GATE_FEATURES);
  for (int e = ITEM; e < features; e += GATE_ITEMS) {
    GLOBAL const float *w = weight + e;
    first[e] = ((w[0] + w[features]) + w[2 * features]) + w[3 * features];
    second[e] = ((w[4 * features] + w[5 * features]) + w[6 * features]) + w[7 * features];
  }
  BARRIER();
  const wide place = GROUP(0) * (wide)GATE_ITEMS + ITEM;
  if (place >= rows * (wide)heads) return;
  x += place * features;
  const int aligned = features % 4 == 0 && ALIGNED4(x);
  float a = 0.0f, c = 0.0f;
  for (int e = 0; e < features; e += 4) {
    float4 four = four_terms(x + e, x, features - e, aligned);
    a = FMA(first[e], four.x, a);
    c = FMA(second[e], four.x, c);
    if (e + 1 < features) a = FMA(first[e + 1], four.y, a), c = FMA(second[e + 1], four.y, c);
    if (e + 2 < features) a = FMA(first[e + 2], four.z, a), c = FMA(second[e + 2], four.z, c);
    if (e + 3 < features) a = FMA(first[e + 3], four.w, a), c = FMA(second[e + 3], four.w, c);
  }
  a = sigmoid_of(a + (((bias[0] + bias[1]) + bias[2]) + bias[3]));
  c = sigmoid_of(c + (((bias[4] + bias[5]) + bias[6]) + bias[7]));
  gate[place] = FMA(a, FMA(c, factors[place % heads], -1.0f), 2.0f);
}

/// Copies rows for the position convolution: group by group, with zeros around each sequence.
///
///     y[g, r, i] = x[sources[r], g · width + i]    0 for sources[r] < 0 and for i ≥ width
///
///   x          [rows, stride].
///   sources    for each padded row the row of x, or -1. A sequence of T frames has T + K - 1
///              padded rows: ⌊K / 2⌋ zeros, its frames, zeros.
///   y          [groups, paddedRows, paddedWidth], written.
///   paddedRows, stride
///   width      channels of a group.
///   paddedWidth  width or more; a multiple of 4 lets the product load four floats at once.
/// Groups: (⌈paddedRows · paddedWidth / 1024⌉, groups).
///
/// Then the window of K taps of the frame m of sequence s starts at padded row m + s (K - 1), all
/// sequences counted. The product takes such rows of y with aStride = paddedWidth and
/// k = K · paddedWidth, and the weight of a group as [width, K, paddedWidth].
KERNEL(256, 8)
void gather_groups(
  GLOBAL const float *restrict x, GLOBAL const int *restrict sources, GLOBAL float *restrict y,
  int paddedRows, int stride, int width, int paddedWidth
) {
  const wide count = paddedRows * (wide)paddedWidth, from = GROUP(0) * (wide)1024 + ITEM;
  x += GROUP(1) * (wide)width;
  y += GROUP(1) * count;
  for (wide e = from; e < from + 1024 && e < count; e += 256) {
    int row = (int)(e / paddedWidth), i = (int)(e % paddedWidth), source = sources[row];
    y[e] = source >= 0 && i < width ? x[source * (wide)stride + i] : 0.0f;
  }
}
