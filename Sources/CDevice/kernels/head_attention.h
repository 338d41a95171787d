// Frame-level attention pooling, forward and backward, between the products of head_product.h. It
// sums over queries first, so no frame needs its own value or output.
// N frames in S sequences of T frames, H heads of E features, D = H · E.
//
// P of head h and sequence s is [T, T]: row t is a query, column j a key. Its rows are T rounded up
// to a multiple of 4 apart, the pitch. It begins at starts[s] + h · T · pitch. Shares of a sequence
// are [2H + 2, T] and begin at (2H + 2) · offsets[s]: for each head Pᵀα and Pᵀ/T, then α and 1/T.
// `values` is [N, H + 1]: what a frame contributes to the scores through each head, and directly.

/// The floats from one row of P to the next.
FUNCTION int head_pitch(int length) { return (length + 3) / 4 * 4; }

/// Adds up one number of each of 32 items by a fixed tree, for all warps of a group of 128.
FUNCTION float head_sum_of_32(LOCAL float *part, int item, float own) {
  part[item] = own;
  BARRIER();
  for (int reach = 16; reach > 0; reach /= 2) {
    if (item % 32 < reach) part[item] = part[item] + part[item + reach];
    BARRIER();
  }
  float sum = part[item - item % 32];
  BARRIER();
  return sum;
}

/// P = softmax over the keys, and read[n, h] = Σⱼ P[t, j] values[j, h].
///
/// Arguments: p, values, sequence (of each frame), offsets, starts, heads, count (N), read.
/// Groups: (⌈N / 4⌉, H). 32 items treat one row.
KERNEL(128, 8)
void head_softmax(
  GLOBAL float *restrict p, GLOBAL const float *restrict values,
  GLOBAL const int *restrict sequence, GLOBAL const int *restrict offsets,
  GLOBAL const wide *restrict starts, int heads, int count, GLOBAL float *restrict read
) {
  SHARED_ARRAY(float, part, 128);
  const int item = ITEM, lane = item % 32, row = GROUP(0) * 4 + item / 32, head = GROUP(1);
  const int s = row < count ? sequence[row] : 0;
  const int first = offsets[s], length = row < count ? offsets[s + 1] - first : 0;
  GLOBAL float *own = p + starts[s] + (head * (wide)length + (row - first)) * head_pitch(length);
  float greatest = -3.4e38f;
  for (int j = lane; j < length; j += 32) greatest = own[j] > greatest ? own[j] : greatest;
  part[item] = greatest;
  BARRIER();
  for (int reach = 16; reach > 0; reach /= 2) {
    if (lane < reach && part[item + reach] > part[item]) part[item] = part[item + reach];
    BARRIER();
  }
  greatest = part[item - lane];
  BARRIER();
  float sum = 0.0f;
  for (int j = lane; j < length; j += 32) {
    float e = exponential(own[j] - greatest);
    own[j] = e;
    sum = sum + e;
  }
  const float share = 1.0f / head_sum_of_32(part, item, sum);
  float value = 0.0f;
  for (int j = lane; j < length; j += 32) {
    float weight = own[j] * share;
    own[j] = weight;
    value = FMA(weight, values[(first + j) * (wide)(heads + 1) + head], value);
  }
  value = head_sum_of_32(part, item, value);
  if (row < count && lane == 0) read[row * (wide)heads + head] = value;
}

