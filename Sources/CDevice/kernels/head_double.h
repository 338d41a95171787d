// exp, log and powers in double precision, in operations that have the same bits on every device.

/// exp(x) by reduction to |r| <= ln2/2 and the Taylor polynomial of degree 13. The relative error
/// is below 3e-16 for -708 <= x <= 88. Smaller x give 0, greater x count as 88, and NaN
/// stays NaN.
FUNCTION double head_exp(double x) {
  if (x != x) return x;
  if (x < -708.0) return 0.0;
  if (x > 88.0) x = 88.0;
  int n = (int)(x * 1.4426950408889634 + (x < 0.0 ? -0.5 : 0.5));
  // ln2 in two parts. The first has 20 zeros at its end, so its product with n is exact.
  double r = FMA_DOUBLE(-(double)n, 6.93147180369123816490e-01, x);
  r = FMA_DOUBLE(-(double)n, 1.90821492927058770002e-10, r);
  double p = 1.0 / 6227020800.0;
  p = FMA_DOUBLE(p, r, 1.0 / 479001600.0);
  p = FMA_DOUBLE(p, r, 1.0 / 39916800.0);
  p = FMA_DOUBLE(p, r, 1.0 / 3628800.0);
  p = FMA_DOUBLE(p, r, 1.0 / 362880.0);
  p = FMA_DOUBLE(p, r, 1.0 / 40320.0);
  p = FMA_DOUBLE(p, r, 1.0 / 5040.0);
  p = FMA_DOUBLE(p, r, 1.0 / 720.0);
  p = FMA_DOUBLE(p, r, 1.0 / 120.0);
  p = FMA_DOUBLE(p, r, 1.0 / 24.0);
  p = FMA_DOUBLE(p, r, 1.0 / 6.0);
  p = FMA_DOUBLE(p, r, 0.5);
  p = FMA_DOUBLE(p, r, 1.0);
  p = FMA_DOUBLE(p, r, 1.0);
  while (n < -126) {
    p = p * (double)FLOAT_OF_BITS(1 << 23);
    n += 126;
  }
  return p * (double)FLOAT_OF_BITS((n + 127) << 23);
}

/// log(x) for x > 0 by reduction to √½ … √2 and the series of artanh. The error is below 3e-16
/// of the result or of 1.
FUNCTION double head_log(double x) {
  int n = 0;
  // So that x has an exponent of float.
  while (x < 1e-30) {
    x = x * 1.2676506002282294e30;
    n -= 100;
  }
  int exponent = ((BITS_OF_FLOAT((float)x) >> 23) & 255) - 127;
  double m = x / (double)FLOAT_OF_BITS((exponent + 127) << 23);
  n += exponent;
  if (m > 1.4142135623730951) {
    m = m * 0.5;
    n += 1;
  }
  double s = (m - 1.0) / (m + 1.0), z = s * s, p = 1.0 / 23.0;
  p = FMA_DOUBLE(p, z, 1.0 / 21.0);
  p = FMA_DOUBLE(p, z, 1.0 / 19.0);
  p = FMA_DOUBLE(p, z, 1.0 / 17.0);
  p = FMA_DOUBLE(p, z, 1.0 / 15.0);
  p = FMA_DOUBLE(p, z, 1.0 / 13.0);
  p = FMA_DOUBLE(p, z, 1.0 / 11.0);
  p = FMA_DOUBLE(p, z, 1.0 / 9.0);
  p = FMA_DOUBLE(p, z, 1.0 / 7.0);
  p = FMA_DOUBLE(p, z, 0.2);
  p = FMA_DOUBLE(p, z, 1.0 / 3.0);
  p = FMA_DOUBLE(2.0 * s * z, p, 2.0 * s);
  p = FMA_DOUBLE((double)n, 1.90821492927058770002e-10, p);
  return FMA_DOUBLE((double)n, 6.93147180369123816490e-01, p);
}

/// x to the power of y, x >= 0. Whole powers up to 3 are products.
FUNCTION double head_power(double x, double y) {
  if (y == 0.0) return 1.0;
  if (x <= 0.0) return 0.0;
  if (y == 1.0) return x;
  if (y == 2.0) return x * x;
  if (y == 3.0) return x * x * x;
  return head_exp(y * head_log(x));
}
