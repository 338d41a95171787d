// One kernel of head_product.h: a group computes TILE x TILE elements of C.
//
// A warp is 4 x 8 items, the warps are 4 x 2, 2 x 2 or 2 x 1. An item holds R x C sums, in blocks
// of four rows and four columns. Two copies of 16 terms of A and B alternate in shared memory, one
// row of it for each term. While the group computes with one copy, each item fetches its part of
// the next.

#define ITEMS (TILE * 2)
#define TERMS 16
#define STRIDE (TILE + 4)
#define WARP_ROWS (TILE == 128 ? 4 : 2)
#define WARP_COLUMNS (TILE == 32 ? 1 : 2)
#define R (TILE / WARP_ROWS / 4)
#define C (TILE / WARP_COLUMNS / 8)
// Where an item's fetch of four numbers begins: along the terms or along the rows.
#define ALONG_TERM(octet) ((octet)*8 + item % 2 * 4)
#define ALONG_PLACE (item / 2)
#define ACROSS_TERM(octet) ((octet)*8 + item / (TILE / 4))
#define ACROSS_PLACE (item % (TILE / 4) * 4)
#define KEEP_ALONG(store, octet, four)                                                             \
  do {                                                                                             \
    (store)[(ALONG_TERM(octet) + 0) * STRIDE + ALONG_PLACE] = (four).x;                            \
    (store)[(ALONG_TERM(octet) + 1) * STRIDE + ALONG_PLACE] = (four).y;                            \
    (store)[(ALONG_TERM(octet) + 2) * STRIDE + ALONG_PLACE] = (four).z;                            \
    (store)[(ALONG_TERM(octet) + 3) * STRIDE + ALONG_PLACE] = (four).w;                            \
  } while (0)
#define KEEP_ACROSS(store, octet, four)                                                            \
  LOCAL_STORE4((store) + ACROSS_TERM(octet) * STRIDE + ACROSS_PLACE, four)
// Where an item's first fetch begins, and the fetch of half of 16 terms of which `left` are left.
// What lies outside of the matrix counts as 0.
#define START_ALONG(source, stride, start)                                                         \
  ((source) + ((start) + ALONG_PLACE) * (wide)(stride) + ALONG_TERM(0))
#define START_ACROSS(source, stride, start)                                                        \
  ((source) + ACROSS_TERM(0) * (wide)(stride) + (start) + ACROSS_PLACE)
#define FETCH_ALONG(source, stride, start, count, aligned, octet, left)                            \
  head_four(                                                                                       \
    (source) + (octet)*8, (start) + ALONG_PLACE < (count) ? (left)-ALONG_TERM(octet) : 0, aligned  \
  )
#define FETCH_ACROSS(source, stride, start, count, aligned, octet, left)                           \
  head_four(                                                                                       \
    (source) + (octet)*8 * (wide)(stride),                                                         \
    ACROSS_TERM(octet) < (left) ? (count) - (start)-ACROSS_PLACE : 0, aligned                      \
  )
#if TRANSPOSED_A
#define START_A START_ACROSS(a, aStride, firstRow)
#define STEP_A (TERMS * (wide)aStride)
#define FETCH_A(octet, left) FETCH_ACROSS(sourceA, aStride, firstRow, rows, alignedA, octet, left)
#define KEEP_A(store, octet, four) KEEP_ACROSS(store, octet, four)
#else
#define START_A START_ALONG(a, aStride, firstRow)
#define STEP_A TERMS
#define FETCH_A(octet, left) FETCH_ALONG(sourceA, aStride, firstRow, rows, alignedA, octet, left)
#define KEEP_A(store, octet, four) KEEP_ALONG(store, octet, four)
#endif
#if TRANSPOSED_B
#define START_B START_ALONG(b, bStride, firstColumn)
#define STEP_B TERMS
#define FETCH_B(octet, left)                                                                       \
  FETCH_ALONG(sourceB, bStride, firstColumn, columns, alignedB, octet, left)
#define KEEP_B(store, octet, four) KEEP_ALONG(store, octet, four)
#else
#define START_B START_ACROSS(b, bStride, firstColumn)
#define STEP_B (TERMS * (wide)bStride)
#define FETCH_B(octet, left)                                                                       \
  FETCH_ACROSS(sourceB, bStride, firstColumn, columns, alignedB, octet, left)
#define KEEP_B(store, octet, four) KEEP_ACROSS(store, octet, four)
#endif

