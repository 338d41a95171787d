// Sums of a matrix's rows and columns, weighted by a vector.

/// Dots of the parts of rows with the parts of a vector:
///
///     out[i · outStride + p] = Σ_c x[i · xStride + p · columns + c] y[p · columns + c]
///
/// and out[i · outStride + parts] = last[i], or 0 if last is null, if outStride > parts.
/// Groups: (rows, parts).
KERNEL(64, 16)
void head_row_dots(
  GLOBAL const float *restrict x, int xStride, GLOBAL const float *restrict y, int columns,
  int parts, GLOBAL const float *restrict last, GLOBAL float *restrict out, int outStride
) {
  SHARED_ARRAY(float, part, 64);
  const int item = ITEM, row = GROUP(0), p = GROUP(1);
  x += row * (wide)xStride + p * (wide)columns;
  y += p * (wide)columns;
  float sum = 0.0f;
  for (int c = item; c < columns; c += 64) sum = FMA(x[c], y[c], sum);
  part[item] = sum;
  BARRIER();
  for (int reach = 32; reach > 0; reach /= 2) {
    if (item < reach) part[item] = part[item] + part[item + reach];
    BARRIER();
  }
  if (item == 0) {
    out[row * (wide)outStride + p] = part[0];
    if (p == 0 && outStride > parts) out[row * (wide)outStride + parts] = last ? last[row] : 0.0f;
  }
}

/// Weighted sums of columns:
///
///     out[c] = addend[c · addendStride] + u[c / part] v[c] + Σ_r x[r · xStride + c] w(r, c)
///     w(r, c) = w[r · wStride + c / part]
///
/// Without addend, u or w, these terms are 0, 0 and 1. `out` may be v.
/// Groups: (⌈columns / 8⌉). 32 items share a column: item i adds the rows i, i + 32, ….
KERNEL(256, 8)
void head_column_sums(
  GLOBAL const float *restrict x, int xStride, GLOBAL const float *restrict w, int wStride,
  int part, GLOBAL const float *restrict addend, int addendStride, GLOBAL const float *restrict u,
  GLOBAL const float *v, GLOBAL float *out, int rows, int columns
) {
  SHARED_ARRAY(float, sums, 256);
  const int item = ITEM, slice = item / 8, c = GROUP(0) * 8 + item % 8;
  float sum = 0.0f;
  if (c < columns) {
    for (int r = slice; r < rows; r += 32) {
      sum = FMA(x[r * (wide)xStride + c], w ? w[r * (wide)wStride + c / part] : 1.0f, sum);
    }
  }
  sums[item] = sum;
  BARRIER();
  for (int reach = 16; reach > 0; reach /= 2) {
    if (slice < reach) sums[item] = sums[item] + sums[item + reach * 8];
    BARRIER();
  }
  if (slice == 0 && c < columns) {
    float result = sums[item];
    if (u) result = FMA(u[c / part], v[c], result);
    if (addend) result = result + addend[c * (wide)addendStride];
    out[c] = result;
  }
}

/// out[i] = Σ_p parts[p · count + i], in the order of p. Groups: (⌈count / 128⌉).
KERNEL(128, 12)
void head_sum_of_parts(
  GLOBAL const float *restrict parts, int number, int count, GLOBAL float *restrict out
) {
  const int i = GROUP(0) * 128 + ITEM;
  if (i < count) {
    float sum = 0.0f;
    for (int p = 0; p < number; p++) sum = sum + parts[p * (wide)count + i];
    out[i] = sum;
  }
}
