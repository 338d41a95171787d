// Products as the CPU computes them fastest, a group at a time, with the bits of linear.h: each
// element's sum is the same chain of fused multiply-adds, and vectors run over n.

typedef float lanes __attribute__((ext_vector_type(8)));

static inline lanes load_lanes(const float *p) {
  lanes x;
  memcpy(&x, p, sizeof x);
  return x;
}

// Rows and columns of a block of sums: 12 of the 16 vector registers.
#define BLOCK_ROWS 6
#define BLOCK_COLUMNS 16

/// Computes `count` <= BLOCK_ROWS rows of sums from a panel [k][BLOCK_COLUMNS] of W.
static inline __attribute__((always_inline)) void direct_block(
  const float *const *rows, const float *panel, int k, int count, float *sums
) {
  lanes sum[BLOCK_ROWS][2];
  for (int i = 0; i < count; i++) sum[i][0] = sum[i][1] = 0.0f;
  for (wide t = 0; t < k; t++) {
    lanes y0 = load_lanes(panel + t * BLOCK_COLUMNS);
    lanes y1 = load_lanes(panel + t * BLOCK_COLUMNS + 8);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
      lanes x = rows[i][t];
      sum[i][0] = __builtin_elementwise_fma(x, y0, sum[i][0]);
      sum[i][1] = __builtin_elementwise_fma(x, y1, sum[i][1]);
    }
  }
  memcpy(sums, sum, sizeof(float) * (size_t)(count * BLOCK_COLUMNS));
}

/// Copies W's rows column ..< column + BLOCK_COLUMNS to [k][BLOCK_COLUMNS]. The last row stands in
/// for those after it.
static void direct_panel(const float *w, int column, int n, int k, float *restrict panel) {
  const float *rows[BLOCK_COLUMNS];
  for (int j = 0; j < BLOCK_COLUMNS; j++)
    rows[j] = w + (column + j < n ? column + j : n - 1) * (wide)k;
  wide t = 0;
  for (; t + 8 <= k; t += 8) {
    float block[BLOCK_COLUMNS][8];
    for (int j = 0; j < BLOCK_COLUMNS; j++) memcpy(block[j], rows[j] + t, sizeof block[j]);
    for (int e = 0; e < 8; e++)
      for (int j = 0; j < BLOCK_COLUMNS; j++) panel[(t + e) * BLOCK_COLUMNS + j] = block[j][e];
  }
  for (; t < k; t++)
    for (int j = 0; j < BLOCK_COLUMNS; j++) panel[t * BLOCK_COLUMNS + j] = rows[j][t];
}

static void direct_linear(LINEAR_ARGUMENTS, int tileRows, int tileColumns) {
  const wide batch = GROUP(2);
  const int firstRow = GROUP(1) * tileRows, firstColumn = GROUP(0) * tileColumns;
  const int lastRow = firstRow + tileRows < m ? firstRow + tileRows : m;
  const int lastColumn = firstColumn + tileColumns < n ? firstColumn + tileColumns : n;
  a += batch * aBatch;
  w += batch * wBatch;
  c += batch * cBatch;
  if (addend) addend += batch * cBatch;
  if (bias) bias += batch * biasBatch;
  float *panel = malloc(sizeof(float) * BLOCK_COLUMNS * (size_t)(k > 0 ? k : 1));
  if (!panel) abort();
  for (int column = firstColumn; column < lastColumn; column += BLOCK_COLUMNS) {
    const int width = lastColumn - column < BLOCK_COLUMNS ? lastColumn - column : BLOCK_COLUMNS;
    direct_panel(w, column, n, k, panel);
    float offsets[BLOCK_COLUMNS] = {0};
    if (bias) memcpy(offsets, bias + column, sizeof(float) * (size_t)width);
    for (int row = firstRow; row < lastRow; row += BLOCK_ROWS) {
      const int count = lastRow - row < BLOCK_ROWS ? lastRow - row : BLOCK_ROWS;
      const float *sources[BLOCK_ROWS];
      for (int i = 0; i < count; i++)
        sources[i] = a + (rows ? rows[row + i] : row + i) * (wide)aStride;
      float sums[BLOCK_ROWS * BLOCK_COLUMNS];
      if (count == BLOCK_ROWS) {
        direct_block(sources, panel, k, BLOCK_ROWS, sums);
      } else {
        for (int i = 0; i < count; i++)
          direct_block(sources + i, panel, k, 1, sums + i * BLOCK_COLUMNS);
      }
      for (int i = 0; i < count; i++) {
        float *target = c + (row + i) * (wide)cStride + column;
        float added[BLOCK_COLUMNS] = {0}, results[BLOCK_COLUMNS];
        if (addend)
          memcpy(added, addend + (row + i) * (wide)cStride + column, sizeof(float) * (size_t)width);
        for (int j = 0; j < BLOCK_COLUMNS; j++)
          results[j] = linear_result(sums[i * BLOCK_COLUMNS + j], offsets[j], added[j], activation);
        memcpy(target, results, sizeof(float) * (size_t)width);
      }
    }
  }
  free(panel);
}

/// Reads the arguments of a product as the driver passes them.
#define DIRECT_LINEAR(name, rows, columns)                                                         \
  static void direct_##name(void *const *arguments) {                                              \
    direct_linear(                                                                                 \
      READ_p(0), READ_p(1), READ_i(2), READ_i(3), READ_p(4), READ_i(5), READ_p(6), READ_i(7),      \
      READ_p(8), READ_p(9), READ_i(10), READ_i(11), READ_i(12), READ_i(13), READ_i(14),            \
      READ_i(15), rows, columns                                                                    \
    );                                                                                             \
  }
DIRECT_LINEAR(linear_128x128, 128, 128)
DIRECT_LINEAR(linear_128x64, 128, 64)
DIRECT_LINEAR(linear_64x64, 64, 64)
DIRECT_LINEAR(linear_32x64, 32, 64)

static const struct {
  const char *name;
  void (*group)(void *const *arguments);
  int rows, columns;
} direct[] = {
  {"linear_128x128", direct_linear_128x128, 128, 128},
  {"linear_128x64", direct_linear_128x64, 128, 64},
  {"linear_64x64", direct_linear_64x64, 64, 64},
  {"linear_32x64", direct_linear_32x64, 32, 64},
};
