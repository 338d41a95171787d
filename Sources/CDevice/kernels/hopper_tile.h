// One kernel of hopper.h: a group computes WARPGROUPS · 64 x COLUMNS elements of C.

#define ROWS (WARPGROUPS * 64)
#define ITEMS (WARPGROUPS * 128 + 128)
#define STAGE (HOPPER_TERMS * (ROWS + COLUMNS * (1 + SPLIT)))
#define SUMS (COLUMNS / 2)
// Reads this item's terms of A of a stage that has arrived or will arrive.
#define LOAD_FRAGMENTS(step)                                                                       \
  do {                                                                                             \
    await_barrier(FULL + (step) % HOPPER_STAGES, ITEMS HOPPER(memory));                            \
    LOCAL const float *arrived = shared + (step) % HOPPER_STAGES * STAGE + given * HOPPER_TERMS;   \
    UNROLL for (int t = 0; t < HOPPER_TERMS / 8; t++) {                                            \
      load_fragment(arrived + CHUNK(given, t * 2 + lane / 16), raw + t * 4 HOPPER(memory));        \
    }                                                                                              \
  } while (0)
#define MULTIPLY_(columns) multiply_##columns
#define MULTIPLY_COLUMNS(columns) MULTIPLY_(columns)
#define MULTIPLY MULTIPLY_COLUMNS(COLUMNS)

