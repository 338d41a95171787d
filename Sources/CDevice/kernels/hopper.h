// Products on the tensor cores of Hopper processors, with the arguments and needs of tensor.h.
//
//   linear_3xtf32_hopper   as linear_3xtf32: three products, and sums of 32 terms.
//   linear_tf32_hopper     A rounded to TF32, W cut to TF32. Round W once, with round_tf32, and the
//                          error falls by a third.
// Groups: (⌈N / columns of a tile⌉, ⌈M / rows of a tile⌉, number of products).
//   linear_3xtf32_hopper   tiles of 128 rows x 128 columns
//   linear_tf32_hopper     tiles of 128 rows x 256 columns
//
// The last 128 items of a group copy A and W to shared memory, 32 terms at a time: a stage. Every
// other 128 items multiply 64 rows of A by all rows of W in the tile, with the instruction wgmma.
// The stages go round. Barrier FULL + stage tells that a stage has arrived. Barrier EMPTY + stage
// tells that it may be overwritten.
//
// A row of a stage has 128 bytes, eight chunks of 16 bytes. Row r keeps chunk c in place c ^ r % 8,
// as wgmma expects of memory with a swizzle of 128 bytes. The same chunk of eight rows then lies in
// different banks.
#include "mathematics.h"
#include "linear_common.h"
#include "tensor_instructions.h"

#define HOPPER_TERMS 32
#define HOPPER_STAGES 4
/// Copies of this many stages are under way while the items that copy pass on an earlier stage.
#define HOPPER_LAG 2
#define FULL 1
#define EMPTY (FULL + HOPPER_STAGES)

/// The place of a chunk in its row of shared memory, in floats.
#define CHUNK(row, chunk) (((chunk) ^ (row) % 8) * 4)
/// The floats of a stage: rows of A, rows of W, and for three products what W loses as TF32.
#define HOPPER_FLOATS(rows, columns, split)                                                        \
  (HOPPER_STAGES * HOPPER_TERMS * ((rows) + (columns) * (1 + (split))))

#if defined(__CUDACC__)
#include "hopper_instructions.h"
#else
#include "hopper_emulation.h"
#endif

/// What x loses when its low 13 bits are ignored. These are ignored of the rest too: half of what
/// they count for is added, so that the rest is rounded.
FUNCTION float rest_of_cut(float x) {
  float rest = x - FLOAT_OF_BITS(BITS_OF_FLOAT(x) & (int)0xffffe000);
  return FLOAT_OF_BITS(BITS_OF_FLOAT(rest) + 0x1000);
}

/// As gelu_of, with a division that need not be exact in the last bit.
FUNCTION float hopper_gelu(float x) {
  float c = x * 0.70710678118654752f;
  c = c > 4.0f ? 4.0f : (c < -4.0f ? -4.0f : c);
  float s = c * c;
  float p = -2.72614225801306e-10f;
  p = FMA(p, s, 2.77068142495902e-08f);
  p = FMA(p, s, -2.10102402082508e-06f);
  p = FMA(p, s, -5.69250639462346e-05f);
  p = FMA(p, s, -7.34990630326855e-04f);
  p = FMA(p, s, -2.95459980854025e-03f);
  p = FMA(p, s, -1.60960333262415e-02f);
  float q = -1.45660718464996e-05f;
  q = FMA(q, s, -2.13374055278905e-04f);
  q = FMA(q, s, -1.68282697438203e-03f);
  q = FMA(q, s, -7.37332916720468e-03f);
  q = FMA(q, s, -1.42647390514189e-02f);
  return 0.5f * x * (1.0f + DIVIDE_QUICKLY(c * p, q));
}

/// What follows the sum and the bias, for 32 elements.
FUNCTION void hopper_activation(float *value, const float *addend, int activation) {
  if (activation != 0) {
    UNROLL for (int i = 0; i < 32; i++) {
      float gelu = hopper_gelu(activation == 1 ? value[i] + addend[i] : value[i]);
      value[i] = activation == 1 ? gelu : addend[i] + gelu;
    }
  } else {
    UNROLL for (int i = 0; i < 32; i++) value[i] = value[i] + addend[i];
  }
}

/// Whether two numbers at once may be read and written.
#define ALIGNED8(pointer) ((ADDRESS(pointer) & 7) == 0)

/// Reads two neighbouring elements, of which `left` exist.
FUNCTION void load_pair(GLOBAL const float *p, float *pair, int left, int paired) {
#if defined(__CUDACC__)
  if (paired && left > 1) {
    float2 two = *(const float2 *)p;
    pair[0] = two.x;
    pair[1] = two.y;
    return;
  }
#endif
  if (left > 0) pair[0] = p[0];
  if (left > 1) pair[1] = p[1];
}

/// Writes two neighbouring elements, of which `left` exist.
FUNCTION void store_pair(GLOBAL float *p, float first, float second, int left, int paired) {
#if defined(__CUDACC__)
  if (paired && left > 1) {
    *(float2 *)p = make_float2(first, second);
    return;
  }
#endif
  if (left > 0) p[0] = first;
  if (left > 1) p[1] = second;
}

/// Rounds numbers to TF32, in place. Groups: ⌈count / 1024⌉.
KERNEL(256, 4) void round_tf32(GLOBAL float *x, int count) {
  for (int i = 0; i < 4; i++) {
    wide place = (wide)GROUP(0) * 1024 + i * 256 + ITEM;
    if (place < count) x[place] = tf32_of(x[place]);
  }
}

// A group has 504 · 128 registers, which its items share as they need them.
#define HOPPER_KERNEL linear_3xtf32_hopper
#define WARPGROUPS 2
#define COLUMNS 128
#define SPLIT 1
#define COPYING_REGISTERS 72
#define MULTIPLYING_REGISTERS 216
#include "hopper_tile.h"

#define HOPPER_KERNEL linear_tf32_hopper
#define WARPGROUPS 2
#define COLUMNS 256
#define SPLIT 0
#define COPYING_REGISTERS 72
#define MULTIPLYING_REGISTERS 216
#include "hopper_tile.h"
