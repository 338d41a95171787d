// Processor features.
#ifndef REPRISE_PROCESSOR_H
#define REPRISE_PROCESSOR_H

/// Returns 1 if the processor and the system support AVX-512 F, BW, DQ and VL, else 0.
int reprise_has_avx512(void);
#endif
