// Kernels that treat each number by itself. A group of 256 items treats 1024 numbers.

/// Writes `value` to y[0 ..< count]. Groups: (⌈count / 1024⌉).
KERNEL(256, 8) void fill(GLOBAL float *restrict y, int count, float value) {
  const wide from = GROUP(0) * (wide)1024 + ITEM;
  for (wide i = from; i < from + 1024 && i < count; i += 256) y[i] = value;
}

/// y = GELU(x), `count` numbers; y may be x. Groups: (⌈count / 1024⌉).
KERNEL(256, 8) void gelu(GLOBAL const float *x, GLOBAL float *y, int count) {
  const wide from = GROUP(0) * (wide)1024 + ITEM;
  for (wide i = from; i < from + 1024 && i < count; i += 256) y[i] = gelu_of(x[i]);
}

/// y = x + GELU(p), `count` numbers; y may be x or p. Groups: (⌈count / 1024⌉).
KERNEL(256, 8)
void add_gelu(GLOBAL const float *x, GLOBAL const float *p, GLOBAL float *y, int count) {
  const wide from = GROUP(0) * (wide)1024 + ITEM;
  for (wide i = from; i < from + 1024 && i < count; i += 256) y[i] = x[i] + gelu_of(p[i]);
}

/// Copies a matrix between rows of other lengths: y[r · yStride + c] = x[r · xStride + c].
/// Arguments: x, xStride, y, yStride, columns. Groups: (rows, ⌈columns / 1024⌉).
KERNEL(256, 8)
void copy_columns(
  GLOBAL const float *restrict x, int xStride, GLOBAL float *restrict y, int yStride, int columns
) {
  const int from = GROUP(1) * 1024 + ITEM;
  x += GROUP(0) * (wide)xStride;
  y += GROUP(0) * (wide)yStride;
  for (int c = from; c < from + 1024 && c < columns; c += 256) y[c] = x[c];
}
