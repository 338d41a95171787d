// What all kernels of products share: their arguments, and what follows the sum. linear.h documents
// the arguments.
#ifndef REPRISE_LINEAR_COMMON_H
#define REPRISE_LINEAR_COMMON_H

#define LINEAR_ARGUMENTS                                                                           \
  GLOBAL const float *restrict a, GLOBAL const int *restrict rows, int aStride, int aBatch,        \
    GLOBAL const float *restrict w, int wBatch, GLOBAL const float *restrict bias, int biasBatch,  \
    GLOBAL const float *addend, GLOBAL float *c, int cStride, int cBatch, int m, int n, int k,     \
    int activation

/// Returns an element of C. Adding 0 makes a sum of -0 one of +0, as terms of zeros would.
FUNCTION float linear_result(float sum, float bias, float addend, int activation) {
  float value = (sum + 0.0f) + bias;
  if (activation == 2) return addend + gelu_of(value);
  value = value + addend;
  return activation == 1 ? gelu_of(value) : value;
}

/// Returns the next four numbers of a row of which `left` are left, and zeros after its end.
/// Numbers after the end are read from `spare`, where four exist if `aligned` and else one: so the
/// loads need no branches.
FUNCTION float4
four_terms(GLOBAL const float *p, GLOBAL const float *spare, int left, int aligned) {
  float4 four;
  if (aligned) {
    four = LOAD4(left > 0 ? p : spare);
  } else {
    four.x = *(left > 0 ? p : spare);
    four.y = *(left > 1 ? p + 1 : spare);
    four.z = *(left > 2 ? p + 2 : spare);
    four.w = *(left > 3 ? p + 3 : spare);
  }
  four.x = left > 0 ? four.x : 0.0f;
  four.y = left > 1 ? four.y : 0.0f;
  four.z = left > 2 ? four.z : 0.0f;
  four.w = left > 3 ? four.w : 0.0f;
  return four;
}
#endif