KERNEL(ITEMS, 1) void HOPPER_KERNEL(LINEAR_ARGUMENTS) {
  // [stage]([row of A][term], [row of W][term], [row of W][rest of the term])
  ALIGNED_SHARED_ARRAY(float, shared, HOPPER_STAGES *STAGE);
  HOPPER_MEMORY(memory, ITEMS);
  const int item = ITEM % 128, warpgroup = ITEM / 128;
  const int firstRow = GROUP(1) * ROWS, firstColumn = GROUP(0) * COLUMNS;
  const int steps = (k + HOPPER_TERMS - 1) / HOPPER_TERMS;
  const wide batch = GROUP(2);

  if (warpgroup == WARPGROUPS) {
    FEWER_REGISTERS(COPYING_REGISTERS);
    // This item copies one chunk of every sixteenth row.
    const int first = item / 8, chunk = item % 8;
    const int place = first * HOPPER_TERMS + CHUNK(first, chunk);
    a += batch * aBatch;
    w += batch * wBatch + (firstColumn + first) * (wide)k;
    // Rows of A beyond the last repeat the last; their sums are not written.
    int places[ROWS / 16];
    UNROLL for (int load = 0; load < ROWS / 16; load++) {
      int row = firstRow + load * 16 + first;
      places[load] = row < m ? row : m - 1;
      if (rows) places[load] = rows[places[load]];
    }
    const int columns = n - firstColumn - first;
    for (int step = 0; step < steps + HOPPER_LAG; step++) {
      if (step < steps) {
        if (step >= HOPPER_STAGES) {
          await_barrier(EMPTY + step % HOPPER_STAGES, ITEMS HOPPER(memory));
        }
        LOCAL float *stage = shared + step % HOPPER_STAGES * STAGE + place;
        int term = step * HOPPER_TERMS + chunk * 4, exists = term < k;
        UNROLL for (int load = 0; load < ROWS / 16; load++) {
          copy_sixteen(
            stage + load * 16 * HOPPER_TERMS, exists ? a + places[load] * (wide)aStride + term : a,
            exists
          );
        }
        UNROLL for (int load = 0; load < COLUMNS / 16; load++) {
          int both = exists && load * 16 < columns;
          copy_sixteen(
            stage + (ROWS + load * 16) * HOPPER_TERMS, both ? w + load * 16 * (wide)k + term : a,
            both
          );
        }
      }
      END_COPIES();
      if (step >= HOPPER_LAG) {
        AWAIT_COPIES(HOPPER_LAG);
        int arrived = (step - HOPPER_LAG) % HOPPER_STAGES;
#if SPLIT
        LOCAL float *terms = shared + arrived * STAGE + ROWS * HOPPER_TERMS + place;
        float4 fours[COLUMNS / 16];
        UNROLL for (int load = 0; load < COLUMNS / 16; load++) {
          fours[load] = LOCAL_LOAD4(terms + load * 16 * HOPPER_TERMS);
        }
        UNROLL for (int load = 0; load < COLUMNS / 16; load++) {
          float4 four = fours[load];
          four.x = rest_of_cut(four.x);
          four.y = rest_of_cut(four.y);
          four.z = rest_of_cut(four.z);
          four.w = rest_of_cut(four.w);
          LOCAL_STORE4(terms + (COLUMNS + load * 16) * HOPPER_TERMS, four);
        }
#endif
        SHOW_TO_WGMMA();
        pass_barrier(FULL + arrived, ITEMS HOPPER(memory));
      }
    }
  } else {
    MORE_REGISTERS(MULTIPLYING_REGISTERS);
    const int warp = item / 32, lane = item % 32;
    // The row whose address this item gives to load_fragment.
    const int given = warpgroup * 64 + warp * 16 + lane % 16;
    float sum[SUMS], raw[HOPPER_TERMS / 2];
    UNROLL for (int i = 0; i < SUMS; i++) sum[i] = 0.0f;
    LOAD_FRAGMENTS(0);
    for (int step = 0; step < steps; step++) {
      LOCAL const float *stage = shared + step % HOPPER_STAGES * STAGE;
      const hopper_rows terms = rows_at(stage + ROWS * HOPPER_TERMS);
      float high[HOPPER_TERMS / 2];
#if SPLIT
      const hopper_rows rests = rows_at(stage + (ROWS + COLUMNS) * HOPPER_TERMS);
      float low[HOPPER_TERMS / 2], part[SUMS];
      UNROLL for (int i = 0; i < HOPPER_TERMS / 2; i++) {
        high[i] = tf32_of(raw[i]);
        low[i] = raw[i] - high[i];
      }
      HOLD(high, HOPPER_TERMS / 2);
      HOLD(low, HOPPER_TERMS / 2);
      BEGIN_PRODUCTS();
      UNROLL for (int t = 0; t < HOPPER_TERMS / 8; t++) {
        MULTIPLY(part, low + t * 4, TERMS_OF(terms, t), t > 0 HOPPER(memory));
        MULTIPLY(part, high + t * 4, TERMS_OF(rests, t), 1 HOPPER(memory));
        MULTIPLY(part, high + t * 4, TERMS_OF(terms, t), 1 HOPPER(memory));
      }
#else
      UNROLL for (int i = 0; i < HOPPER_TERMS / 2; i++) high[i] = tf32_of(raw[i]);
      HOLD(high, HOPPER_TERMS / 2);
      HOLD(sum, SUMS);
      BEGIN_PRODUCTS();
      UNROLL for (int t = 0; t < HOPPER_TERMS / 8; t++) {
        MULTIPLY(sum, high + t * 4, TERMS_OF(terms, t), 1 HOPPER(memory));
      }
#endif
      END_PRODUCTS();
      // The next terms of A come while the tensor cores work.
      if (step + 1 < steps) LOAD_FRAGMENTS(step + 1);
      AWAIT_PRODUCTS();
#if SPLIT
      HOLD(part, SUMS);
#else
      HOLD(sum, SUMS);
#endif
      if (step + HOPPER_STAGES < steps) {
        pass_barrier(EMPTY + step % HOPPER_STAGES, ITEMS HOPPER(memory));
      }
#if SPLIT
      UNROLL for (int i = 0; i < SUMS; i++) sum[i] = sum[i] + part[i];
#endif
    }

    c += batch * cBatch;
    if (addend) addend += batch * cBatch;
    if (bias) bias += batch * biasBatch;
    const int paired = ((cStride | cBatch) & 1) == 0 && ALIGNED8(c) && ALIGNED8(addend);
    // Eight blocks of eight columns at a time: all their addends are under way before the first
    // element is written, since C may be the addend.
    UNROLL for (int j = 0; j < COLUMNS / 8; j += 8) {
      float add[8][2][2];
      UNROLL for (int block = 0; block < 8; block++) {
        int column = firstColumn + (j + block) * 8 + lane % 4 * 2;
        UNROLL for (int half = 0; half < 2; half++) {
          int row = firstRow + warpgroup * 64 + warp * 16 + half * 8 + lane / 4;
          add[block][half][0] = add[block][half][1] = 0.0f;
          if (addend && row < m) {
            load_pair(addend + row * (wide)cStride + column, add[block][half], n - column, paired);
          }
        }
      }
      UNROLL for (int block = 0; block < 8; block++) {
        int column = firstColumn + (j + block) * 8 + lane % 4 * 2;
        float offset0 = bias && column < n ? bias[column] : 0.0f;
        float offset1 = bias && column + 1 < n ? bias[column + 1] : 0.0f;
        UNROLL for (int half = 0; half < 2; half++) {
          float *pair = sum + (j + block) * 4 + half * 2;
          pair[0] = (pair[0] + 0.0f) + offset0;
          pair[1] = (pair[1] + 0.0f) + offset1;
        }
      }
      hopper_activation(sum + j * 4, add[0][0], activation);
      UNROLL for (int block = 0; block < 8; block++) {
        int column = firstColumn + (j + block) * 8 + lane % 4 * 2;
        UNROLL for (int half = 0; half < 2; half++) {
          int row = firstRow + warpgroup * 64 + warp * 16 + half * 8 + lane / 4;
          const float *pair = sum + (j + block) * 4 + half * 2;
          if (row < m) {
            store_pair(c + row * (wide)cStride + column, pair[0], pair[1], n - column, paired);
          }
        }
      }
    }
  }
}
#undef HOPPER_KERNEL
#undef WARPGROUPS
#undef COLUMNS
#undef SPLIT
#undef COPYING_REGISTERS
#undef MULTIPLYING_REGISTERS
#undef ROWS
#undef ITEMS
#undef STAGE
#undef SUMS
#undef LOAD_FRAGMENTS
#undef MULTIPLY_
#undef MULTIPLY_COLUMNS
#undef MULTIPLY
