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
/// Numbers after the end are read from `spare`, where one exists, so the loads of single numbers
/// need no branches. The load of four has one: without it products take 16 % more time (H200).
FUNCTION float4
four_terms(GLOBAL const float *p, GLOBAL const float *spare, int left, int aligned) {
  float4 four;
  if (aligned) {
    four.x = four.y = four.z = four.w = 0.0f;
    if (left > 0) four = LOAD4(p);
    return four;
  }
  four.x = *(left > 0 ? p : spare);
  four.y = *(left > 1 ? p + 1 : spare);
  four.z = *(left > 2 ? p + 2 : spare);
  four.w = *(left > 3 ? p + 3 : spare);
  four.x = left > 0 ? four.x : 0.0f;
  four.y = left > 1 ? four.y : 0.0f;
  four.z = left > 2 ? four.z : 0.0f;
  four.w = left > 3 ? four.w : 0.0f;
  return four;
}

/// Writes up to four neighbouring elements of C, of which the first `left` exist.
FUNCTION void linear_store(
  GLOBAL float *c, GLOBAL const float *addend, float s0, float s1, float s2, float s3,
  const float *bias, int left, int activation, int aligned
) {
  if (aligned) {
    float4 add, value;
    add.x = add.y = add.z = add.w = 0.0f;
    if (addend) add = LOAD4(addend);
    value.x = linear_result(s0, bias[0], add.x, activation);
    value.y = linear_result(s1, bias[1], add.y, activation);
    value.z = linear_result(s2, bias[2], add.z, activation);
    value.w = linear_result(s3, bias[3], add.w, activation);
    STORE4(c, value);
  } else {
    if (left > 0) c[0] = linear_result(s0, bias[0], addend ? addend[0] : 0.0f, activation);
    if (left > 1) c[1] = linear_result(s1, bias[1], addend ? addend[1] : 0.0f, activation);
    if (left > 2) c[2] = linear_result(s2, bias[2], addend ? addend[2] : 0.0f, activation);
    if (left > 3) c[3] = linear_result(s3, bias[3], addend ? addend[3] : 0.0f, activation);
  }
}
#endif
