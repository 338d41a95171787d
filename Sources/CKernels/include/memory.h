// Blocks of memory, and how the C library's allocator treats freed ones.
#ifndef REPRISE_MEMORY_H
#define REPRISE_MEMORY_H
#include <stddef.h>

/// Returns a block that begins with a cache line, to be given to free(3), or null. For 4 MiB and
/// more large pages are asked for: with pages of 4 KiB the processor looks an address up for every
/// 4 KiB of a gigabyte of weights, and in a virtual machine in two tables each time.
void *reprise_allocate(size_t bytes);

/// Keeps freed blocks of up to 32 MiB inside the process, so that a training step reuses the pages
/// of the step before it. Threads have arenas of their own, so that jobs side by side do not wait
/// for one another's lock. Call it before other threads start.
void reprise_keep_freed_memory(void);

/// Gives the memory of freed blocks back to the system, once.
void reprise_return_freed_memory(void);

// Limits of the system on threads and address space (setrlimit(2), and what stands behind it):
// systemlimits.c.

/// The soft limits of `ulimit -v` and `ulimit -d`, bytes; -1 where there is none.
ptrdiff_t reprise_address_space_limit(void);
ptrdiff_t reprise_data_limit(void);

/// Gives the environment back what was taken from it before the libraries started.
void reprise_restore_environment(void);

/// The program's arguments, its own name first, as the system gave them; 0 of them where they are
/// not known.
int reprise_argument_count(void);
const char *reprise_argument(int index);

/// Starts up to `count` threads, which wait, and asks the system for `bytes` of memory beside them;
/// then ends and returns all. Tells how many could be started, and whether there was room.
ptrdiff_t reprise_startable_threads(ptrdiff_t count, size_t bytes, int *has_room);
#endif
