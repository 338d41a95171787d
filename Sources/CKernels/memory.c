// Memory blocks and allocator settings. The settings use mallopt(3) and do nothing on other C
// libraries.
#include "include/memory.h"
#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void reprise_keep_freed_memory(void) {
#if defined(__GLIBC__)
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

void *reprise_allocate(size_t bytes) {
  enum { CACHE_LINE = 64, LARGE_PAGE = 2 << 20 };
  void *block = 0;
  int large = bytes >= 2 * LARGE_PAGE;
  if (posix_memalign(&block, large ? LARGE_PAGE : CACHE_LINE, bytes)) return 0;
#if defined(MADV_HUGEPAGE)
  // If the system refuses, the block simply has small pages.
  if (large) madvise(block, bytes / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
#endif
  return block;
}
