// Compiles a kernel once for each class of processor.
#ifndef REPRISE_VECTORISE_H
#define REPRISE_VECTORISE_H
#if defined(__x86_64__) && defined(__linux__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif
#define INLINE static inline __attribute__((always_inline))
#endif
