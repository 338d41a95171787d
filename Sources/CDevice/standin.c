// The CPU in the place of a GPU: the driver's functions on ordinary memory, kernels by name
// through the shim. Faults can be injected.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "CDevice.h"
#include "kernels.h"

// Errors of the driver, by their numbers in cuda.h.
enum {
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_PTX = 218,
  NOT_FOUND = 500,
  LAUNCH_FAILED = 719,
};

/// Set in every device address.
static const uint64_t tag = 1ull << 62;

// --- Faults

enum { MOST_FAULTS = 8 };
typedef struct {
  struct {
    char call[24];
    long countdown;
    int error;
  } fault[MOST_FAULTS];
  int faults, count, version, capability, reversed;
  size_t memory;
} behaviour;

static const behaviour usual = {
  .count = 1, .version = 12000, .capability = 80, .memory = (size_t)16 << 30};
static __thread behaviour own;
static __thread int has_own;
static behaviour shared;
static int shared_state; // 0 unread, 1 the usual, 2 from the environment

static int parse(const char *text, behaviour *result) {
  *result = usual;
  while (*text) {
    char part[80];
    size_t length = strcspn(text, ",");
    if (length >= sizeof part) return 0;
    memcpy(part, text, length);
    part[length] = 0;
    text += length + (text[length] == ',');
    long number, error;
    char call[24];
    if (sscanf(part, "%23[a-z_]@%ld=%ld", call, &number, &error) == 3) {
      if (result->faults == MOST_FAULTS) return 0;
      strcpy(result->fault[result->faults].call, call);
      result->fault[result->faults].countdown = number;
      result->fault[result->faults++].error = (int)error;
    } else if (sscanf(part, "count=%ld", &number) == 1) {
      result->count = (int)number;
    } else if (sscanf(part, "version=%ld", &number) == 1) {
      result->version = (int)number;
    } else if (sscanf(part, "capability=%ld", &number) == 1) {
      result->capability = (int)number;
    } else if (sscanf(part, "memory=%ld", &number) == 1) {
      result->memory = (size_t)number;
    } else if (!strcmp(part, "reversed")) {
      result->reversed = 1;
    } else {
      return 0;
    }
  }
  return 1;
}

int reprise_standin_faults(const char *faults) {
  has_own = *faults != 0;
  return parse(faults, &own);
}

static behaviour *current(void) {
  if (has_own) return &own;
  if (!shared_state) {
    const char *text = getenv("REPRISE_STANDIN");
    behaviour read;
    if (!text || !parse(text, &read)) read = usual;
    shared = read;
    shared_state = text ? 2 : 1;
  }
  return &shared;
}

/// Counts a call. Returns the error to inject, or 0.
static int fault(const char *call) {
  behaviour *b = current();
  for (int i = 0; i < b->faults; i++) {
    if (strcmp(b->fault[i].call, call)) continue;
    long left = __atomic_sub_fetch(&b->fault[i].countdown, 1, __ATOMIC_RELAXED);
    // A lost device stays lost; other errors come once.
    if (left == 0 || (left < 0 && b->fault[i].error == LAUNCH_FAILED)) return b->fault[i].error;
  }
  return 0;
}

