// What follows the pooling: dropout, the four losses in double precision, and their gradients.
// B utterances, D features, E features of an embedding, K classes.
//
// Embeddings are [2B, E]: those that are classified, then those of the context-broadcast frames.

FUNCTION unsigned head_mixed(unsigned x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

/// The factor of dropout for element i: 0, or 1 / (1 - rate).
FUNCTION float head_drop(unsigned i, int low, int high, float rate) {
  int draw = (int)(head_mixed(head_mixed(i ^ (unsigned)low) + (unsigned)high) >> 8);
  return draw >= (int)(rate * 16777216.0f) ? 1.0f / (1.0f - rate) : 0.0f;
}

/// The inputs of the projection, [2B, D]: z with dropout, then (z + μ) / 2.
///
/// Arguments: stacked (z, then μ), rows (B), width (D), low, high (the halves of the seed), rate
/// (0 for none), x. Groups: (⌈B · D / 256⌉).
KERNEL(256, 8)
void head_inputs(
  GLOBAL const float *restrict stacked, int rows, int width, int low, int high, float rate,
  GLOBAL float *restrict x
) {
  const wide count = rows * (wide)width, i = GROUP(0) * (wide)256 + ITEM;
  if (i < count) {
    const float z = stacked[i];
    x[i] = rate > 0.0f ? z * head_drop((unsigned)i, low, high, rate) : z;
    x[count + i] = 0.5f * (z + stacked[count + i]);
  }
}

/// The gradient of z and μ from that of the inputs of the projection, and its column sums.
/// Groups: (⌈D / 128⌉).
KERNEL(128, 12)
void head_inputs_backward(
  GLOBAL const float *restrict dX, int rows, int width, int low, int high, float rate,
  GLOBAL float *restrict dStacked, GLOBAL float *restrict sums
) {
  const int d = GROUP(0) * 128 + ITEM;
  if (d < width) {
    const wide count = rows * (wide)width;
    float sumZ = 0.0f, sumMean = 0.0f;
    for (int r = 0; r < rows; r++) {
      const wide i = r * (wide)width + d;
      const float near = 0.5f * dX[count + i];
      const float dropped = rate > 0.0f ? dX[i] * head_drop((unsigned)i, low, high, rate) : dX[i];
      const float dz = dropped + near;
      dStacked[i] = dz;
      dStacked[count + i] = near;
      sumZ = sumZ + dz;
      sumMean = sumMean + near;
    }
    if (sums) sums[d] = sumZ + sumMean;
  }
}

FUNCTION double head_sum_double(LOCAL double *part, int item, double own) {
  part[item] = own;
  BARRIER();
  for (int reach = 64; reach > 0; reach /= 2) {
    if (item < reach) part[item] = part[item] + part[item + reach];
    BARRIER();
  }
  double sum = part[0];
  BARRIER();
  return sum;
}

/// For each utterance the squared distance from its center, and the norm and the unit vector of
/// its second embedding. norms has B squared distances, then B norms. Groups: (B).
KERNEL(128, 8)
void head_norms(
  GLOBAL const float *restrict embeddings, GLOBAL const float *restrict centers,
  GLOBAL const int *restrict labels, int rows, int width, GLOBAL double *restrict norms,
  GLOBAL float *restrict unit
) {
  SHARED_ARRAY(double, part, 128);
  const int item = ITEM, row = GROUP(0);
  GLOBAL const float *f = embeddings + row * (wide)width;
  GLOBAL const float *c = centers + labels[row] * (wide)width;
  GLOBAL const float *g = embeddings + (rows + row) * (wide)width;
  double distance = 0.0, squares = 0.0;
  for (int e = item; e < width; e += 128) {
    double difference = (double)f[e] - (double)c[e];
    distance = FMA_DOUBLE(difference, difference, distance);
    squares = FMA_DOUBLE((double)g[e], (double)g[e], squares);
  }
  distance = head_sum_double(part, item, distance);
  squares = head_sum_double(part, item, squares);
  double norm = ROOT_DOUBLE(squares);
  if (norm < 1e-12) norm = 1e-12;
  if (item == 0) {
    norms[row] = distance;
    norms[rows + row] = norm;
  }
  for (int e = item; e < width; e += 128) {
    unit[row * (wide)width + e] = (float)((double)g[e] / norm);
  }
}

/// KL divergence and focal loss of one utterance. logP and p have K places for this utterance.
FUNCTION void head_classification(
  GLOBAL const float *x, GLOBAL const float *y, int classes, double kl, double focal, double gamma,
  int batch, GLOBAL double *logP, GLOBAL double *p, GLOBAL float *dX, double *klLoss,
  double *focalLoss
) {
  double greatest = (double)x[0], sum = 0.0;
  for (int k = 1; k < classes; k++) greatest = (double)x[k] > greatest ? (double)x[k] : greatest;
  for (int k = 0; k < classes; k++) sum = sum + head_exp((double)x[k] - greatest);
  const double logarithm = head_log(sum);
  for (int k = 0; k < classes; k++) {
    logP[k] = (double)x[k] - greatest - logarithm;
    p[k] = head_exp(logP[k]);
  }
  double total = 0.0, slopes = 0.0, klSum = 0.0, focalSum = 0.0;
  for (int k = 0; k < classes; k++) {
    const double target = (double)y[k];
    total = total + target;
    if (target > 0.0 && kl > 0.0) klSum = klSum + target * (head_log(target) - logP[k]);
  }
  if (focal > 0.0) {
    for (int k = 0; k < classes; k++) {
      // 1 - p without cancellation.
      double rest = 0.0;
      for (int j = 0; j < classes; j++) rest = rest + (j == k ? 0.0 : p[j]);
      const double weight = head_power(rest, gamma);
      double slope = 0.0;
      if (gamma > 0.0 && rest > 0.0) slope = gamma * p[k] * head_power(rest, gamma - 1.0) * logP[k];
      focalSum = focalSum - (double)y[k] * weight * logP[k];
      const double a = (double)y[k] * (slope - weight);
      logP[k] = a;
      slopes = slopes + a;
    }
  }
  for (int k = 0; k < classes; k++) {
    double slope = 0.0;
    if (kl > 0.0) slope = kl * (p[k] * total - (double)y[k]);
    if (focal > 0.0) slope = slope + focal * (logP[k] - p[k] * slopes);
    dX[k] = (float)(slope / (double)batch);
  }
  *klLoss = klSum;
  *focalLoss = focalSum;
}

/// The contrastive loss of anchor i, and the gradient of its similarities times `weight`.
FUNCTION double head_contrast(
  GLOBAL const float *similarity, GLOBAL const int *labels, int i, int batch, double temperature,
  double weight, GLOBAL float *slope
) {
  int positives = 0;
  double greatest = -1e300, sum = 0.0, loss = 0.0;
  for (int a = 0; a < batch; a++) {
    if (a != i) {
      const double s = (double)similarity[a] / temperature;
      positives += labels[a] == labels[i] ? 1 : 0;
      greatest = s > greatest ? s : greatest;
    }
    slope[a] = 0.0f;
  }
  if (positives == 0) return 0.0;
  for (int a = 0; a < batch; a++) {
    if (a != i) sum = sum + head_exp((double)similarity[a] / temperature - greatest);
  }
  const double logarithm = head_log(sum), share = 1.0 / (double)positives;
  for (int a = 0; a < batch; a++) {
    if (a != i) {
      const double logP = (double)similarity[a] / temperature - greatest - logarithm;
      const int positive = labels[a] == labels[i];
      if (positive) loss = loss - share * logP;
      const double slopeOfA =
        (head_exp(logP) - (positive ? share : 0.0)) / ((double)batch * temperature);
      slope[a] = (float)(weight * slopeOfA);
    }
  }
  return loss;
}

/// All losses of a batch. One group.
///
/// Arguments:
///   logits, targets       [B, K]; the targets are smoothed.
///   labels                B numbers below K.
///   norms                 those of head_norms.
///   similarities          [B, B].
///   batch, classes
///   kl, focal, center, supcon   the weights; 0 leaves a loss out.
///   gamma, temperature
///   work                  2 B K + 4 B numbers.
///   dLogits, slopes       the gradients of the logits and of the similarities.
///   results               KL, focal, center and contrastive loss, then the number of utterances
///                         whose greatest logit has the place of their label.
KERNEL(256, 1)
void head_losses(
  GLOBAL const float *restrict logits, GLOBAL const float *restrict targets,
  GLOBAL const int *restrict labels, GLOBAL const double *restrict norms,
  GLOBAL const float *restrict similarities, int batch, int classes, double kl, double focal,
  double center, double supcon, double gamma, double temperature, GLOBAL double *restrict work,
  GLOBAL float *restrict dLogits, GLOBAL float *restrict slopes, GLOBAL double *restrict results
) {
  SHARED_ARRAY(int, correct, 256);
  const int item = ITEM;
  GLOBAL double *rows = work + 2 * (wide)batch * classes;
  int right = 0;
  for (int b = item; b < batch; b += 256) {
    const wide place = b * (wide)classes;
    double klLoss, focalLoss;
    head_classification(
      logits + place, targets + place, classes, kl, focal, gamma, batch, work + 2 * place,
      work + 2 * place + classes, dLogits + place, &klLoss, &focalLoss
    );
    rows[4 * (wide)b] = klLoss;
    rows[4 * (wide)b + 1] = focalLoss;
    double distance = norms[b];
    if (distance < 1e-12) distance = 1e-12;
    if (distance > 1e12) distance = 1e12;
    rows[4 * (wide)b + 2] = center > 0.0 ? distance : 0.0;
    rows[4 * (wide)b + 3] = supcon > 0.0 ? head_contrast(
                                             similarities + b * (wide)batch, labels, b, batch,
                                             temperature, supcon, slopes + b * (wide)batch
                                           )
                                         : 0.0;
    int best = 0;
    for (int k = 1; k < classes; k++) best = logits[place + k] > logits[place + best] ? k : best;
    right += best == labels[b] ? 1 : 0;
  }
  correct[item] = right;
  BARRIER();
  if (item < 4) {
    double sum = 0.0;
    for (int b = 0; b < batch; b++) sum = sum + rows[4 * (wide)b + item];
    results[item] = (double)(float)(sum / (double)batch);
  }
  if (item == 4) {
    int all = 0;
    for (int i = 0; i < 256; i++) all += correct[i];
    results[4] = (double)all;
  }
}

/// The gradient of the embeddings, [2B, E]: through logits and centers, then through the unit
/// vectors. Arguments as before; classifier is [E, K]. Groups: (2B).
KERNEL(128, 8)
void head_embeddings_backward(
  GLOBAL const float *restrict dLogits, GLOBAL const float *restrict classifier,
  GLOBAL const float *restrict embeddings, GLOBAL const float *restrict centers,
  GLOBAL const int *restrict labels, GLOBAL const double *restrict norms,
  GLOBAL const float *restrict unit, GLOBAL const float *restrict slopes, int batch, int classes,
  int width, double center, int hasContrast, GLOBAL float *restrict dEmbeddings
) {
  SHARED_ARRAY(double, part, 128);
  const int item = ITEM, row = GROUP(0) % batch, second = GROUP(0) / batch;
  GLOBAL float *result = dEmbeddings + GROUP(0) * (wide)width;
  if (!second) {
    const double distance = norms[row];
    const int pulls = center > 0.0 && distance > 1e-12 && distance < 1e12;
    for (int e = item; e < width; e += 128) {
      float sum = 0.0f;
      for (int k = 0; k < classes; k++) {
        sum = FMA(dLogits[row * (wide)classes + k], classifier[e * (wide)classes + k], sum);
      }
      if (pulls) {
        const double difference = (double)embeddings[row * (wide)width + e] -
                                  (double)centers[labels[row] * (wide)width + e];
        sum = sum + (float)(center * (2.0 * difference / (double)batch));
      }
      result[e] = sum;
    }
  } else {
    const double norm = norms[batch + row];
    double own = 0.0;
    for (int e = item; e < width; e += 128) {
      double slope = 0.0;
      for (int a = 0; a < batch && hasContrast; a++) {
        const double both =
          (double)slopes[row * (wide)batch + a] + (double)slopes[a * (wide)batch + row];
        slope = FMA_DOUBLE(both, (double)unit[a * (wide)width + e], slope);
      }
      result[e] = (float)slope;
      own = FMA_DOUBLE((double)result[e], (double)unit[row * (wide)width + e], own);
    }
    double along = head_sum_double(part, item, own);
    // A row shorter than the least norm is divided by that norm: it is scaled but not rotated.
    if (!(norm > 1e-12)) along = 0.0;
    for (int e = item; e < width; e += 128) {
      const double across = (double)result[e] - along * (double)unit[row * (wide)width + e];
      result[e] = (float)(across / norm);
    }
  }
}

/// The gradients of the classifier [E, K], its bias [K], the centers [K, E] and the bias of the
/// projection [E], each a sum over the batch. Groups: (⌈(2 E K + K + E) / 128⌉).
KERNEL(128, 8)
void head_small_gradients(
  GLOBAL const float *restrict embeddings, GLOBAL const float *restrict dLogits,
  GLOBAL const float *restrict dEmbeddings, GLOBAL const float *restrict centers,
  GLOBAL const int *restrict labels, GLOBAL const double *restrict norms, int batch, int classes,
  int width, double center, GLOBAL float *restrict dClassifier,
  GLOBAL float *restrict dClassifierBias, GLOBAL float *restrict dCenters,
  GLOBAL float *restrict dProjectionBias
) {
  const int size = width * classes;
  int i = GROUP(0) * 128 + ITEM;
  float sum = 0.0f;
  if (i < size) {
    const int e = i / classes, k = i % classes;
    for (int b = 0; b < batch; b++) {
      sum = FMA(embeddings[b * (wide)width + e], dLogits[b * (wide)classes + k], sum);
    }
    dClassifier[i] = sum;
  } else if (i < 2 * size) {
    i -= size;
    const int k = i / width, e = i % width;
    for (int b = 0; b < batch && center > 0.0; b++) {
      if (labels[b] == k && norms[b] > 1e-12 && norms[b] < 1e12) {
        const double difference =
          (double)embeddings[b * (wide)width + e] - (double)centers[k * (wide)width + e];
        sum = sum - (float)(center * (2.0 * difference / (double)batch));
      }
    }
    dCenters[i] = sum;
  } else if (i < 2 * size + classes) {
    i -= 2 * size;
    for (int b = 0; b < batch; b++) sum = sum + dLogits[b * (wide)classes + i];
    dClassifierBias[i] = sum;
  } else if (i < 2 * size + classes + width) {
    i -= 2 * size + classes;
    for (int b = 0; b < 2 * batch; b++) sum = sum + dEmbeddings[b * (wide)width + i];
    dProjectionBias[i] = sum;
  }
}

/// softmax of each row of logits in double precision, B rows. Groups: (⌈B / 128⌉).
KERNEL(128, 8)
void head_probabilities(
  GLOBAL const float *restrict logits, int batch, int classes, GLOBAL float *restrict p
) {
  const int b = GROUP(0) * 128 + ITEM;
  if (b < batch) {
    GLOBAL const float *x = logits + b * (wide)classes;
    double greatest = (double)x[0], sum = 0.0;
    for (int k = 1; k < classes; k++) greatest = (double)x[k] > greatest ? (double)x[k] : greatest;
    for (int k = 0; k < classes; k++) sum = sum + head_exp((double)x[k] - greatest);
    const double logarithm = head_log(sum);
    for (int k = 0; k < classes; k++) {
      p[b * (wide)classes + k] = (float)head_exp((double)x[k] - greatest - logarithm);
    }
  }
}
