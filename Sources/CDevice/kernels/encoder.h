// The feature encoder's first layers: the waveform's mean and variance, the first convolution, and
// the group norm with one channel to a group.
//
// Recordings lie in one buffer. Each starts at a multiple of the encoder's whole stride, 320
// samples, and zeros fill the gaps. So a layer is one strided product over the whole buffer: with
// R rows of C channels it makes (R - kernel) / stride + 1 rows, a window's row starts at
// row · stride · C, and a recording that starts at sample b starts at row b / (the product of the
// strides so far). Rows whose windows cross from one recording into the next are computed and never
// used.

#define STANDARDISE_ITEMS 512

/// Adds up one number of each item by a fixed tree.
FUNCTION double sum_of_samples(LOCAL double *part, int item, double own) {
  part[item] = own;
  BARRIER();
  for (int reach = STANDARDISE_ITEMS / 2; reach > 0; reach /= 2) {
    if (item < reach) part[item] = part[item] + part[item + reach];
    BARRIER();
  }
  double sum = part[0];
  BARRIER();
  return sum;
}

/// Gives each recording mean 0 and variance 1: y = (x - mean) / √(variance + epsilon).
///
///   samples, starts, lengths  recording i has the samples starts[i] ..< starts[i] + lengths[i].
///   y          laid out like the samples; may be the same memory. Gaps are not written.
///   epsilon
/// Groups: (recordings).
KERNEL(STANDARDISE_ITEMS, 2)
void standardise(
  GLOBAL const float *samples, GLOBAL const int *restrict starts,
  GLOBAL const int *restrict lengths, GLOBAL float *y, double epsilon
) {
  SHARED_ARRAY(double, part, STANDARDISE_ITEMS);
  const int item = ITEM, length = lengths[GROUP(0)];
  const double count = (double)(length > 0 ? length : 1);
  samples += starts[GROUP(0)];
  y += starts[GROUP(0)];
  double sum = 0.0, squares = 0.0;
  for (int i = item; i < length; i += STANDARDISE_ITEMS) sum = sum + (double)samples[i];
  const double mean = sum_of_samples(part, item, sum) / count;
  for (int i = item; i < length; i += STANDARDISE_ITEMS) {
    double d = (double)samples[i] - mean;
    squares = FMA_DOUBLE(d, d, squares);
  }
  const double variance = sum_of_samples(part, item, squares) / count;
  const double scale = 1.0 / ROOT_DOUBLE(variance + epsilon);
  for (int i = item; i < length; i += STANDARDISE_ITEMS)
    y[i] = (float)(((double)samples[i] - mean) * scale);
}

#define MOST_CHANNELS 512
#define MOST_TAPS 16
#define MOST_STRIDE 16
// Frames that are computed at one time, and in all by a group.
#define FRAMES 8
#define FRAMES_OF_GROUP 64
#define CONVOLUTION_ITEMS (MOST_CHANNELS / 4)

/// Adds up `part`, one number of each item for each of the frames, by the tree of `sum_of_items`.
/// The sums are the first numbers of the frames.
FUNCTION void add_items(LOCAL float *part, int item) {
  BARRIER();
  for (int level = 6; level >= 0; level--) { // 2^6 is half of the items
    const int reach = 1 << level;
    for (int e = item; e < FRAMES * reach; e += CONVOLUTION_ITEMS) {
      int place = (e >> level) * CONVOLUTION_ITEMS + (e & (reach - 1));
      part[place] = part[place] + part[place + reach];
    }
    BARRIER();
  }
}

