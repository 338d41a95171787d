// Counts differing bits. fingerprint.h documents the kernel. It uses integers only, so every
// processor gives the same result.
#include "include/fingerprint.h"
#include "vectorise.h"

VECTORISED ptrdiff_t reprise_differing_bits(
  const uint64_t *a, const uint64_t *a_mask, const uint64_t *b, const uint64_t *b_mask,
  ptrdiff_t count, ptrdiff_t *compared
) {
  ptrdiff_t bits = 0, both = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    uint64_t mask = a_mask[i] & b_mask[i];
    bits += __builtin_popcountll((a[i] ^ b[i]) & mask);
    both += mask & 1;
  }
  *compared = both;
  return bits;
}
