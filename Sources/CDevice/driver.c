// Opens the CUDA driver at run time.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "CDevice.h"

/// The place of each function in the table, and its name in the library.
static const struct {
  size_t place;
  const char *name;
} functions[] = {
#define FUNCTION(member, name)                                                                     \
  { offsetof(reprise_driver, member), name }
  FUNCTION(init, "cuInit"),
  FUNCTION(driver_version, "cuDriverGetVersion"),
  FUNCTION(device_count, "cuDeviceGetCount"),
  FUNCTION(device_get, "cuDeviceGet"),
  FUNCTION(device_name, "cuDeviceGetName"),
  FUNCTION(device_attribute, "cuDeviceGetAttribute"),
  FUNCTION(device_memory, "cuDeviceTotalMem_v2"),
  FUNCTION(context_retain, "cuDevicePrimaryCtxRetain"),
  FUNCTION(context_release, "cuDevicePrimaryCtxRelease_v2"),
  FUNCTION(context_set, "cuCtxSetCurrent"),
  FUNCTION(memory_info, "cuMemGetInfo_v2"),
  FUNCTION(allocate, "cuMemAlloc_v2"),
  FUNCTION(release, "cuMemFree_v2"),
  FUNCTION(allocate_host, "cuMemAllocHost_v2"),
  FUNCTION(release_host, "cuMemFreeHost"),
  FUNCTION(upload, "cuMemcpyHtoDAsync_v2"),
  FUNCTION(download, "cuMemcpyDtoHAsync_v2"),
  FUNCTION(copy, "cuMemcpyDtoDAsync_v2"),
  FUNCTION(set_bytes, "cuMemsetD8Async"),
  FUNCTION(stream_create, "cuStreamCreate"),
  FUNCTION(stream_destroy, "cuStreamDestroy_v2"),
  FUNCTION(stream_synchronize, "cuStreamSynchronize"),
  FUNCTION(module_load, "cuModuleLoadData"),
  FUNCTION(module_unload, "cuModuleUnload"),
  FUNCTION(module_function, "cuModuleGetFunction"),
  FUNCTION(function_attribute, "cuFuncSetAttribute"),
  FUNCTION(launch, "cuLaunchKernel"),
  FUNCTION(event_create, "cuEventCreate"),
  FUNCTION(event_record, "cuEventRecord"),
  FUNCTION(event_synchronize, "cuEventSynchronize"),
  FUNCTION(event_elapsed, "cuEventElapsedTime"),
  FUNCTION(event_destroy, "cuEventDestroy_v2"),
  FUNCTION(error_name, "cuGetErrorName"),
#undef FUNCTION
};

int reprise_driver_open(const char *path, reprise_driver *driver, char *problem, size_t size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(problem, size, "%s", dlerror());
    return 1;
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *address = dlsym(library, functions[i].name);
    if (!address) {
      snprintf(problem, size, "%s", functions[i].name);
      return 2;
    }
    memcpy((char *)driver + functions[i].place, &address, sizeof address);
  }
  return 0;
}
