// Differing bits of two runs of words; see the header. Whole numbers: every processor agrees.
#include "include/fingerprint.h"
#include "vectorise.h"

VECTORISED int64_t reprise_differing_bits(
  const uint64_t *a, const uint64_t *a_mask, const uint64_t *b, const uint64_t *b_mask,
  int64_t count, int64_t *compared) {
  int64_t bits = 0, both = 0;
  for (int64_t i = 0; i < count; i++) {
    uint64_t mask = a_mask[i] & b_mask[i];
    bits += __builtin_popcountll((a[i] ^ b[i]) & mask);
    both += mask & 1;
  }
  *compared = both;
  return bits;
}
