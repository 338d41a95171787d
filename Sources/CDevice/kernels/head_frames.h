// The frames of a batch, and the poolings without attention.
// N frames of D features in S sequences; sequence s has the rows offsets[s] ..< offsets[s + 1].
// L layers lie side by side in a stored frame.

/// Gathers the frames of a batch, or their weighted sums over the layers:
///
///     y[n, d] = Σₗ shares[l] x[n, l · D + d]
///
/// Arguments:
///   stored, sent   rows of L · D floats.
///   sources        N numbers: the row of `stored`, or -1 - the row of `sent`.
///   shares         L numbers, or null if L is 1 and rows are copied.
///   layers, width  L, D.
///   y              [N, D].
/// Groups: (N, ⌈D / 512⌉).
KERNEL(128, 12)
void head_frames(
  GLOBAL const float *restrict stored, GLOBAL const float *restrict sent,
  GLOBAL const int *restrict sources, GLOBAL const float *restrict shares, int layers, int width,
  GLOBAL float *restrict y
) {
  const int row = GROUP(0), source = sources[row];
  const wide columns = layers * (wide)width;
  GLOBAL const float *x = source >= 0 ? stored + source * columns : sent + (-1 - source) * columns;
  for (int p = 0; p < 4; p++) {
    const int d = GROUP(1) * 512 + p * 128 + ITEM;
    if (d < width) {
      float sum = 0.0f;
      if (shares) {
        for (int l = 0; l < layers; l++) sum = FMA(shares[l], x[l * (wide)width + d], sum);
      } else {
        sum = x[d];
      }
      y[row * (wide)width + d] = sum;
    }
  }
}

/// shares = softmax(a), L numbers. One group.
KERNEL(32, 1)
void head_layer_shares(GLOBAL const float *restrict a, int layers, GLOBAL float *restrict shares) {
  if (ITEM == 0) {
    float greatest = a[0], sum = 0.0f;
    for (int l = 1; l < layers; l++) greatest = a[l] > greatest ? a[l] : greatest;
    for (int l = 0; l < layers; l++) {
      float e = exponential(a[l] - greatest);
      shares[l] = e;
      sum = sum + e;
    }
    for (int l = 0; l < layers; l++) shares[l] = shares[l] / sum;
  }
}

/// part[block, l] = Σ dFrames[n, d] x[n, l · D + d] over the 32 frames of a block and all d, in
/// double precision. Arguments as for head_frames; count is N. Groups: (⌈N / 32⌉, L).
KERNEL(128, 12)
void head_layer_products(
  GLOBAL const float *restrict stored, GLOBAL const float *restrict sent,
  GLOBAL const int *restrict sources, GLOBAL const float *restrict dFrames, int layers, int width,
  int count, GLOBAL double *restrict part
) {
  SHARED_ARRAY(double, sums, 128);
  const int item = ITEM, layer = GROUP(1), first = GROUP(0) * 32;
  const wide columns = layers * (wide)width;
  double total = 0.0;
  for (int row = first; row < first + 32 && row < count; row++) {
    const int source = sources[row];
    GLOBAL const float *x =
      (source >= 0 ? stored + source * columns : sent + (-1 - source) * columns) +
      layer * (wide)width;
    float sum = 0.0f;
    for (int d = item; d < width; d += 128) sum = FMA(dFrames[row * (wide)width + d], x[d], sum);
    total = total + (double)sum;
  }
  sums[item] = total;
  BARRIER();
  for (int reach = 64; reach > 0; reach /= 2) {
    if (item < reach) sums[item] = sums[item] + sums[item + reach];
    BARRIER();
  }
  if (item == 0) part[GROUP(0) * (wide)layers + layer] = sums[0];
}

/// The gradient of a of shares = softmax(a), from the parts of head_layer_products. One group.
KERNEL(32, 1)
void head_layer_gradients(
  GLOBAL double *restrict part, int blocks, int layers, GLOBAL const float *restrict shares,
  GLOBAL float *restrict da
) {
  SHARED_ARRAY(double, mean, 1);
  const int item = ITEM;
  for (int l = item; l < layers; l += 32) {
    double sum = 0.0;
    for (int b = 0; b < blocks; b++) sum = sum + part[b * (wide)layers + l];
    part[l] = sum;
  }
  BARRIER();
  if (item == 0) {
    double sum = 0.0;
    for (int l = 0; l < layers; l++) sum = FMA_DOUBLE((double)shares[l], part[l], sum);
    mean[0] = sum;
  }
  BARRIER();
  for (int l = item; l < layers; l += 32) {
    da[l] = (float)((double)shares[l] * (part[l] - mean[0]));
  }
}

/// The mean or the greatest frame of each sequence: z and μ, [2S, D], and for the greatest the
/// frame that holds each feature's greatest value. z is μ for the mean.
///
/// Arguments: x, offsets, width, greatest (1 or 0), stacked, winners [S, D] or null. S is
/// `count`. Groups: (S, ⌈D / 128⌉).
KERNEL(128, 12)
void head_pool(
  GLOBAL const float *restrict x, GLOBAL const int *restrict offsets, int width, int greatest,
  int count, GLOBAL float *restrict stacked, GLOBAL int *restrict winners
) {
  const int s = GROUP(0), d = GROUP(1) * 128 + ITEM, first = offsets[s], end = offsets[s + 1];
  if (d < width) {
    const float share = 1.0f / (float)(end - first);
    float mean = 0.0f, best = x[first * (wide)width + d];
    int winner = first;
    for (int t = first; t < end; t++) {
      float value = x[t * (wide)width + d];
      mean = FMA(share, value, mean);
      if (value > best) {
        best = value;
        winner = t;
      }
    }
    stacked[s * (wide)width + d] = greatest ? best : mean;
    stacked[(count + s) * (wide)width + d] = mean;
    if (greatest) winners[s * (wide)width + d] = winner;
  }
}

/// The gradient of the frames for head_pool, from that of z and μ, [2S, D].
/// Groups: (S, ⌈D / 128⌉).
KERNEL(128, 12)
void head_unpool(
  GLOBAL const float *restrict dStacked, GLOBAL const int *restrict offsets, int width,
  int greatest, int count, GLOBAL const int *restrict winners, GLOBAL float *restrict dFrames
) {
  const int s = GROUP(0), d = GROUP(1) * 128 + ITEM, first = offsets[s], end = offsets[s + 1];
  if (d < width) {
    const float share = 1.0f / (float)(end - first);
    const float dz = dStacked[s * (wide)width + d], dMean = dStacked[(count + s) * (wide)width + d];
    const int winner = greatest ? winners[s * (wide)width + d] : -1;
    for (int t = first; t < end; t++) {
      float slope = share * (greatest ? dMean : dz + dMean);
      dFrames[t * (wide)width + d] = t == winner ? slope + dz : slope;
    }
  }
}
