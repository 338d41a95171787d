// Products on tensor cores, with the arguments of linear.h. They need K, aStride, aBatch and wBatch
// to be multiples of 4, and A and W to start at multiples of 16 bytes.
//
//   linear_tf32     factors rounded to TF32, 11 significant bits.
//   linear_3xtf32   each factor is the sum of two TF32 numbers, so about 22 bits. Three products
//                   take its place: low · high, high · low, high · high.
// Groups: (⌈N / 128⌉, ⌈M / 128⌉, number of products).
//
// Tensor cores round their sums towards zero. linear_3xtf32 therefore keeps their sums short: every
// 32 terms it adds them to sums of its own, which round to nearest. An element's bits depend
// neither on the other rows and columns nor on their number. They do depend on the device.
#include "mathematics.h"
#include "linear_common.h"
#include "tensor_instructions.h"

// Terms of a stage of the pipeline, stages, and floats from row to row of shared memory: eight rows
// of 16 bytes then lie in different banks.
#define STEP 16
#define STAGES 4
#define ROW (STEP + 4)
#define TENSOR_FLOATS (STAGES * 2 * 128 * ROW)
// Floats from row to row of the tile's sums, which take the place of the stages at the end.
#define SUMS_ROW (128 + 8)

#define TENSOR_KERNEL linear_tf32
#define TENSOR_ITEMS 128
#define TENSOR_GROUPS 2
#define SPLIT 0
#include "tensor_tile.h"

#define TENSOR_KERNEL linear_3xtf32
#define TENSOR_ITEMS 256
#define TENSOR_GROUPS 1
#define SPLIT 1
#include "tensor_tile.h"