/// The means of the gradients of both shares under P:
///
///     x[n, h] = Σⱼ P[t, j] dShares[2h, j],  y[n, h] = Σⱼ P[t, j] dShares[2h + 1, j]
///
/// Groups: (⌈N / 4⌉, H).
KERNEL(128, 8)
void head_means(
  GLOBAL const float *restrict p, GLOBAL const float *restrict dShares,
  GLOBAL const int *restrict sequence, GLOBAL const int *restrict offsets,
  GLOBAL const wide *restrict starts, int heads, int count, GLOBAL float *restrict x,
  GLOBAL float *restrict y
) {
  SHARED_ARRAY(float, part, 128);
  const int item = ITEM, lane = item % 32, row = GROUP(0) * 4 + item / 32, head = GROUP(1);
  const int s = row < count ? sequence[row] : 0;
  const int first = offsets[s], length = row < count ? offsets[s + 1] - first : 0;
  GLOBAL const float *own =
    p + starts[s] + (head * (wide)length + (row - first)) * head_pitch(length);
  GLOBAL const float *share = dShares + (2 * heads + 2) * (wide)first + 2 * head * (wide)length;
  float sumX = 0.0f, sumY = 0.0f;
  for (int j = lane; j < length; j += 32) {
    sumX = FMA(own[j], share[j], sumX);
    sumY = FMA(own[j], share[length + j], sumY);
  }
  sumX = head_sum_of_32(part, item, sumX);
  sumY = head_sum_of_32(part, item, sumY);
  if (row < count && lane == 0) {
    x[row * (wide)heads + head] = sumX;
    y[row * (wide)heads + head] = sumY;
  }
}

/// Adds up one number of each of 256 items by a fixed tree. All items get the sum.
FUNCTION float head_sum_of_256(LOCAL float *part, int item, float own) {
  part[item] = own;
  BARRIER();
  for (int reach = 128; reach > 0; reach /= 2) {
    if (item < reach) part[item] = part[item] + part[item + reach];
    BARRIER();
  }
  float sum = part[0];
  BARRIER();
  return sum;
}

/// α = softmax over a sequence of values[t, H] + Σₕ read[t, h]. Groups: (S).
KERNEL(256, 4)
void head_alpha(
  GLOBAL const float *restrict values, GLOBAL const float *restrict read,
  GLOBAL const int *restrict offsets, int heads, GLOBAL float *restrict alpha
) {
  SHARED_ARRAY(float, part, 256);
  const int item = ITEM, first = offsets[GROUP(0)], end = offsets[GROUP(0) + 1];
  float greatest = -3.4e38f;
  for (int n = first + item; n < end; n += 256) {
    float score = 0.0f;
    for (int h = 0; h < heads; h++) score = score + read[n * (wide)heads + h];
    score = score + values[n * (wide)(heads + 1) + heads];
    alpha[n] = score;
    greatest = score > greatest ? score : greatest;
  }
  part[item] = greatest;
  BARRIER();
  for (int reach = 128; reach > 0; reach /= 2) {
    if (item < reach && part[item + reach] > part[item]) part[item] = part[item + reach];
    BARRIER();
  }
  greatest = part[0];
  BARRIER();
  float sum = 0.0f;
  for (int n = first + item; n < end; n += 256) {
    float e = exponential(alpha[n] - greatest);
    alpha[n] = e;
    sum = sum + e;
  }
  sum = head_sum_of_256(part, item, sum);
  for (int n = first + item; n < end; n += 256) alpha[n] = alpha[n] / sum;
}

/// The shares of the frames of each sequence. Groups: (S · H, ⌈greatest T / 128⌉).
KERNEL(128, 12)
void head_gather(
  GLOBAL const float *restrict p, GLOBAL const float *restrict alpha,
  GLOBAL const int *restrict offsets, GLOBAL const wide *restrict starts, int heads,
  GLOBAL float *restrict shares
) {
  const int s = GROUP(0) / heads, head = GROUP(0) % heads, j = GROUP(1) * 128 + ITEM;
  const int first = offsets[s], length = offsets[s + 1] - first, pitch = head_pitch(length);
  if (j < length) {
    const float even = 1.0f / (float)length;
    GLOBAL const float *column = p + starts[s] + head * (wide)length * pitch + j;
    GLOBAL float *own = shares + (2 * heads + 2) * (wide)first + j;
    float x = 0.0f, y = 0.0f;
    for (int t = 0; t < length; t++) {
      const float weight = column[t * (wide)pitch];
      x = FMA(weight, alpha[first + t], x);
      y = FMA(weight, even, y);
    }
    own[2 * head * (wide)length] = x;
    own[(2 * head + 1) * (wide)length] = y;
    if (head == 0) {
      own[2 * heads * (wide)length] = alpha[first + j];
      own[(2 * heads + 1) * (wide)length] = even;
    }
  }
}

