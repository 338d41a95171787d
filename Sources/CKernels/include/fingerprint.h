// Compares fingerprints of recordings for the Swift module Audits.
#ifndef REPRISE_FINGERPRINT_H
#define REPRISE_FINGERPRINT_H
#include <stddef.h>
#include <stdint.h>

/// Returns the number of bits in which a[i] and b[i] differ, over those i < count where both masks
/// are set. A mask is all ones or all zeros. *compared receives the number of such i.
ptrdiff_t reprise_differing_bits(
  const uint64_t *a, const uint64_t *a_mask, const uint64_t *b, const uint64_t *b_mask,
  ptrdiff_t count, ptrdiff_t *compared
);
#endif
