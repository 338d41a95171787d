// Attention of sequences that lie end to end, with WavLM's gated relative position bias if given.
//
//     s[t, j] = q[t] · k[j] · scale + gate[t, h] · bias[h, j - t + (span - 1) / 2]
//     out[t]  = Σⱼ softmaxⱼ(s[t, j]) v[j]        t, j of one sequence, h a head
//
//   q, k, v, stride   rows of queries, keys and values, `stride` floats apart; head h uses the
//                     columns h · features + 0 ..< features.
//   gate, bias, span  [rows, heads] and [heads, span], or null, null, 0. span is odd and at least
//                     twice the longest sequence less 1.
//   tiles             for each tile its first row and its sequence. A tile is 64 queries of one
//                     sequence, its last tile fewer: a sequence has tiles at its rows 0, 64, ….
//   offsets           sequence s has the rows offsets[s] ..< offsets[s + 1].
//   out, outStride    rows of results.
//   heads, features   features ≤ 64.
//   scale             1 / √features.
// Groups: (tiles, heads).
//
// The bits of a row depend on its own sequence alone.

// The sides of a tile of scores, and the greatest number of features.
#define SIDE 64
// Floats from row to row of shared memory.
#define LINE (SIDE + 4)
#define ATTENTION_ITEMS 128
// Items side by side in a row of a tile.
#define ACROSS 16
#define ATTENTION_FLOATS (3 * SIDE * LINE + SIDE * ACROSS + SIDE)

/// Stores rows of a head transposed: target[e · LINE + row], zeros after the last row and feature.
FUNCTION void store_transposed(
  LOCAL float *target, GLOBAL const float *source, int stride, int rows, int features, int aligned,
  int item
) {
  int row = item / 2;
  for (int e = item % 2 * 4; e < features + 4; e += 8) {
    float4 four =
      four_terms(source + row * (wide)stride + e, source, row < rows ? features - e : 0, aligned);
    if (e < SIDE) {
      target[e * LINE + row] = four.x;
      target[(e + 1) * LINE + row] = four.y;
      target[(e + 2) * LINE + row] = four.z;
      target[(e + 3) * LINE + row] = four.w;
    }
  }
}

