// The CPU runs kernels: groups on threads, and the items of a group as fibres of one thread.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels.h"
#include "shim.h"

_Thread_local int reprise_group[3], reprise_item;

enum {
  /// The bytes of an item's stack. An odd number of lines, so that a group's stacks spread over the
  /// sets of a cache.
  STACK = 513 * 64,
  /// The most items of a group, as on a GPU.
  MOST_ITEMS = 1024,
  /// The most shared memory of a group, that of the largest GPU.
  MOST_SHARED = 228 << 10,
  /// The bytes after an array of shared memory. They hold great numbers, so that a kernel that
  /// reads them gives other results.
  GUARD = 64,
  MOST_THREADS = 256,
};

// --- Switching between stacks

#if defined(__x86_64__)
typedef void *place;
/// Keeps the registers that a call must keep on the present stack, and goes on where another stack
/// left off.
void reprise_switch(place *left, place *entered);
__asm__(".text\n"
        ".globl reprise_switch\n"
        ".hidden reprise_switch\n"
        ".type reprise_switch, @function\n"
        "reprise_switch:\n"
        "  push %rbp\n  push %rbx\n  push %r12\n  push %r13\n  push %r14\n  push %r15\n"
        "  mov %rsp, (%rdi)\n"
        "  mov (%rsi), %rsp\n"
        "  pop %r15\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbx\n  pop %rbp\n"
        "  ret\n"
        ".size reprise_switch, . - reprise_switch\n");

/// Makes a stack whose first switch calls `begin`, which must not return.
static void prepare(place *fibre, char *stack, size_t size, void (*begin)(void)) {
  void **top = (void **)((uintptr_t)(stack + size) & ~(uintptr_t)15) - 2;
  *top = (void *)begin; // a multiple of 16, so `begin` finds its stack as after a call
  top -= 6;
  memset(top, 0, 6 * sizeof *top);
  *fibre = top;
}
#else
#include <ucontext.h>
typedef ucontext_t place;
static void reprise_switch(place *left, place *entered) { swapcontext(left, entered); }
static void prepare(place *fibre, char *stack, size_t size, void (*begin)(void)) {
  getcontext(fibre);
  fibre->uc_stack.ss_sp = stack;
  fibre->uc_stack.ss_size = size;
  fibre->uc_link = 0;
  makecontext(fibre, begin, 0);
}
#endif

// --- A thread's items

typedef struct {
  place scheduler, fibre[MOST_ITEMS];
  unsigned char done[MOST_ITEMS];
  char *stacks, *shared;
  /// The shared memory that the present item has asked for, and that any item of the group has.
  size_t taken, filled;
  const reprise_kernel *kernel;
  void *const *arguments;
} worker;

static _Thread_local worker *mine;

static void begin(void) {
  worker *w = mine;
  w->kernel->body(w->arguments);
  w->done[reprise_item] = 1;
  reprise_switch(&w->fibre[reprise_item], &w->scheduler);
  __builtin_trap();
}

void reprise_barrier(void) {
  worker *w = mine;
  int item = reprise_item;
  reprise_switch(&w->fibre[item], &w->scheduler);
  reprise_item = item;
}

void *reprise_shared_memory(size_t bytes) {
  worker *w = mine;
  char *start = w->shared + w->taken;
  size_t room = ((bytes + 63) & ~(size_t)63) + GUARD;
  w->taken += room;
  if (w->taken > MOST_SHARED) abort();
  if (w->taken > w->filled) {
    memset(start, 0xff, bytes);
    memset(start + bytes, 0x7f, room - bytes);
    w->filled = w->taken;
  }
  return start;
}

static void run_items(worker *w, int items, int reversed) {
  for (int i = 0; i < items; i++) {
    prepare(&w->fibre[i], w->stacks + (size_t)i * STACK, STACK, begin);
    w->done[i] = 0;
  }
  w->filled = 0;
  for (int left = items; left > 0;) {
    left = 0;
    for (int n = 0; n < items; n++) {
      int i = reversed ? items - 1 - n : n;
      if (w->done[i]) continue;
      reprise_item = i;
      w->taken = 0;
      reprise_switch(&w->scheduler, &w->fibre[i]);
      left += !w->done[i];
    }
  }
}

// --- The groups of a launch on threads

typedef struct {
  const reprise_kernel *kernel;
  /// Computes a group without items, or null.
  void (*direct)(void *const *arguments);
  void *const *arguments;
  unsigned gx, gy;
  uint64_t groups, chunk;
  int order;
  _Atomic uint64_t next;
} launch;

static void *map(size_t bytes) {
  void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) abort();
  return memory;
}

static void *run_groups(void *context) {
  launch *l = context;
  size_t room = sizeof(worker) + (size_t)l->kernel->items * STACK + MOST_SHARED + 64;
  worker *w = map(room), *outer = mine;
  w->stacks = (char *)(w + 1);
  uintptr_t shared = (uintptr_t)(w->stacks + (size_t)l->kernel->items * STACK);
  w->shared = (char *)((shared + 63) & ~(uintptr_t)63);
  w->kernel = l->kernel;
  w->arguments = l->arguments;
  mine = w;
  for (;;) {
    uint64_t first = __atomic_fetch_add((uint64_t *)&l->next, l->chunk, __ATOMIC_RELAXED);
    if (first >= l->groups) break;
    uint64_t end = first + l->chunk < l->groups ? first + l->chunk : l->groups;
    for (uint64_t g = first; g < end; g++) {
      reprise_group[0] = (int)(g % l->gx);
      reprise_group[1] = (int)(g / l->gx % l->gy);
      reprise_group[2] = (int)(g / l->gx / l->gy);
      if (l->direct) {
        l->direct(l->arguments);
      } else {
        run_items(w, l->kernel->items, l->order == REPRISE_REVERSED);
      }
    }
  }
  mine = outer;
  munmap(w, room);
  return 0;
}

static _Atomic int thread_count;

void reprise_shim_threads(int count) { thread_count = count; }

void reprise_shim_run(
  const reprise_kernel *kernel, void *const *arguments, unsigned gx, unsigned gy, unsigned gz,
  int order
) {
  launch l = {kernel, 0, arguments, gx, gy, (uint64_t)gx * gy * gz, 1, order, 0};
  if (order == REPRISE_FASTEST) l.direct = reprise_direct(kernel->name);
  long threads = thread_count;
  if (threads <= 0) threads = sysconf(_SC_NPROCESSORS_ONLN);
  if (threads > MOST_THREADS) threads = MOST_THREADS;
  if ((uint64_t)threads > l.groups) threads = (long)l.groups;
  if (threads < 1) threads = 1;
  l.chunk = l.groups / ((uint64_t)threads * 16) + 1;
  pthread_t others[MOST_THREADS];
  long started = 0;
  while (started < threads - 1 && !pthread_create(&others[started], 0, run_groups, &l)) started++;
  run_groups(&l);
  for (long i = 0; i < started; i++) pthread_join(others[i], 0);
}

int reprise_shim_available(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}
