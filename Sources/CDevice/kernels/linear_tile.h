// One kernel of linear.h: a group computes TILE_ROWS x TILE_COLUMNS elements of C.
//
// A warp is 4 x 8 items, the warps are 4 x 2 or 2 x 2. An item holds R x C sums: R rows in blocks
// of four that are 16 rows apart, and C columns in blocks of four that are 32 columns apart. So
// the items of a warp read 16 neighbouring floats of A and 32 of W, each from its own bank.
//
// Two copies of 16 terms of A and W alternate in shared memory, one row of it for each term. While
// the group computes with one copy, each item fetches its part of the next, half by half.

#define TERMS 16
#define STRIDE_A (TILE_ROWS + 4)
#define STRIDE_W (TILE_COLUMNS + 4)
#define WARP_ROWS (TILE_ITEMS / 64)
#define R (TILE_ROWS / WARP_ROWS / 4)
#define C (TILE_COLUMNS / 2 / 8)
// The loads of four floats that an item makes for 16 terms, one or two.
#define LOADS_A (TILE_ROWS * TERMS / 4 / TILE_ITEMS)
#define LOADS_W (TILE_COLUMNS * TERMS / 4 / TILE_ITEMS)
// The term of an item's load. Two items share a row, so that stores fall into different banks.
#define TERM_A(load) (((load)*TILE_ITEMS + item) / (2 * TILE_ROWS) * 8 + item % 2 * 4)
#define TERM_W(load) (((load)*TILE_ITEMS + item) / (2 * TILE_COLUMNS) * 8 + item % 2 * 4)
#define KEEP(store, stride, row, term, four)                                                       \
  do {                                                                                             \
    (store)[((term) + 0) * (stride) + (row)] = (four).x;                                           \
    (store)[((term) + 1) * (stride) + (row)] = (four).y;                                           \
    (store)[((term) + 2) * (stride) + (row)] = (four).z;                                           \
    (store)[((term) + 3) * (stride) + (row)] = (four).w;                                           \
  } while (0)

