// The inner loop of exact t-SNE. tsne.h documents it. Sums use a fixed number of lanes and the
// compiler may not fuse a product with a sum, so every processor gives the same bits.
#include "include/tsne.h"
#include "vectorise.h"

typedef float lanes __attribute__((vector_size(REPRISE_TSNE_LANES * sizeof(float)), aligned(4)));

INLINE float total(const lanes *v) {
  float sum = 0;
  for (int l = 0; l < REPRISE_TSNE_LANES; l++) sum += (*v)[l];
  return sum;
}

VECTORISED void reprise_tsne_forces(
  const float *p, const float *x, const float *y, ptrdiff_t padded, float xi, float yi, float out[5]
) {
#pragma clang fp contract(off) reassociate(off)
  lanes ax = {0}, ay = {0}, rx = {0}, ry = {0}, z = {0};
  for (ptrdiff_t j = 0; j < padded; j += REPRISE_TSNE_LANES) {
    lanes dx = xi - *(const lanes *)(x + j), dy = yi - *(const lanes *)(y + j);
    lanes xx = dx * dx, yy = dy * dy;
    lanes q = 1.0f / (1.0f + xx + yy);
    lanes pq = *(const lanes *)(p + j) * q, qq = q * q;
    ax += pq * dx;
    ay += pq * dy;
    rx += qq * dx;
    ry += qq * dy;
    z += q;
  }
  out[0] = total(&ax);
  out[1] = total(&ay);
  out[2] = total(&rx);
  out[3] = total(&ry);
  out[4] = total(&z);
}
