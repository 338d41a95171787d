// The driver's functions under their own names, each passed on to the stand-in.
#include "CDevice.h"
#include "CStandIn.h"

#define PASS1(name, member, A)                                                                     \
  int name(A a) { return reprise_standin.member(a); }
#define PASS2(name, member, A, B)                                                                  \
  int name(A a, B b) { return reprise_standin.member(a, b); }
#define PASS3(name, member, A, B, C)                                                               \
  int name(A a, B b, C c) { return reprise_standin.member(a, b, c); }
#define PASS4(name, member, A, B, C, D)                                                            \
  int name(A a, B b, C c, D d) { return reprise_standin.member(a, b, c, d); }

PASS1(cuInit, init, unsigned)
PASS1(cuDriverGetVersion, driver_version, int *)
PASS1(cuDeviceGetCount, device_count, int *)
PASS2(cuDeviceGet, device_get, int *, int)
PASS3(cuDeviceGetName, device_name, char *, int, int)
PASS3(cuDeviceGetAttribute, device_attribute, int *, int, int)
PASS2(cuDeviceTotalMem_v2, device_memory, size_t *, int)
PASS2(cuDevicePrimaryCtxRetain, context_retain, void **, int)
PASS1(cuDevicePrimaryCtxRelease_v2, context_release, int)
PASS1(cuCtxSetCurrent, context_set, void *)
PASS2(cuMemGetInfo_v2, memory_info, size_t *, size_t *)
PASS2(cuMemAlloc_v2, allocate, uint64_t *, size_t)
PASS1(cuMemFree_v2, release, uint64_t)
PASS2(cuMemAllocHost_v2, allocate_host, void **, size_t)
PASS1(cuMemFreeHost, release_host, void *)
PASS4(cuMemcpyHtoDAsync_v2, upload, uint64_t, const void *, size_t, void *)
PASS4(cuMemcpyDtoHAsync_v2, download, void *, uint64_t, size_t, void *)
PASS4(cuMemcpyDtoDAsync_v2, copy, uint64_t, uint64_t, size_t, void *)
PASS4(cuMemsetD8Async, set_bytes, uint64_t, unsigned char, size_t, void *)
PASS2(cuStreamCreate, stream_create, void **, unsigned)
PASS1(cuStreamDestroy_v2, stream_destroy, void *)
PASS1(cuStreamSynchronize, stream_synchronize, void *)
PASS2(cuModuleLoadData, module_load, void **, const void *)
PASS1(cuModuleUnload, module_unload, void *)
PASS3(cuModuleGetFunction, module_function, void **, void *, const char *)
PASS3(cuFuncSetAttribute, function_attribute, void *, int, int)
PASS2(cuEventCreate, event_create, void **, unsigned)
PASS2(cuEventRecord, event_record, void *, void *)
PASS1(cuEventSynchronize, event_synchronize, void *)
PASS3(cuEventElapsedTime, event_elapsed, float *, void *, void *)
PASS1(cuEventDestroy_v2, event_destroy, void *)
PASS2(cuGetErrorName, error_name, int, const char **)

int cuLaunchKernel(
  void *function, unsigned gx, unsigned gy, unsigned gz, unsigned x, unsigned y, unsigned z,
  unsigned shared_bytes, void *stream, void **arguments, void **extra
) {
  return reprise_standin.launch(
    function, gx, gy, gz, x, y, z, shared_bytes, stream, arguments, extra
  );
}
