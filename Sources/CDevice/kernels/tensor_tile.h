// One kernel of tensor.h: a group computes 128 x 128 elements of C. Its warps are 2 rows of
// TENSOR_ITEMS / 64 warps. A warp computes 64 x BLOCKS · 8 elements in blocks of 16 x 8.

#define BLOCKS (8 * 128 / TENSOR_ITEMS)
#define LOADS (128 * STEP / 4 / TENSOR_ITEMS)
// Begins to copy the terms step · STEP + 0 ..< STEP of the tile's rows of A and W.
#define FETCH(step)                                                                                \
  do {                                                                                             \
    LOCAL float *stage = shared + (step) % STAGES * (2 * 128 * ROW);                               \
    int term = (step)*STEP + item % 4 * 4;                                                         \
    UNROLL for (int load = 0; load < LOADS; load++) {                                              \
      int row = load * (TENSOR_ITEMS / 4) + item / 4;                                              \
      int place = row * ROW + item % 4 * 4, exists = term < k;                                     \
      copy_sixteen(stage + place, exists ? a + placeA[load] * (wide)aStride + term : a, exists);   \
      copy_sixteen(                                                                                \
        stage + 128 * ROW + place, exists ? w + placeW[load] * (wide)k + term : w, exists          \
      );                                                                                           \
    }                                                                                              \
  } while (0)

KERNEL(TENSOR_ITEMS, TENSOR_GROUPS) void TENSOR_KERNEL(LINEAR_ARGUMENTS) {
  LARGE_SHARED_ARRAY(float, shared, TENSOR_FLOATS); // [stage][A, W][row][term]
  WARP_MEMORY(exchange, TENSOR_ITEMS);
  const int item = ITEM, warp = item / 32, lane = item % 32;
  const int firstRow = GROUP(1) * 128, firstColumn = GROUP(0) * 128;
  const int warpRow = warp % 2 * 64, warpColumn = warp / 2 * (BLOCKS * 8);
  const wide batch = GROUP(2);
  a += batch * aBatch;
  w += batch * wBatch;

  // Rows and columns beyond the last repeat the last; their sums are not written.
  int placeA[LOADS], placeW[LOADS];
  UNROLL for (int load = 0; load < LOADS; load++) {
    int row = load * (TENSOR_ITEMS / 4) + item / 4;
    int last = firstRow + row < m ? firstRow + row : m - 1;
    placeA[load] = rows ? rows[last] : last;
    placeW[load] = firstColumn + row < n ? firstColumn + row : n - 1;
  }
  // The places of the rows whose addresses this item gives to load_blocks.
  const int givenA = (warpRow + lane % 16) * ROW + lane / 16 * 4;
  const int givenW = (128 + warpColumn + lane / 16 * 8 + lane % 8) * ROW + lane / 8 % 2 * 4;

  float sum[4][BLOCKS][4];
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < BLOCKS; j++) {
      UNROLL for (int e = 0; e < 4; e++) sum[i][j][e] = 0.0f;
    }
  }
#if SPLIT
  float part[4][BLOCKS][4];
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < BLOCKS; j++) {
      UNROLL for (int e = 0; e < 4; e++) part[i][j][e] = 0.0f;
    }
  }