/// Convolves one input channel, and normalises each frame over its channels if asked.
///
///     y[t, c] = GELU(LayerNorm(Σₖ samples[t · stride + k] · weight[c, k] + bias[c]))
///
///   samples    (frames - 1) · stride + taps numbers.
///   weight     [channels, taps].
///   bias       channels numbers, or null.
///   gain, shift  of the layer norm; gain null for neither norm nor GELU.
///   y          [frames, channels].
///   frames, channels ≤ 512, taps ≤ 16, stride ≤ 16
///   epsilon    of the layer norm.
/// Groups: (⌈frames / 64⌉).
///
/// The bits are those of a product with aStride = stride and k = taps, then `layer_norm`, which
/// serve other sizes.
KERNEL(CONVOLUTION_ITEMS, 5)
void first_convolution(
  GLOBAL const float *restrict samples, GLOBAL const float *restrict weight,
  GLOBAL const float *restrict bias, GLOBAL const float *restrict gain,
  GLOBAL const float *restrict shift, GLOBAL float *restrict y, int frames, int channels, int taps,
  int stride, float epsilon
) {
  SHARED_ARRAY(float, weights, MOST_TAPS *MOST_CHANNELS); // [tap][channel]
  SHARED_ARRAY(float, heard, (FRAMES - 1) * MOST_STRIDE + MOST_TAPS);
  SHARED_ARRAY(float, part, FRAMES *CONVOLUTION_ITEMS);
  const int item = ITEM, channel = item * 4, left = channels - channel;
  const wide end = (frames - 1) * (wide)stride + taps;
  for (int e = item; e < taps * MOST_CHANNELS; e += CONVOLUTION_ITEMS) {
    int tap = e / MOST_CHANNELS, c = e % MOST_CHANNELS;
    weights[e] = c < channels ? weight[c * taps + tap] : 0.0f;
  }
  float offset[4], gains[4], shifts[4];
  UNROLL for (int j = 0; j < 4; j++) {
    offset[j] = bias && j < left ? bias[channel + j] : 0.0f;
    gains[j] = gain && j < left ? gain[channel + j] : 0.0f;
    shifts[j] = gain && j < left ? shift[channel + j] : 0.0f;
  }
  const int aligned = channels % 4 == 0 && ALIGNED4(y);

  const int start = GROUP(0) * FRAMES_OF_GROUP;
  const int stop = start + FRAMES_OF_GROUP < frames ? start + FRAMES_OF_GROUP : frames;
  for (int first = start; first < stop; first += FRAMES) {
    for (int e = item; e < (FRAMES - 1) * stride + taps; e += CONVOLUTION_ITEMS) {
      wide place = first * (wide)stride + e;
      heard[e] = place < end ? samples[place] : 0.0f;
    }
    BARRIER();
    float sum[FRAMES][4];
    UNROLL for (int f = 0; f < FRAMES; f++) { UNROLL for (int j = 0; j < 4; j++) sum[f][j] = 0.0f; }
    for (int tap = 0; tap < taps; tap++) {
      float4 w = LOCAL_LOAD4(weights + tap * MOST_CHANNELS + channel);
      UNROLL for (int f = 0; f < FRAMES; f++) {
        float x = heard[f * stride + tap];
        sum[f][0] = FMA(x, w.x, sum[f][0]);
        sum[f][1] = FMA(x, w.y, sum[f][1]);
        sum[f][2] = FMA(x, w.z, sum[f][2]);
        sum[f][3] = FMA(x, w.w, sum[f][3]);
      }
    }
    UNROLL for (int f = 0; f < FRAMES; f++) {
      UNROLL for (int j = 0; j < 4; j++) sum[f][j] = linear_result(sum[f][j], offset[j], 0.0f, 0);
    }
    if (gain) {
      float mean[FRAMES];
      UNROLL for (int f = 0; f < FRAMES; f++) {
        float own = (((0.0f + sum[f][0]) + sum[f][1]) + sum[f][2]) + sum[f][3];
        part[f * CONVOLUTION_ITEMS + item] = own;
      }
      add_items(part, item);
      UNROLL for (int f = 0; f < FRAMES; f++) mean[f] =
        part[f * CONVOLUTION_ITEMS] / (float)channels;
      BARRIER();
      UNROLL for (int f = 0; f < FRAMES; f++) {
        float own = 0.0f;
        UNROLL for (int j = 0; j < 4; j++) {
          if (j < left) own = FMA(sum[f][j] - mean[f], sum[f][j] - mean[f], own);
        }
        part[f * CONVOLUTION_ITEMS + item] = own;
      }
      add_items(part, item);
      UNROLL for (int f = 0; f < FRAMES; f++) {
        float scale = 1.0f / ROOT(part[f * CONVOLUTION_ITEMS] / (float)channels + epsilon);
        UNROLL for (int j = 0; j < 4; j++) sum[f][j] =
          gelu_of(FMA((sum[f][j] - mean[f]) * scale, gains[j], shifts[j]));
      }
    } else {
      BARRIER();
    }
    UNROLL for (int f = 0; f < FRAMES; f++) {
      if (first + f < frames && left > 0) {
        GLOBAL float *target = y + (first + f) * (wide)channels + channel;
        if (aligned) {
          float4 four;
          four.x = sum[f][0], four.y = sum[f][1], four.z = sum[f][2], four.w = sum[f][3];
          STORE4(target, four);
        } else {
          UNROLL for (int j = 0; j < 4; j++) {
            if (j < left) target[j] = sum[f][j];
          }
        }
      }
    }
  }
}

