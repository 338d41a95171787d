// The norm of the whole gradient, and Adam. All parameters lie in one array, those with weight
// decay first and the centers last.

/// part[g] = Σ x² over the 4096 numbers of group g, in double precision.
/// Groups: (⌈count / 4096⌉).
KERNEL(256, 8)
void head_squares(GLOBAL const float *restrict x, int count, GLOBAL double *restrict part) {
  SHARED_ARRAY(double, sums, 256);
  const int item = ITEM;
  const wide first = GROUP(0) * (wide)4096;
  double sum = 0.0;
  for (wide i = first + item; i < first + 4096 && i < count; i += 256) {
    sum = FMA_DOUBLE((double)x[i], (double)x[i], sum);
  }
  sums[item] = sum;
  BARRIER();
  for (int reach = 128; reach > 0; reach /= 2) {
    if (item < reach) sums[item] = sums[item] + sums[item + reach];
    BARRIER();
  }
  if (item == 0) part[GROUP(0)] = sums[0];
}

/// Completes the results of a step, which begin with the four losses: results[5] is the norm,
/// results[6] is 1 if norm and losses are finite or else 0, and results[7] is the factor that
/// clips the gradient to `limit`; a limit of 0 means none. One group.
KERNEL(256, 1)
void head_norm(
  GLOBAL const double *restrict part, int parts, double limit, GLOBAL double *restrict results
) {
  SHARED_ARRAY(double, sums, 256);
  const int item = ITEM;
  double sum = 0.0;
  for (int p = item; p < parts; p += 256) sum = sum + part[p];
  sums[item] = sum;
  BARRIER();
  for (int reach = 128; reach > 0; reach /= 2) {
    if (item < reach) sums[item] = sums[item] + sums[item + reach];
    BARRIER();
  }
  if (item == 0) {
    const double norm = ROOT_DOUBLE(sums[0]);
    int finite = norm - norm == 0.0;
    for (int i = 0; i < 4; i++) finite = finite && results[i] - results[i] == 0.0;
    results[5] = norm;
    results[6] = finite ? 1.0 : 0.0;
    results[7] = limit > 0.0 && norm > limit ? (double)(float)(limit / norm) : 1.0;
  }
}

/// One step of Adam with decoupled weight decay, and of the running mean of the weights. Nothing
/// changes if results[6] is 0.
///
/// Arguments:
///   w, g, m, v, mean   weights, gradients, both moments, and the running mean or null.
///   results            those of head_norm; null to neither check nor clip.
///   count              the number of weights; the first `decaying` decay, those from `centers` on
///                      have their own rate.
///   left               what is left of a weight that decays: 1 - rate · decay.
///   step, centerStep   the rates divided by 1 - b1ᵗ.
///   b1, b2, root, epsilon   root = 1 / √(1 - b2ᵗ).
///   keep               the weight of the running mean, d of a = d a + (1 - d) w.
/// Groups: (⌈count / 256⌉).
KERNEL(256, 8)
void head_adam(
  GLOBAL float *restrict w, GLOBAL const float *restrict g, GLOBAL float *restrict m,
  GLOBAL float *restrict v, GLOBAL float *restrict mean, GLOBAL const double *restrict results,
  int count, int decaying, int centers, float left, float step, float centerStep, float b1,
  float b2, float root, float epsilon, float keep
) {
  const wide i = GROUP(0) * (wide)256 + ITEM;
  if (i < count && (!results || results[6] > 0.0)) {
    const float own = i < centers ? step : centerStep;
    const float clip = results ? (float)results[7] : 1.0f;
    const float slope = clip < 1.0f ? clip * g[i] : g[i];
    const float first = FMA(b1, m[i], (1.0f - b1) * slope);
    const float second = FMA(b2, v[i], (1.0f - b2) * slope * slope);
    const float kept = i < decaying ? left : 1.0f;
    const float weight = FMA(w[i], kept, -(own * first / FMA(ROOT(second), root, epsilon)));
    m[i] = first;
    v[i] = second;
    w[i] = weight;
    if (mean) mean[i] = FMA(1.0f - keep, weight, keep * mean[i]);
  }
}
