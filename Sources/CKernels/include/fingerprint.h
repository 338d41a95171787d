// The kernel that compares fingerprints of recordings; the Swift module Audits owns them.
#ifndef REPRISE_FINGERPRINT_H
#define REPRISE_FINGERPRINT_H
#include <stdint.h>

// Counts the bits in which a[i] and b[i] differ, over i < count where both masks are all ones (each
// is all ones or all zeros); *compared becomes the number of such i.
int64_t reprise_differing_bits(
  const uint64_t *a, const uint64_t *a_mask, const uint64_t *b, const uint64_t *b_mask,
  int64_t count, int64_t *compared);
#endif
