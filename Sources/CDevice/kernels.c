// Compiles all kernels for the CPU and makes their table.
#include <stdlib.h>

#include "dialect.h"
#include "kernels.h"

// FMA must be one instruction here: the library's function is a hundred times slower.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#endif

#include "kernels/float32.h"
#include "kernels/tensor.h"
#include "kernels/hopper.h"

// Arguments as the driver passes them: an address of each.
#define READ_p(place) reprise_host_address(*(const uint64_t *)arguments[place])
#define READ_i(place) (*(const int *)arguments[place])
#define READ_f(place) (*(const float *)arguments[place])
#define READ_d(place) (*(const double *)arguments[place])

#include "kernels/direct.h"

// Each kernel gets an adaptor that reads its arguments. The letters of the list tell how. The
// compiler checks their number and types.
#pragma clang diagnostic push
#pragma clang diagnostic error "-Wconversion"
#pragma clang diagnostic error "-Wdouble-promotion"

// EACH(letters) reads the arguments 0, 1, … in turn.
#define REPEAT(...) REPEAT4(REPEAT4(REPEAT4(__VA_ARGS__)))
#define REPEAT4(...) REPEAT1(REPEAT1(REPEAT1(REPEAT1(__VA_ARGS__))))
#define REPEAT1(...) __VA_ARGS__
#define BRACKETS ()
#define EACH(...) REPEAT(NEXT(0, __VA_ARGS__))
#define NEXT(place, letter, ...)                                                                   \
  READ_##letter(place) __VA_OPT__(, NEXT_AGAIN BRACKETS(place + 1, __VA_ARGS__))
#define NEXT_AGAIN() NEXT
// LETTERS(letters) joins them to a string.
#define LETTERS(...) REPEAT(LETTER(__VA_ARGS__))
#define LETTER(letter, ...) #letter __VA_OPT__(LETTER_AGAIN BRACKETS(__VA_ARGS__))
#define LETTER_AGAIN() LETTER

#define ENTRY(module, name, items, bytes, ...)                                                     \
  static void run_##name(void *const *arguments) { name(EACH(__VA_ARGS__)); }
#include "kernels/float32.def"
#include "kernels/tensor.def"
#include "kernels/hopper.def"
#undef ENTRY
#pragma clang diagnostic pop

#define ENTRY(module, name, items, bytes, ...)                                                     \
  {#name, #module, items, bytes, LETTERS(__VA_ARGS__), run_##name},
const reprise_kernel reprise_kernels[] = {
#include "kernels/float32.def"
#include "kernels/tensor.def"
#include "kernels/hopper.def"
};
#undef ENTRY
const int reprise_kernel_count = sizeof reprise_kernels / sizeof *reprise_kernels;

void (*reprise_direct(const char *name))(void *const *arguments) {
  for (size_t i = 0; i < sizeof direct / sizeof *direct; i++) {
    if (!strcmp(direct[i].name, name)) return direct[i].group;
  }
  return 0;
}

const char *reprise_linear_kernel(
  int m, int n, int products, int multiprocessors, int *rows, int *columns
) {
  // The time of a tile, in units of a term of an element on a multiprocessor that is full of work:
  // small tiles read more of shared memory for each product.
  static const struct {
    double cost;
    int together;
  } tiles[] = {{1.0, 2}, {1.1, 2}, {1.35, 3}, {1.5, 6}};
  int best = 0;
  double least = 0;
  for (int i = 0; i < 4; i++) {
    double groups = (double)((m + direct[i].rows - 1) / direct[i].rows) *
                    ((n + direct[i].columns - 1) / direct[i].columns) * products;
    // A multiprocessor is full with `together` groups; the last round is rarely full.
    double slots = (double)(multiprocessors > 0 ? multiprocessors : 1);
    double rounds = __builtin_ceil(groups / slots);
    double area = (double)direct[i].rows * direct[i].columns;
    // With fewer groups than fill it, a multiprocessor waits for memory.
    double full = rounds / tiles[i].together;
    double time = rounds * area * tiles[i].cost * (full < 1 ? 2 - full : 1);
    if (i == 0 || time < least) {
      least = time;
      best = i;
    }
  }
  *rows = direct[best].rows;
  *columns = direct[best].columns;
  return direct[best].name;
}

#if defined(__x86_64__)
#pragma clang attribute pop
#endif
