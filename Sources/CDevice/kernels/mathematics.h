// exp, erf and what follows from them, in operations that have the same bits on every device.

#ifndef REPRISE_MATHEMATICS_H
#define REPRISE_MATHEMATICS_H

/// exp(x) by reduction to |r| <= ln2/2 and the polynomial of degree 5 of Cephes `expf`. The error
/// is within 2 ULP for -87.3 <= x <= 88.3. Smaller x give 0, greater x count as 88.3, and NaN stays
/// NaN.
FUNCTION float exponential(float x) {
  float clamped = x > 88.3f ? 88.3f : x;
  float n = ROUND(clamped * 1.44269504088896341f);
  float r = FMA(n, 2.12194440e-4f, FMA(n, -0.693359375f, clamped));
  float p = 1.9875691500e-4f;
  p = FMA(p, r, 1.3981999507e-3f);
  p = FMA(p, r, 8.3334519073e-3f);
  p = FMA(p, r, 4.1665795894e-2f);
  p = FMA(p, r, 1.6666665459e-1f);
  p = FMA(p, r, 5.0000001201e-1f);
  p = FMA(p * r, r, r + 1.0f);
  int exponent = ((int)(n > -127.0f ? n : -127.0f) + 127) << 23;
  return x < -87.3f ? 0.0f : p * FLOAT_OF_BITS(exponent);
}

/// erf(x) by an odd rational approximation of degrees 13/8 on [-4, 4], and ±1 beyond. The absolute
/// error is below 5e-7.
FUNCTION float error_function(float x) {
  float c = x > 4.0f ? 4.0f : (x < -4.0f ? -4.0f : x);
  float s = c * c;
  float p = -2.72614225801306e-10f;
  p = FMA(p, s, 2.77068142495902e-08f);
  p = FMA(p, s, -2.10102402082508e-06f);
  p = FMA(p, s, -5.69250639462346e-05f);
  p = FMA(p, s, -7.34990630326855e-04f);
  p = FMA(p, s, -2.95459980854025e-03f);
  p = FMA(p, s, -1.60960333262415e-02f);
  float q = -1.45660718464996e-05f;
  q = FMA(q, s, -2.13374055278905e-04f);
  q = FMA(q, s, -1.68282697438203e-03f);
  q = FMA(q, s, -7.37332916720468e-03f);
  q = FMA(q, s, -1.42647390514189e-02f);
  return c * p / q;
}

FUNCTION float gelu_of(float x) {
  return 0.5f * x * (1.0f + error_function(x * 0.70710678118654752f));
}

FUNCTION float sigmoid_of(float x) { return 1.0f / (1.0f + exponential(-x)); }
#endif
