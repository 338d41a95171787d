// Layer norm, optionally with the GELU after it.

#define NORM_ITEMS 128

/// Adds up one number of each of 128 items by a fixed tree. All items get the sum. The array may
/// be used again at once.
FUNCTION float sum_of_items(LOCAL float *part, int item, float own) {
  part[item] = own;
  BARRIER();
  for (int reach = NORM_ITEMS / 2; reach > 0; reach /= 2) {
    if (item < reach) part[item] = part[item] + part[item + reach];
    BARRIER();
  }
  float sum = part[0];
  BARRIER();
  return sum;
}

/// Normalises each row of a matrix to mean 0 and variance 1, times gain, plus bias.
///
///     y = (x - mean) / √(variance + epsilon) · gain + bias
///
/// Item i of a group adds the columns 4 (128 p + i) + 0…3, p = 0, 1, … in this order; a tree adds
/// the items' sums.
///   x, gain, bias, y   x and y have a row of `columns` floats for each group; y may be x.
///   columns, epsilon
///   gelu       1 to apply the GELU to the result.
/// Groups: (rows).
KERNEL(NORM_ITEMS, 12)
void layer_norm(
  GLOBAL const float *x, GLOBAL const float *restrict gain, GLOBAL const float *restrict bias,
  GLOBAL float *y, int columns, float epsilon, int gelu
) {
  SHARED_ARRAY(float, part, NORM_ITEMS);
  const int item = ITEM, step = 4 * NORM_ITEMS;
  x += GROUP(0) * (wide)columns;
  y += GROUP(0) * (wide)columns;
  const int aligned =
    columns % 4 == 0 && ALIGNED4(x) && ALIGNED4(y) && ALIGNED4(gain) && ALIGNED4(bias);
  float sum = 0.0f, squares = 0.0f;
  for (int c = item * 4; c < columns; c += step) {
    float4 four = four_terms(x + c, x + c, columns - c, aligned);
    sum = (((sum + four.x) + four.y) + four.z) + four.w;
  }
  const float mean = sum_of_items(part, item, sum) / (float)columns;
  for (int c = item * 4; c < columns; c += step) {
    float4 four = four_terms(x + c, x + c, columns - c, aligned);
    squares = FMA(four.x - mean, four.x - mean, squares);
    if (c + 1 < columns) squares = FMA(four.y - mean, four.y - mean, squares);
    if (c + 2 < columns) squares = FMA(four.z - mean, four.z - mean, squares);
    if (c + 3 < columns) squares = FMA(four.w - mean, four.w - mean, squares);
  }
  const float variance = sum_of_items(part, item, squares) / (float)columns;
  const float scale = 1.0f / ROOT(variance + epsilon);
  for (int c = item * 4; c < columns; c += step) {
    float4 four = four_terms(x + c, x + c, columns - c, aligned);
    float4 g = four_terms(gain + c, gain + c, columns - c, aligned);
    float4 b = four_terms(bias + c, bias + c, columns - c, aligned);
    four.x = FMA((four.x - mean) * scale, g.x, b.x);
    four.y = FMA((four.y - mean) * scale, g.y, b.y);
    four.z = FMA((four.z - mean) * scale, g.z, b.z);
    four.w = FMA((four.w - mean) * scale, g.w, b.w);
    if (gelu) {
      four.x = gelu_of(four.x);
      four.y = gelu_of(four.y);
      four.z = gelu_of(four.z);
      four.w = gelu_of(four.w);
    }
    if (aligned) {
      STORE4(y + c, four);
    } else {
      y[c] = four.x;
      if (c + 1 < columns) y[c + 1] = four.y;
      if (c + 2 < columns) y[c + 2] = four.z;
      if (c + 3 < columns) y[c + 3] = four.w;
    }
  }
}