#define MOMENT_ITEMS 512
#define MOMENT_COLUMNS 32

/// Computes the group norm of one channel to a group as a factor and an offset for each channel of
/// each recording: scale = gain / √(variance + epsilon), shift = offset - mean · scale.
///
///   x          [rows, channels].
///   starts, lengths  recording i has the rows starts[i] ..< starts[i] + lengths[i].
///   gain, offset     channels numbers.
///   scale, shift     [recordings, channels], written.
///   channels, epsilon
/// Groups: (⌈channels / 32⌉, recordings).
///
/// Sums are of differences from the channel's first frame, in double. Item i of a column adds the
/// rows i, i + 16, …, and a tree adds the items.
KERNEL(MOMENT_ITEMS, 2)
void column_moments(
  GLOBAL const float *restrict x, GLOBAL const int *restrict starts,
  GLOBAL const int *restrict lengths, GLOBAL const float *restrict gain,
  GLOBAL const float *restrict offset, GLOBAL float *restrict scale, GLOBAL float *restrict shift,
  int channels, double epsilon
) {
  SHARED_ARRAY(double, sums, MOMENT_ITEMS);
  SHARED_ARRAY(double, squares, MOMENT_ITEMS);
  const int item = ITEM, recording = GROUP(1), length = lengths[recording];
  const int column = GROUP(0) * MOMENT_COLUMNS + item % MOMENT_COLUMNS;
  const int exists = column < channels && length > 0;
  const wide place = starts[recording] * (wide)channels + column;
  const double origin = exists ? (double)x[place] : 0.0;
  double sum = 0.0, square = 0.0;
  if (exists) {
    for (int row = item / MOMENT_COLUMNS; row < length; row += MOMENT_ITEMS / MOMENT_COLUMNS) {
      double d = (double)x[place + row * (wide)channels] - origin;
      sum = sum + d;
      square = FMA_DOUBLE(d, d, square);
    }
  }
  sums[item] = sum;
  squares[item] = square;
  BARRIER();
  for (int reach = MOMENT_ITEMS / 2; reach >= MOMENT_COLUMNS; reach /= 2) {
    if (item < reach) {
      sums[item] = sums[item] + sums[item + reach];
      squares[item] = squares[item] + squares[item + reach];
    }
    BARRIER();
  }
  if (item < MOMENT_COLUMNS && column < channels) {
    double count = (double)(length > 0 ? length : 1), mean = sums[item] / count;
    double variance = squares[item] / count - mean * mean;
    double factor = (double)gain[column] / ROOT_DOUBLE((variance > 0.0 ? variance : 0.0) + epsilon);
    scale[recording * (wide)channels + column] = (float)factor;
    shift[recording * (wide)channels + column] =
      (float)((double)offset[column] - (mean + origin) * factor);
  }
}

#define SCALE_ITEMS 128
#define SCALE_ROWS 32

/// Applies the results of `column_moments` and the GELU, in place: x = GELU(x · scale + shift).
///
///   x, starts, lengths, scale, shift, channels  as in `column_moments`.
/// Groups: (⌈longest length / 32⌉, recordings). Rows between recordings stay as they are.
KERNEL(SCALE_ITEMS, 8)
void scale_columns_gelu(
  GLOBAL float *restrict x, GLOBAL const int *restrict starts, GLOBAL const int *restrict lengths,
  GLOBAL const float *restrict scale, GLOBAL const float *restrict shift, int channels
) {
  const int recording = GROUP(1), first = GROUP(0) * SCALE_ROWS, length = lengths[recording];
  const int end = first + SCALE_ROWS < length ? first + SCALE_ROWS : length;
  x += starts[recording] * (wide)channels;
  for (int c = ITEM; c < channels; c += SCALE_ITEMS) {
    float factor = scale[recording * (wide)channels + c];
    float offset = shift[recording * (wide)channels + c];
    for (int row = first; row < end; row++) {
      wide place = row * (wide)channels + c;
      x[place] = gelu_of(FMA(x[place], factor, offset));
    }
  }
}