/// A group of 4 warps, each with 32 rows and 32 columns of a tile. An item has 8 rows, in blocks of
/// four that are 16 rows apart, and 4 columns. Scores and results have the same rows in an item.
KERNEL(ATTENTION_ITEMS, 3)
void attention(
  GLOBAL const float *restrict q, GLOBAL const float *restrict k, GLOBAL const float *restrict v,
  int stride, GLOBAL const float *restrict gate, GLOBAL const float *restrict bias, int span,
  GLOBAL const int *restrict tiles, GLOBAL const int *restrict offsets, GLOBAL float *out,
  int outStride, int heads, int features, float scale
) {
  LARGE_SHARED_ARRAY(float, shared, ATTENTION_FLOATS);
  LOCAL float *queries = shared;                // [feature][row]
  LOCAL float *keys = queries + SIDE * LINE;    // [feature][key], then the weights [row][key]
  LOCAL float *values = keys + SIDE * LINE;     // [key][feature]
  LOCAL float *part = values + SIDE * LINE;     // [row][item in a row]
  LOCAL float *greatest = part + SIDE * ACROSS; // [row]
  const int item = ITEM, warp = item / 32, lane = item % 32, head = GROUP(1);
  const int from = tiles[2 * GROUP(0)], sequence = tiles[2 * GROUP(0) + 1];
  const int first = offsets[sequence], end = offsets[sequence + 1];
  const int rows = end - from < SIDE ? end - from : SIDE, center = (span - 1) / 2;
  const int warpRow = warp % 2 * 32, warpColumn = warp / 2 * 32;
  const int ownRow = warpRow + lane / 8 * 4, ownColumn = warpColumn + lane % 8 * 4;
  const int across = ownColumn / 4;
  const wide corner = head * (wide)features;
  const int aligned = ((stride | features) & 3) == 0 && ALIGNED4(q) && ALIGNED4(k) && ALIGNED4(v);

  float sum[8][4], total[8], most[8], gates[8];
  UNROLL for (int i = 0; i < 8; i++) {
    int row = ownRow + i / 4 * 16 + i % 4;
    gates[i] = bias && row < rows ? gate[(from + row) * (wide)heads + head] : 0.0f;
    total[i] = 0.0f;
    most[i] = -3.0e38f;
    UNROLL for (int j = 0; j < 4; j++) sum[i][j] = 0.0f;
  }
  if (item < SIDE) greatest[item] = -3.0e38f;
  store_transposed(
    queries, q + from * (wide)stride + corner, stride, rows, features, aligned, item
  );

  for (int start = first; start < end; start += SIDE) {
    const int count = end - start < SIDE ? end - start : SIDE;
    const wide place = start * (wide)stride + corner;
    store_transposed(keys, k + place, stride, count, features, aligned, item);
    UNROLL for (int load = 0; load < SIDE * SIDE / 4 / ATTENTION_ITEMS; load++) {
      int key = (load * ATTENTION_ITEMS + item) / 16, e = item % 16 * 4;
      float4 four = four_terms(
        v + place + key * (wide)stride + e, v + place, key < count ? features - e : 0, aligned
      );
      LOCAL_STORE4(values + key * LINE + e, four);
    }
    BARRIER();

    // Scores, and the greatest of the item's four in each row.
    float score[8][4];
    UNROLL for (int i = 0; i < 8; i++) { UNROLL for (int j = 0; j < 4; j++) score[i][j] = 0.0f; }
    if (warpRow < rows && warpColumn < count) {
      for (int e = 0; e < features; e += 8) {
        UNROLL for (int f = 0; f < 8; f++) {
          float4 x0 = LOCAL_LOAD4(queries + (e + f) * LINE + ownRow);
          float4 x1 = LOCAL_LOAD4(queries + (e + f) * LINE + ownRow + 16);
          float4 y = LOCAL_LOAD4(keys + (e + f) * LINE + ownColumn);
          float x[8] = {x0.x, x0.y, x0.z, x0.w, x1.x, x1.y, x1.z, x1.w};
          UNROLL for (int i = 0; i < 8; i++) {
            score[i][0] = FMA(x[i], y.x, score[i][0]);
            score[i][1] = FMA(x[i], y.y, score[i][1]);
            score[i][2] = FMA(x[i], y.z, score[i][2]);
            score[i][3] = FMA(x[i], y.w, score[i][3]);
          }
        }
      }
      UNROLL for (int block = 0; block < 8; block += 4) {
        // The biases of four rows and four columns lie on seven diagonals.
        float diagonal[7];
        int middle = start + ownColumn - (from + ownRow + block * 4) + center;
        UNROLL for (int d = 0; d < 7; d++) {
          int where = middle + d - 3;
          where = where < 0 ? 0 : where < span ? where : span - 1;
          diagonal[d] = bias ? bias[head * (wide)span + where] : 0.0f;
        }
        UNROLL for (int i = block; i < block + 4; i++) {
          UNROLL for (int j = 0; j < 4; j++) score[i][j] =
            FMA(gates[i], diagonal[j - i % 4 + 3], score[i][j] * scale);
        }
      }
    }
    UNROLL for (int i = 0; i < 8; i++) {
      float own = -3.0e38f;
      UNROLL for (int j = 0; j < 4; j++) {
        if (ownColumn + j < count && score[i][j] > own) own = score[i][j];
      }
      part[(ownRow + i / 4 * 16 + i % 4) * ACROSS + across] = own;
    }
    BARRIER();
    if (item < SIDE) {
      float own = greatest[item];
      UNROLL for (int j = 0; j < ACROSS; j += 4) {
        float4 four = LOCAL_LOAD4(part + item * ACROSS + j);
        own = four.x > own ? four.x : own;
        own = four.y > own ? four.y : own;
        own = four.z > own ? four.z : own;
        own = four.w > own ? four.w : own;
      }
      greatest[item] = own;
    }
    BARRIER();

    // Weights relative to the greatest score so far. Each item adds up its own columns.
    UNROLL for (int i = 0; i < 8; i++) {
      int row = ownRow + i / 4 * 16 + i % 4;
      float now = greatest[row], factor = exponential(most[i] - now);
      most[i] = now;
      UNROLL for (int j = 0; j < 4; j++) score[i][j] =
        ownColumn + j < count ? exponential(score[i][j] - now) : 0.0f;
      total[i] = FMA(total[i], factor, (score[i][0] + score[i][1]) + (score[i][2] + score[i][3]));
      UNROLL for (int j = 0; j < 4; j++) sum[i][j] = sum[i][j] * factor;
      float4 four;
      four.x = score[i][0], four.y = score[i][1], four.z = score[i][2], four.w = score[i][3];
      LOCAL_STORE4(keys + row * LINE + ownColumn, four);
    }
    BARRIER();
    if (warpRow < rows && warpColumn < features) {
      for (int j = 0; j < count; j += 4) {
        float4 y0 = LOCAL_LOAD4(values + j * LINE + ownColumn);
        float4 y1 = LOCAL_LOAD4(values + (j + 1) * LINE + ownColumn);
        float4 y2 = LOCAL_LOAD4(values + (j + 2) * LINE + ownColumn);
        float4 y3 = LOCAL_LOAD4(values + (j + 3) * LINE + ownColumn);
        UNROLL for (int i = 0; i < 8; i++) {
          float4 x = LOCAL_LOAD4(keys + (ownRow + i / 4 * 16 + i % 4) * LINE + j);
          sum[i][0] = FMA(x.w, y3.x, FMA(x.z, y2.x, FMA(x.y, y1.x, FMA(x.x, y0.x, sum[i][0]))));
          sum[i][1] = FMA(x.w, y3.y, FMA(x.z, y2.y, FMA(x.y, y1.y, FMA(x.x, y0.y, sum[i][1]))));
          sum[i][2] = FMA(x.w, y3.z, FMA(x.z, y2.z, FMA(x.y, y1.z, FMA(x.x, y0.z, sum[i][2]))));
          sum[i][3] = FMA(x.w, y3.w, FMA(x.z, y2.w, FMA(x.y, y1.w, FMA(x.x, y0.w, sum[i][3]))));
        }
      }
    }
    BARRIER();
  }

  UNROLL for (int i = 0; i < 8; i++) part[(ownRow + i / 4 * 16 + i % 4) * ACROSS + across] =
    total[i];
  BARRIER();
  out += corner + ownColumn;
  const int left = features - ownColumn;
  const int alignedOut = ((outStride | features) & 3) == 0 && ALIGNED4(out);
  UNROLL for (int i = 0; i < 8; i++) {
    int row = ownRow + i / 4 * 16 + i % 4;
    float all = 0.0f;
    UNROLL for (int j = 0; j < ACROSS; j++) all = all + part[row * ACROSS + j];
    float share = 1.0f / all;
    if (row < rows && left > 0) {
      GLOBAL float *target = out + (from + row) * (wide)outStride;
      float4 four;
      four.x = sum[i][0] * share, four.y = sum[i][1] * share;
      four.z = sum[i][2] * share, four.w = sum[i][3] * share;
      if (alignedOut) {
        STORE4(target, four);
      } else {
        target[0] = four.x;
        if (left > 1) target[1] = four.y;
        if (left > 2) target[2] = four.z;
        if (left > 3) target[3] = four.w;
      }
    }
  }
}