KERNEL(TILE_ITEMS, TILE_GROUPS) void TILE(LINEAR_ARGUMENTS) {
  SHARED_ARRAY(float, storeA, 2 * TERMS * STRIDE_A);
  SHARED_ARRAY(float, storeW, 2 * TERMS * STRIDE_W);
  const int item = ITEM, warp = item / 32, lane = item % 32;
  const int firstRow = GROUP(1) * TILE_ROWS, firstColumn = GROUP(0) * TILE_COLUMNS;
  const wide batch = GROUP(2);
  a += batch * aBatch;
  w += batch * wBatch;
  const int aligned = linear_aligned(a, aStride, aBatch, w, wBatch, k);

  // Rows and columns beyond the last repeat the last; their sums are not written.
  const int rowA = item / 2 % TILE_ROWS, rowW = item / 2 % TILE_COLUMNS;
  const int placeA = firstRow + rowA < m ? firstRow + rowA : m - 1;
  const int placeW = firstColumn + rowW < n ? firstColumn + rowW : n - 1;
  GLOBAL const float *restrict sourceA = a + (rows ? rows[placeA] : placeA) * (wide)aStride;
  GLOBAL const float *restrict sourceW = w + placeW * (wide)k;

  // The item's own rows and columns within the tile.
  const int ownRow = warp % WARP_ROWS * (4 * R) + lane / 8 * 4;
  const int ownColumn = warp / WARP_ROWS * (8 * C) + lane % 8 * 4;
  float sum[R][C];
  UNROLL for (int i = 0; i < R; i++) { UNROLL for (int j = 0; j < C; j++) sum[i][j] = 0.0f; }

  UNROLL for (int load = 0; load < LOADS_A; load++) {
    int term = TERM_A(load);
    float4 four = four_terms(sourceA + term, sourceA, k - term, aligned);
    KEEP(storeA, STRIDE_A, rowA, term, four);
  }
  UNROLL for (int load = 0; load < LOADS_W; load++) {
    int term = TERM_W(load);
    float4 four = four_terms(sourceW + term, sourceW, k - term, aligned);
    KEEP(storeW, STRIDE_W, rowW, term, four);
  }
  BARRIER();

  int copy = 0;
  for (int left = k - TERMS; left > -TERMS; left -= TERMS) {
    sourceA += TERMS;
    sourceW += TERMS;
    LOCAL const float *restrict nowA = storeA + copy * (TERMS * STRIDE_A) + ownRow;
    LOCAL const float *restrict nowW = storeW + copy * (TERMS * STRIDE_W) + ownColumn;
    copy = 1 - copy;
    LOCAL float *restrict thenA = storeA + copy * (TERMS * STRIDE_A);
    LOCAL float *restrict thenW = storeW + copy * (TERMS * STRIDE_W);
    UNROLL for (int turn = 0; turn < 2; turn++) {
      float4 fourA, fourW;
      if (turn < LOADS_A) {
        fourA = four_terms(sourceA + TERM_A(turn), sourceA - TERMS, left - TERM_A(turn), aligned);
      }
      if (turn < LOADS_W) {
        fourW = four_terms(sourceW + TERM_W(turn), sourceW - TERMS, left - TERM_W(turn), aligned);
      }
      UNROLL for (int t = turn * 8; t < turn * 8 + 8; t++) {
        float x[R], y[C];
        UNROLL for (int i = 0; i < R; i += 4) {
          float4 four = LOCAL_LOAD4(nowA + t * STRIDE_A + i * 4);
          x[i] = four.x, x[i + 1] = four.y, x[i + 2] = four.z, x[i + 3] = four.w;
        }
        UNROLL for (int j = 0; j < C; j += 4) {
          float4 four = LOCAL_LOAD4(nowW + t * STRIDE_W + j * 8);
          y[j] = four.x, y[j + 1] = four.y, y[j + 2] = four.z, y[j + 3] = four.w;
        }
        UNROLL for (int i = 0; i < R; i++) {
          UNROLL for (int j = 0; j < C; j++) sum[i][j] = FMA(x[i], y[j], sum[i][j]);
        }
      }
      if (turn < LOADS_A) KEEP(thenA, STRIDE_A, rowA, TERM_A(turn), fourA);
      if (turn < LOADS_W) KEEP(thenW, STRIDE_W, rowW, TERM_W(turn), fourW);
    }
    BARRIER();
  }

  c += batch * cBatch;
  if (addend) addend += batch * cBatch;
  if (bias) bias += batch * biasBatch;
  const int alignedC =
    ((n | cStride | cBatch) & 3) == 0 && ALIGNED4(c) && (!addend || ALIGNED4(addend));
  UNROLL for (int j = 0; j < C; j += 4) {
    int column = firstColumn + ownColumn + j * 8, left = n - column;
    if (left > 0) {
      float offset[4];
      UNROLL for (int e = 0; e < 4; e++) offset[e] = bias && e < left ? bias[column + e] : 0.0f;
      UNROLL for (int i = 0; i < R; i++) {
        int row = firstRow + ownRow + i / 4 * 16 + i % 4;
        if (row < m) {
          wide place = row * (wide)cStride + column;
          linear_store(
            c + place, addend ? addend + place : addend, sum[i][j], sum[i][j + 1], sum[i][j + 2],
            sum[i][j + 3], offset, left, activation, alignedC
          );
        }
      }
    }
  }
}
#undef TILE
#undef TILE_ROWS
#undef TILE_COLUMNS
#undef TILE_ITEMS
#undef TILE_GROUPS
#undef TERMS
#undef STRIDE_A
#undef STRIDE_W
#undef WARP_ROWS
#undef R
#undef C
#undef LOADS_A
#undef LOADS_W
#undef TERM_A
#undef TERM_W
#undef KEEP