/// The gradient of the scores of a sequence, written to column H of dValues, and for every frame
/// and head the mean under P of the gradient of P:
///
///     rest[n, h] = α x[n, h] + y[n, h] / T + dScore read[n, h]
///
/// Arguments: x and y of head_means, read of head_softmax; rest may be y. Groups: (S).
KERNEL(256, 4)
void head_scores_backward(
  GLOBAL const float *restrict alpha, GLOBAL const float *restrict dShares,
  GLOBAL const float *restrict x, GLOBAL const float *y, GLOBAL const float *restrict read,
  GLOBAL const int *restrict offsets, int heads, GLOBAL float *restrict dValues, GLOBAL float *rest
) {
  SHARED_ARRAY(float, part, 256);
  const int item = ITEM, first = offsets[GROUP(0)], length = offsets[GROUP(0) + 1] - first;
  GLOBAL const float *direct = dShares + (2 * heads + 2) * (wide)first + 2 * heads * (wide)length;
  const float even = 1.0f / (float)length;
  float sum = 0.0f;
  for (int t = item; t < length; t += 256) {
    const wide n = first + t;
    float dAlpha = direct[t];
    for (int h = 0; h < heads; h++) dAlpha = dAlpha + x[n * heads + h];
    dValues[n * (heads + 1) + heads] = dAlpha;
    sum = FMA(alpha[n], dAlpha, sum);
  }
  const float mean = head_sum_of_256(part, item, sum);
  for (int t = item; t < length; t += 256) {
    const wide n = first + t;
    const float dScore = alpha[n] * (dValues[n * (heads + 1) + heads] - mean);
    dValues[n * (heads + 1) + heads] = dScore;
    for (int h = 0; h < heads; h++) {
      float r = FMA(alpha[n], x[n * heads + h], even * y[n * heads + h]);
      rest[n * heads + h] = FMA(dScore, read[n * heads + h], r);
    }
  }
}

/// Replaces P by the gradient of the products of queries and keys, and finds that of the values:
///
///     dP[t, j] = α[t] dShares[2h, j] + dShares[2h + 1, j] / T + dScore[t] values[j, h]
///     p[t, j] = factor P[t, j] (dP[t, j] - rest[t, h])
///     dValues[j, h] = Σₜ P[t, j] dScore[t]
///
/// Groups: (S · H, ⌈greatest T / 128⌉).
KERNEL(128, 12)
void head_slopes(
  GLOBAL float *restrict p, GLOBAL const float *restrict alpha,
  GLOBAL const float *restrict dShares, GLOBAL const float *restrict values,
  GLOBAL const float *restrict rest, GLOBAL const int *restrict offsets,
  GLOBAL const wide *restrict starts, int heads, float factor, GLOBAL float *dValues
) {
  const int s = GROUP(0) / heads, head = GROUP(0) % heads, j = GROUP(1) * 128 + ITEM;
  const int first = offsets[s], length = offsets[s + 1] - first, pitch = head_pitch(length);
  if (j < length) {
    const float even = 1.0f / (float)length;
    GLOBAL float *column = p + starts[s] + head * (wide)length * pitch + j;
    GLOBAL const float *share = dShares + (2 * heads + 2) * (wide)first + 2 * head * (wide)length;
    const float x = share[j], y = even * share[length + j];
    const float value = values[(first + j) * (wide)(heads + 1) + head];
    float dValue = 0.0f;
    for (int t = 0; t < length; t++) {
      const wide n = first + t;
      const float weight = column[t * (wide)pitch];
      const float dScore = dValues[n * (heads + 1) + heads];
      const float slope = FMA(dScore, value, FMA(alpha[n], x, y));
      column[t * (wide)pitch] = factor * weight * (slope - rest[n * heads + head]);
      dValue = FMA(weight, dScore, dValue);
    }
    dValues[(first + j) * (wide)(heads + 1) + head] = dValue;
  }
}
