// What kernels there are, and their PTX.
#include <string.h>

#include "CDevice.h"
#include "kernels.h"

static const char float32_ptx[] = {
#embed "ptx/float32.ptx"
  , 0};
static const char tensor_ptx[] = {
#embed "ptx/tensor.ptx"
  , 0};
static const char hopper_ptx[] = {
#embed "ptx/hopper.ptx"
  , 0};

const char *reprise_ptx(const char *module) {
  if (!strcmp(module, "float32")) return float32_ptx;
  if (!strcmp(module, "tensor")) return tensor_ptx;
  if (!strcmp(module, "hopper")) return hopper_ptx;
  return 0;
}

int reprise_kernel_total(void) { return reprise_kernel_count; }

void reprise_kernel_at(int index, reprise_kernel_facts *facts) {
  const reprise_kernel *kernel = &reprise_kernels[index];
  *facts = (reprise_kernel_facts){
    .name = kernel->name,
    .module = kernel->module,
    .items = kernel->items,
    .shared_bytes = kernel->shared_bytes,
    .signature = kernel->signature,
  };
}

int reprise_kernel_find(const char *name, reprise_kernel_facts *facts) {
  for (int i = 0; i < reprise_kernel_count; i++) {
    if (strcmp(reprise_kernels[i].name, name)) continue;
    reprise_kernel_at(i, facts);
    return 1;
  }
  return 0;
}

int reprise_standin_available(void) { return reprise_shim_available(); }

const char *reprise_product_kernel(
  int rows, int columns, int products, int multiprocessors, int *tile_rows, int *tile_columns
) {
  return reprise_linear_kernel(rows, columns, products, multiprocessors, tile_rows, tile_columns);
}
