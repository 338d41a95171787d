// Memory blocks, and how the C library's allocator treats freed ones.
#ifndef REPRISE_MEMORY_H
#define REPRISE_MEMORY_H
#include <stddef.h>

/// Returns a block that starts on a cache line, or null. The caller releases it with reprise_free.
///
/// Blocks of 4 MiB and more start on a large page and ask for large pages. With 4 KiB pages the
/// processor needs an address lookup for every 4 KiB of a gigabyte of weights, and two lookups in a
/// virtual machine.
void *reprise_allocate(size_t bytes);

/// Releases a block of reprise_allocate. `bytes` is the size that was asked for.
///
/// Up to 512 MiB of large blocks stay in the process, so that a training step reuses the pages of
/// the previous step. The system clears every page that it hands out anew, which costs more than
/// many steps have to spend. Blocks in use and kept blocks together stay within 1.25 times the most
/// that was ever in use.
void reprise_free(void *block, size_t bytes);

/// Keeps freed small blocks in the process too. Each thread keeps its own arena, so parallel jobs
/// do not wait for a common lock. Call it before other threads start.
void reprise_keep_freed_memory(void);

/// Returns freed memory to the system, once.
void reprise_return_freed_memory(void);

// System limits on threads and address space, see setrlimit(2). Implemented in systemlimits.c.

/// The soft limits of `ulimit -v` and `ulimit -d` in bytes, or -1 for no limit.
ptrdiff_t reprise_address_space_limit(void);
ptrdiff_t reprise_data_limit(void);

/// Restores the environment variable that was replaced before the libraries started.
void reprise_restore_environment(void);

/// The program's arguments, its own name first. The count is 0 if they are not known.
int reprise_argument_count(void);
const char *reprise_argument(int index);

/// Starts up to `count` waiting threads and asks the system for another `bytes` of memory, then
/// releases everything. Returns the number of threads that started. `has_room` receives 1 if the
/// memory was available, else 0.
ptrdiff_t reprise_startable_threads(ptrdiff_t count, size_t bytes, int *has_room);
#endif