#endif

  const int steps = (k + STEP - 1) / STEP;
  UNROLL for (int step = 0; step < STAGES - 1; step++) {
    if (step < steps) FETCH(step);
    END_COPIES();
  }
  for (int step = 0; step < steps; step++) {
    AWAIT_COPIES(STAGES - 2);
    BARRIER();
    if (step + STAGES - 1 < steps) FETCH(step + STAGES - 1);
    END_COPIES();
    LOCAL const float *stage = shared + step % STAGES * (2 * 128 * ROW);
    UNROLL for (int t = 0; t < STEP; t += 8) {
      float y[BLOCKS][2];
#if SPLIT
      float yRest[BLOCKS][2];
#endif
      UNROLL for (int j = 0; j < BLOCKS; j += 2) {
        float raw[4];
        load_blocks(stage + givenW + j * 8 * ROW + t, raw WARP(exchange));
        UNROLL for (int e = 0; e < 4; e++) {
          y[j + e / 2][e % 2] = tf32_of(raw[e]);
#if SPLIT
          yRest[j + e / 2][e % 2] = raw[e] - y[j + e / 2][e % 2];
#endif
        }
      }
      float x[4][4];
#if SPLIT
      float xRest[4][4];
#endif
      UNROLL for (int i = 0; i < 4; i++) {
        float raw[4];
        load_blocks(stage + givenA + i * 16 * ROW + t, raw WARP(exchange));
        UNROLL for (int e = 0; e < 4; e++) {
          x[i][e] = tf32_of(raw[e]);
#if SPLIT
          xRest[i][e] = raw[e] - x[i][e];
#endif
        }
      }
      // Products that follow each other go to different sums: none waits for the one before it.
#if SPLIT
      UNROLL for (int i = 0; i < 4; i++) {
        UNROLL for (int j = 0; j < BLOCKS; j++)
          multiply_blocks(part[i][j], xRest[i], y[j] WARP(exchange));
      }
      UNROLL for (int i = 0; i < 4; i++) {
        UNROLL for (int j = 0; j < BLOCKS; j++)
          multiply_blocks(part[i][j], x[i], yRest[j] WARP(exchange));
      }
      UNROLL for (int i = 0; i < 4; i++) {
        UNROLL for (int j = 0; j < BLOCKS; j++)
          multiply_blocks(part[i][j], x[i], y[j] WARP(exchange));
      }
#else
      UNROLL for (int i = 0; i < 4; i++) {
        UNROLL for (int j = 0; j < BLOCKS; j++)
          multiply_blocks(sum[i][j], x[i], y[j] WARP(exchange));
      }
#endif
    }
#if SPLIT
    if (step % 2 == 1 || step + 1 == steps) {
      UNROLL for (int i = 0; i < 4; i++) {
        UNROLL for (int j = 0; j < BLOCKS; j++) {
          UNROLL for (int e = 0; e < 4; e++) {
            sum[i][j][e] = sum[i][j][e] + part[i][j][e];
            part[i][j][e] = 0.0f;
          }
        }
      }
    }
#endif
  }

  // Through shared memory, so that each item writes four neighbours and the loop stays short: the
  // code of the GELU for each of its sums would not fit the cache of instructions.
  AWAIT_COPIES(0);
  BARRIER();
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < BLOCKS; j++) {
      UNROLL for (int e = 0; e < 4; e++) {
        int row = warpRow + i * 16 + e / 2 * 8 + lane / 4;
        shared[row * SUMS_ROW + warpColumn + j * 8 + lane % 4 * 2 + e % 2] = sum[i][j][e];
      }
    }
  }
  BARRIER();
  c += batch * cBatch;
  if (addend) addend += batch * cBatch;
  if (bias) bias += batch * biasBatch;
  const int alignedC =
    ((n | cStride | cBatch) & 3) == 0 && ALIGNED4(c) && (!addend || ALIGNED4(addend));
  const int column = firstColumn + item % 32 * 4, left = n - column;
  float offset[4];
  UNROLL for (int e = 0; e < 4; e++) offset[e] = bias && e < left ? bias[column + e] : 0.0f;
  UNROLL_TWICE for (int row = item / 32; row < 128; row += TENSOR_ITEMS / 32) {
    if (firstRow + row < m && left > 0) {
      wide place = (firstRow + row) * (wide)cStride + column;
      float4 four = LOCAL_LOAD4(shared + row * SUMS_ROW + item % 32 * 4);
      linear_store(
        c + place, addend ? addend + place : addend, four.x, four.y, four.z, four.w, offset, left,
        activation, alignedC
      );
    }
  }
}
#undef TENSOR_KERNEL
#undef TENSOR_ITEMS
#undef TENSOR_GROUPS
#undef SPLIT
#undef BLOCKS
#undef LOADS
#undef FETCH
