// Memory blocks and allocator settings. Settings use mallopt(3) and do nothing on other C
// libraries. Large blocks are kept here on Linux and belong to the C library elsewhere.
#include "include/memory.h"
#include <stdlib.h>
#if defined(__linux__)
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

enum { CACHE_LINE = 64, LARGE_PAGE = 2 << 20, LEAST = 2 * LARGE_PAGE };

void reprise_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
#endif
}

static void *small_block(size_t bytes) {
  void *block = 0;
  return posix_memalign(&block, CACHE_LINE, bytes) ? 0 : block;
}

#if defined(__linux__)
/// Sizes of large blocks: every number of large pages up to 8, then four sizes for each doubling.
/// Utterances differ in length, so the blocks of one step would rarely fit the next step exactly.
enum { SIZES = 8 + 4 * 56, MOST_KEPT = 512 << 20 };

/// A freed block. It holds the address of the next freed block of its size.
typedef struct Freed {
  struct Freed *next;
} Freed;

/// The freed blocks by size, and the bytes of blocks in use and of freed blocks.
static struct {
  pthread_mutex_t lock;
  Freed *blocks[SIZES];
  size_t used, most_used, kept;
} store = {.lock = PTHREAD_MUTEX_INITIALIZER};

/// The place of a size in the list of sizes. Rounds `bytes` up to that size.
static int place_of(size_t *bytes) {
  size_t pages = (*bytes + LARGE_PAGE - 1) / LARGE_PAGE;
  int doublings = 0;
  while (pages > (size_t)8 << doublings) doublings++;
  size_t unit = (size_t)1 << doublings, count = (pages + unit - 1) / unit;
  *bytes = count * unit * LARGE_PAGE;
  return (int)count - 1 + 4 * doublings;
}

static size_t size_at(int place) {
  int doublings = place < 8 ? 0 : (place - 4) / 4;
  return (size_t)(place - 4 * doublings + 1) * LARGE_PAGE << doublings;
}

/// Returns freed blocks to the system, large ones first, until at most `bytes` are kept.
static void keep_at_most(size_t bytes) {
  for (int place = SIZES - 1; place >= 0 && store.kept > bytes; place--)
    while (store.blocks[place] && store.kept > bytes) {
      Freed *block = store.blocks[place];
      store.blocks[place] = block->next;
      store.kept -= size_at(place);
      munmap(block, size_at(place));
    }
}

/// Maps `bytes` that start on a large page, or returns null.
static void *mapped(size_t bytes) {
  char *start =
    mmap(0, bytes + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return 0;
  size_t before = (size_t)(-(uintptr_t)start % LARGE_PAGE);
  if (before) munmap(start, before);
  munmap(start + before + bytes, LARGE_PAGE - before);
#if defined(MADV_HUGEPAGE)
  // If the system refuses, the block simply has small pages.
  madvise(start + before, bytes, MADV_HUGEPAGE);
#endif
  return start + before;
}

void *reprise_allocate(size_t bytes) {
  if (bytes < LEAST) return small_block(bytes);
  if (bytes > PTRDIFF_MAX / 2) return 0;
  int place = place_of(&bytes);
  pthread_mutex_lock(&store.lock);
  void *block = store.blocks[place];
  if (block) {
    store.blocks[place] = store.blocks[place]->next;
    store.kept -= bytes;
  } else {
    // Freed blocks of other sizes make room, so that the process never holds much more than it
    // once needed at the same time. Without the quarter, two threads whose steps overlap a little
    // differently each time would return and ask for the same memory again and again.
    size_t most = store.most_used + store.most_used / 4, total = store.used + bytes;
    keep_at_most(total < most ? most - total : 0);
    block = mapped(bytes);
    if (!block) {
      keep_at_most(0);
      block = mapped(bytes);
    }
  }
  if (block) store.used += bytes;
  if (store.used > store.most_used) store.most_used = store.used;
  pthread_mutex_unlock(&store.lock);
  return block;
}

void reprise_free(void *block, size_t bytes) {
  if (bytes < LEAST) return free(block);
  int place = place_of(&bytes);
  pthread_mutex_lock(&store.lock);
  store.used -= bytes;
  if (bytes > MOST_KEPT) {
    munmap(block, bytes);
  } else {
    keep_at_most(MOST_KEPT - bytes);
    Freed *freed = block;
    freed->next = store.blocks[place];
    store.blocks[place] = freed;
    store.kept += bytes;
  }
  pthread_mutex_unlock(&store.lock);
}
#else
void *reprise_allocate(size_t bytes) { return small_block(bytes); }

void reprise_free(void *block, size_t bytes) {
  (void)bytes;
  free(block);
}
#endif

void reprise_return_freed_memory(void) {
#if defined(__linux__)
  pthread_mutex_lock(&store.lock);
  keep_at_most(0);
  store.most_used = store.used;
  pthread_mutex_unlock(&store.lock);
#endif
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}
