// How the C library's allocator treats freed memory.
#ifndef REPRISE_MEMORY_H
#define REPRISE_MEMORY_H

/// Keeps freed blocks of up to 32 MiB inside the process, in one arena that all threads share, so
/// that a training step reuses the pages of the step before it. Call it before other threads start.
void reprise_keep_freed_memory(void);

/// Gives the memory of freed blocks back to the system, once.
void reprise_return_freed_memory(void);
#endif
