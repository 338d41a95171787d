// Tensor cores on the CPU: what the instructions of tensor.h do, as far as their documentation
// tells. Sums round towards zero, as they were found to do on cards.

#define WARP_MEMORY(name, items) SHARED_ARRAY(uint64_t, name, (items)*4)
#define WARP(name) , name

/// The number that a tensor core reads: it ignores the low 13 bits.
FUNCTION double tf32_read(float x) {
  return (double)FLOAT_OF_BITS(BITS_OF_FLOAT(x) & (int)0xffffe000);
}

FUNCTION void load_blocks(const float *row, float *four, uint64_t *exchange) {
  int item = ITEM, lane = item % 32;
  const float **given = (const float **)(exchange + (item - lane) * 4);
  given[lane] = row;
  BARRIER();
  for (int block = 0; block < 4; block++) four[block] = given[block * 8 + lane / 4][lane % 4];
  BARRIER();
}

FUNCTION void multiply_blocks(float *d, const float *a, const float *b, uint64_t *exchange) {
  int item = ITEM, lane = item % 32;
  float(*given)[8] = (float(*)[8])(exchange + (item - lane) * 4);
  memcpy(given[lane], a, 4 * sizeof *a);
  memcpy(given[lane] + 4, b, 2 * sizeof *b);
  BARRIER();
  for (int e = 0; e < 4; e++) {
    // Item l holds the rows l / 4 and l / 4 + 8, and the columns 2 (l % 4) + 0…1 of d.
    int row = lane / 4 + e / 2 * 8, column = lane % 4 * 2 + e % 2;
    double sum = (double)d[e];
    for (int k = 0; k < 8; k++) {
      double x = tf32_read(given[row % 8 * 4 + k % 4][row / 8 + k / 4 * 2]);
      double y = tf32_read(given[column * 4 + k % 4][4 + k / 4]);
      sum = FMA_DOUBLE(x, y, sum);
    }
    float rounded = (float)sum;
    if (__builtin_fabs((double)rounded) > __builtin_fabs(sum)) {
      rounded = FLOAT_OF_BITS(BITS_OF_FLOAT(rounded) - 1);
    }
    d[e] = rounded;
  }
  BARRIER();
}

FUNCTION void copy_sixteen(float *target, const float *source, int exists) {
  if (exists) {
    memcpy(target, source, 16);
  } else {
    memset(target, 0, 16);
  }
}
#define END_COPIES()
#define AWAIT_COPIES(count)
