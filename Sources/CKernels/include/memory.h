// Blocks of memory, and how the C library's allocator treats freed ones.
#ifndef REPRISE_MEMORY_H
#define REPRISE_MEMORY_H
#include <stddef.h>

/// Returns a block that begins with a cache line, to be given to free(3), or null. For 4 MiB and more
/// large pages are asked for: with pages of 4 KiB the processor looks an address up for every 4 KiB of a
/// gigabyte of weights, and in a virtual machine in two tables each time.
void *reprise_allocate(size_t bytes);

/// Keeps freed blocks of up to 32 MiB inside the process, so that a training step reuses the pages of the
/// step before it. Threads have arenas of their own, so that jobs side by side do not wait for one another's lock.
/// Call it before other threads start.
void reprise_keep_freed_memory(void);

/// Gives the memory of freed blocks back to the system, once.
void reprise_return_freed_memory(void);
#endif
