// Allocator settings; mallopt(3). Nothing on other C libraries.
#include "include/memory.h"
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void reprise_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

void reprise_return_freed_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
