// The kernels' language as C: the CPU runs the items of a group one after the other, each on a
// stack of its own. At a barrier an item waits until all others have come as far.
#ifndef REPRISE_SHIM_H
#define REPRISE_SHIM_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define KERNEL(items, groups) static
#define FUNCTION static inline __attribute__((always_inline))
#define GLOBAL
#define LOCAL
#define SHARED_ARRAY(type, name, count)                                                            \
  type *const name = (type *)reprise_shared_memory(sizeof(type) * (count))
#define LARGE_SHARED_ARRAY(type, name, count) SHARED_ARRAY(type, name, count)
#define BARRIER() reprise_barrier()
#define GROUP(dimension) (reprise_group[dimension])
#define ITEM (reprise_item)
#define UNROLL
#define UNROLL_TWICE
#define ROLLED
#define FMA(a, b, c) __builtin_fmaf(a, b, c)
#define FMA_DOUBLE(a, b, c) __builtin_fma(a, b, c)
#define ROUND(x) __builtin_rintf(x)
#define ROOT(x) __builtin_sqrtf(x)
#define ROOT_DOUBLE(x) __builtin_sqrt(x)
#define ADDRESS(pointer) ((uintptr_t)(pointer))

typedef long long wide;
typedef struct {
  _Alignas(16) float x;
  float y, z, w;
} float4;

/// Returns an address. Ends the process if it is not a multiple of 16, as a GPU would.
static inline uintptr_t multiple_of_16(uintptr_t address) {
  if (address % 16 != 0) __builtin_trap();
  return address;
}

static inline float FLOAT_OF_BITS(int bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static inline int BITS_OF_FLOAT(float x) {
  int bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/// The group and the item that this thread runs now.
extern _Thread_local int reprise_group[3], reprise_item;
/// Waits for the other items of the group.
void reprise_barrier(void);
/// Returns the group's next array of shared memory: the same address for all of its items. Each
/// group finds NaN in it. A kernel asks for all of its arrays before its first barrier.
void *reprise_shared_memory(size_t bytes);
#endif