KERNEL(ITEMS, 512 / ITEMS) void PRODUCT(HEAD_PRODUCT_ARGUMENTS) {
  SHARED_ARRAY(float, storeA, 2 * TERMS * STRIDE);
  SHARED_ARRAY(float, storeB, 2 * TERMS * STRIDE);
  const int item = ITEM, warp = item / 32, lane = item % 32;
  const int firstRow = GROUP(1) * TILE, firstColumn = GROUP(2) * TILE;
  if (table) {
    table += 8 * (wide)GROUP(0);
    a += table[0];
    b += table[1];
    k = (int)table[6];
    if (aStride == 0) aStride = (int)table[7];
    if (bStride == 0) bStride = (int)table[7];
  }
  const int rows = table ? (int)table[4] : m, columns = table ? (int)table[5] : n;
  // All items of the group leave, or none.
  if (firstRow >= rows || firstColumn >= columns) return;
  const int alignedA = (aStride & 3) == 0 && ALIGNED4(a);
  const int alignedB = (bStride & 3) == 0 && ALIGNED4(b);

  GLOBAL const float *sourceA = START_A, *sourceB = START_B;

  // The item's own rows and columns within the tile.
  const int ownRow = (warp % WARP_ROWS * 4 + lane / 8) * 4;
  const int ownColumn = (warp / WARP_ROWS * 8 + lane % 8) * 4;
  float sum[R][C];
  UNROLL for (int i = 0; i < R; i++) { UNROLL for (int j = 0; j < C; j++) sum[i][j] = 0.0f; }

  UNROLL for (int octet = 0; octet < 2; octet++) {
    float4 fourA = FETCH_A(octet, k), fourB = FETCH_B(octet, k);
    KEEP_A(storeA, octet, fourA);
    KEEP_B(storeB, octet, fourB);
  }
  BARRIER();

  int copy = 0;
  for (int left = k - TERMS; left > -TERMS; left -= TERMS) {
    sourceA += STEP_A;
    sourceB += STEP_B;
    LOCAL const float *restrict nowA = storeA + copy * (TERMS * STRIDE) + ownRow;
    LOCAL const float *restrict nowB = storeB + copy * (TERMS * STRIDE) + ownColumn;
    copy = 1 - copy;
    LOCAL float *restrict thenA = storeA + copy * (TERMS * STRIDE);
    LOCAL float *restrict thenB = storeB + copy * (TERMS * STRIDE);
    // A quarter of the terms at a time: one fetch is under way in each.
    UNROLL for (int quarter = 0; quarter < 4; quarter++) {
      const int octet = quarter / 2;
      const float4 four = quarter % 2 == 0 ? FETCH_A(octet, left) : FETCH_B(octet, left);
      UNROLL for (int t = quarter * 4; t < quarter * 4 + 4; t++) {
        float x[R], y[C];
        UNROLL for (int i = 0; i < R; i += 4) {
          float4 own = LOCAL_LOAD4(nowA + t * STRIDE + i * (4 * WARP_ROWS));
          x[i] = own.x, x[i + 1] = own.y, x[i + 2] = own.z, x[i + 3] = own.w;
        }
        UNROLL for (int j = 0; j < C; j += 4) {
          float4 own = LOCAL_LOAD4(nowB + t * STRIDE + j * (8 * WARP_COLUMNS));
          y[j] = own.x, y[j + 1] = own.y, y[j + 2] = own.z, y[j + 3] = own.w;
        }
        UNROLL for (int i = 0; i < R; i++) {
          UNROLL for (int j = 0; j < C; j++) sum[i][j] = FMA(x[i], y[j], sum[i][j]);
        }
      }
      if (quarter % 2 == 0) {
        KEEP_A(thenA, octet, four);
      } else {
        KEEP_B(thenB, octet, four);
      }
    }
    BARRIER();
  }

  // Read again: registers are short while the group computes.
  if (table) {
    c += table[2];
    if (bias) bias += table[3];
    m = (int)table[4];
    n = (int)table[5];
    if (cStride == 0) cStride = (int)table[7];
  }
  const int alignedC = (cStride & 3) == 0 && ALIGNED4(c);
  UNROLL for (int i = 0; i < R; i++) {
    const int row = firstRow + ownRow + i / 4 * (16 * WARP_ROWS) + i % 4;
    UNROLL for (int j = 0; j < C; j += 4) {
      const int column = firstColumn + ownColumn + j * (8 * WARP_COLUMNS), rest = n - column;
      if (row < m && rest > 0) {
        GLOBAL float *place = c + row * (wide)cStride + column;
        float4 add, held;
        add.x = add.y = add.z = add.w = held.x = held.y = held.z = held.w = 0.0f;
        if (bias) add = head_four(bias + column, rest, 0);
        if (accumulate) held = head_four(place, rest, alignedC);
        held.x = held.x + (scale * sum[i][j] + add.x);
        held.y = held.y + (scale * sum[i][j + 1] + add.y);
        held.z = held.z + (scale * sum[i][j + 2] + add.z);
        held.w = held.w + (scale * sum[i][j + 3] + add.w);
        if (alignedC && rest >= 4) {
          STORE4(place, held);
        } else {
          place[0] = held.x;
          if (rest > 1) place[1] = held.y;
          if (rest > 2) place[2] = held.z;
          if (rest > 3) place[3] = held.w;
        }
      }
    }
  }
}
#undef PRODUCT
#undef TRANSPOSED_A
#undef TRANSPOSED_B
#undef TILE
#undef ITEMS
#undef TERMS
#undef STRIDE
#undef WARP_ROWS
#undef WARP_COLUMNS
#undef R
#undef C
#undef ALONG_TERM
#undef ALONG_PLACE
#undef ACROSS_TERM
#undef ACROSS_PLACE
#undef KEEP_ALONG
#undef KEEP_ACROSS
#undef FETCH_ALONG
#undef FETCH_ACROSS
#undef FETCH_A
#undef KEEP_A
#undef FETCH_B
#undef KEEP_B
#undef START_A
#undef STEP_A
#undef START_B
#undef STEP_B
#undef START_ALONG
#undef START_ACROSS