#define INJECT(call)                                                                               \
  do {                                                                                             \
    int injected = fault(#call);                                                                   \
    if (injected) return injected;                                                                 \
  } while (0)

// --- Memory

/// Before every allocation, in the page of its own.
typedef struct {
  size_t mapped, bytes;
} header;
static size_t used;

void *reprise_host_address(uint64_t device) {
  if (!device) return 0;
  if (!(device & tag)) {
    fprintf(stderr, "reprise: a kernel was given an address of the host\n");
    abort();
  }
  return (void *)(uintptr_t)(device & ~tag);
}

/// Maps memory that ends, up to the alignment of 16 bytes, at a page that cannot be used.
static int allocate(uint64_t *address, size_t bytes) {
  INJECT(allocate);
  if (bytes == 0) return INVALID_VALUE;
  size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (bytes + 15) & ~(size_t)15;
  if (__atomic_load_n(&used, __ATOMIC_RELAXED) + bytes > current()->memory) return OUT_OF_MEMORY;
  size_t inner = (room + page - 1) / page * page, mapped = inner + 2 * page;
  char *base = mmap(0, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return OUT_OF_MEMORY;
  mprotect(base + page + inner, page, PROT_NONE);
  char *start = base + page + inner - room;
  // The header is in the first page, at an offset that `start` gives away.
  header *h = (header *)base;
  *h = (header){mapped, bytes};
  memset(start, 0xff, room);
  __atomic_add_fetch(&used, bytes, __ATOMIC_RELAXED);
  *address = (uint64_t)(uintptr_t)start | tag;
  return 0;
}

static char *base_of(uint64_t address) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = (uintptr_t)reprise_host_address(address);
  return (char *)(start / page * page - page);
}

static int release(uint64_t address) {
  if (!address) return 0;
  char *base = base_of(address);
  header h = *(header *)base;
  __atomic_sub_fetch(&used, h.bytes, __ATOMIC_RELAXED);
  munmap(base, h.mapped);
  return 0;
}

static int memory_info(size_t *free, size_t *total) {
  *total = current()->memory;
  size_t taken = __atomic_load_n(&used, __ATOMIC_RELAXED);
  *free = taken < *total ? *total - taken : 0;
  return 0;
}

static int allocate_host(void **address, size_t bytes) {
  INJECT(allocate_host);
  *address = malloc(bytes ? bytes : 1);
  return *address ? 0 : OUT_OF_MEMORY;
}

static int release_host(void *address) {
  free(address);
  return 0;
}

static int upload(uint64_t target, const void *source, size_t bytes, void *stream) {
  INJECT(upload);
  memcpy(reprise_host_address(target), source, bytes);
  return 0;
}

static int download(void *target, uint64_t source, size_t bytes, void *stream) {
  INJECT(download);
  memcpy(target, reprise_host_address(source), bytes);
  return 0;
}

static int copy(uint64_t target, uint64_t source, size_t bytes, void *stream) {
  INJECT(copy);
  memmove(reprise_host_address(target), reprise_host_address(source), bytes);
  return 0;
}

static int set_bytes(uint64_t target, unsigned char value, size_t bytes, void *stream) {
  INJECT(set_bytes);
  memset(reprise_host_address(target), value, bytes);
  return 0;
}

// --- Devices

static int init(unsigned flags) {
  INJECT(init);
  return current()->count > 0 ? 0 : NO_DEVICE;
}

static int driver_version(int *version) {
  *version = current()->version;
  return 0;
}

static int device_count(int *count) {
  *count = current()->count;
  return 0;
}

static int device_get(int *device, int ordinal) {
  if (ordinal < 0 || ordinal >= current()->count) return INVALID_DEVICE;
  *device = ordinal;
  return 0;
}

static int device_name(char *name, int size, int device) {
  snprintf(name, (size_t)size, "the CPU in the place of a GPU");
  return 0;
}

static int device_attribute(int *value, int attribute, int device) {
  int capability = current()->capability;
  switch (attribute) {
  case 16: *value = 1; break;               // multiprocessors
  case 75: *value = capability / 10; break; // major
  case 76: *value = capability % 10; break; // minor
  case 97: *value = 160 << 10; break;       // shared memory of a group, by request
  default: *value = 0;
  }
  return 0;
}

static int device_memory(size_t *bytes, int device) {
  *bytes = current()->memory;
  return 0;
}

static int context_retain(void **context, int device) {
  INJECT(context);
  static int place;
  *context = &place;
  return 0;
}

static int context_release(int device) { return 0; }
static int context_set(void *context) { return 0; }

// --- Streams and events: every call is done when it returns

static int stream_create(void **stream, unsigned flags) {
  *stream = malloc(1);
  return *stream ? 0 : OUT_OF_MEMORY;
}

static int stream_destroy(void *stream) {
  free(stream);
  return 0;
}

static int stream_synchronize(void *stream) {
  INJECT(synchronize);
  return 0;
}

static int event_create(void **event, unsigned flags) {
  *event = calloc(1, sizeof(double));
  return *event ? 0 : OUT_OF_MEMORY;
}

static int event_record(void *event, void *stream) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  *(double *)event = (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
  return 0;
}

static int event_synchronize(void *event) { return 0; }

static int event_elapsed(float *milliseconds, void *start, void *end) {
  *milliseconds = (float)(*(double *)end - *(double *)start);
  return 0;
}

static int event_destroy(void *event) {
  free(event);
  return 0;
}

// --- Kernels

/// A module is its PTX: a kernel that the PTX lacks would be missing on a GPU too.
static int module_load(void **module, const void *image) {
  INJECT(module);
  if (!strstr(image, ".version")) return INVALID_PTX;
  *module = (void *)(uintptr_t)image;
  return 0;
}

static int module_unload(void *module) { return 0; }

static int module_function(void **function, void *module, const char *name) {
  char entry[96];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  if (!strstr(module, entry)) return NOT_FOUND;
  for (int i = 0; i < reprise_kernel_count; i++) {
    if (strcmp(reprise_kernels[i].name, name)) continue;
    *function = (void *)(uintptr_t)&reprise_kernels[i];
    return 0;
  }
  return NOT_FOUND;
}

static int function_attribute(void *function, int attribute, int value) { return 0; }

static int launch(
  void *function, unsigned gx, unsigned gy, unsigned gz, unsigned x, unsigned y, unsigned z,
  unsigned shared_bytes, void *stream, void **arguments, void **extra
) {
  INJECT(launch);
  const reprise_kernel *kernel = function;
  int fits = gx > 0 && gx <= 0x7fffffff && gy > 0 && gy <= 65535 && gz > 0 && gz <= 65535 &&
             x == (unsigned)kernel->items && y == 1 && z == 1 &&
             shared_bytes >= (unsigned)kernel->shared_bytes;
  if (!fits) return INVALID_VALUE;
  reprise_shim_run(
    kernel, arguments, gx, gy, gz, current()->reversed ? REPRISE_REVERSED : REPRISE_FASTEST
  );
  return 0;
}

static int error_name(int error, const char **name) {
  switch (error) {
  case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; break;
  case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
  case NO_DEVICE: *name = "CUDA_ERROR_NO_DEVICE"; break;
  case INVALID_IMAGE: *name = "CUDA_ERROR_INVALID_IMAGE"; break;
  case INVALID_PTX: *name = "CUDA_ERROR_INVALID_PTX"; break;
  case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; break;
  case LAUNCH_FAILED: *name = "CUDA_ERROR_LAUNCH_FAILED"; break;
  default: return INVALID_VALUE;
  }
  return 0;
}

const reprise_driver reprise_standin = {
  .init = init,
  .driver_version = driver_version,
  .device_count = device_count,
  .device_get = device_get,
  .device_name = device_name,
  .device_attribute = device_attribute,
  .device_memory = device_memory,
  .context_retain = context_retain,
  .context_release = context_release,
  .context_set = context_set,
  .memory_info = memory_info,
  .allocate = allocate,
  .release = release,
  .allocate_host = allocate_host,
  .release_host = release_host,
  .upload = upload,
  .download = download,
  .copy = copy,
  .set_bytes = set_bytes,
  .stream_create = stream_create,
  .stream_destroy = stream_destroy,
  .stream_synchronize = stream_synchronize,
  .module_load = module_load,
  .module_unload = module_unload,
  .module_function = module_function,
  .function_attribute = function_attribute,
  .launch = launch,
  .event_create = event_create,
  .event_record = event_record,
  .event_synchronize = event_synchronize,
  .event_elapsed = event_elapsed,
  .event_destroy = event_destroy,
  .error_name = error_name,
};
