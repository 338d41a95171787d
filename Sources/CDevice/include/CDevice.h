// Devices that run kernels: an NVIDIA GPU through its driver, and the CPU in the place of one.
//
// The driver's library is opened at run time, so the program neither needs it to build nor to
// start. The CPU runs the same kernels through the same table of functions. It serves tests, and
// the replay of results that a GPU computed.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The functions of the CUDA driver that the program uses. Each returns 0, or an error of the
/// driver. Source: CUDA Driver API reference, version 12.
typedef struct {
  int (*init)(unsigned flags);
  int (*driver_version)(int *version);
  int (*device_count)(int *count);
  int (*device_get)(int *device, int ordinal);
  int (*device_name)(char *name, int size, int device);
  int (*device_attribute)(int *value, int attribute, int device);
  int (*device_memory)(size_t *bytes, int device);
  int (*context_retain)(void **context, int device);
  int (*context_release)(int device);
  int (*context_set)(void *context);
  int (*memory_info)(size_t *free, size_t *total);
  int (*allocate)(uint64_t *address, size_t bytes);
  int (*release)(uint64_t address);
  int (*allocate_host)(void **address, size_t bytes);
  int (*release_host)(void *address);
  int (*upload)(uint64_t target, const void *source, size_t bytes, void *stream);
  int (*download)(void *target, uint64_t source, size_t bytes, void *stream);
  int (*copy)(uint64_t target, uint64_t source, size_t bytes, void *stream);
  int (*set_bytes)(uint64_t target, unsigned char value, size_t bytes, void *stream);
  int (*stream_create)(void **stream, unsigned flags);
  int (*stream_destroy)(void *stream);
  int (*stream_synchronize)(void *stream);
  int (*module_load)(void **module, const void *image);
  int (*module_unload)(void *module);
  int (*module_function)(void **function, void *module, const char *name);
  int (*function_attribute)(void *function, int attribute, int value);
  int (*launch
  )(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned x, unsigned y, unsigned z,
    unsigned shared_bytes, void *stream, void **arguments, void **extra);
  int (*event_create)(void **event, unsigned flags);
  int (*event_record)(void *event, void *stream);
  int (*event_synchronize)(void *event);
  int (*event_elapsed)(float *milliseconds, void *start, void *end);
  int (*event_destroy)(void *event);
  int (*error_name)(int error, const char **name);
} reprise_driver;

/// Opens the driver's library and fills the table.
///
/// Returns 0; 1 if the library cannot be opened, with the reason in `problem`; 2 if it lacks a
/// function, with the function's name in `problem`.
int reprise_driver_open(const char *path, reprise_driver *driver, char *problem, size_t size);

/// The CPU in the place of a GPU, as a driver.
///
/// Memory that was never written holds NaN. A read or write beyond the end of an allocation ends
/// the process. Device addresses carry a tag, so the host cannot use them by mistake.
extern const reprise_driver reprise_standin;

/// Makes calls of the stand-in fail, or changes what it reports, on this thread alone:
/// `"allocate@3=2"` lets the third allocation from now on return error 2. Parts are joined by
/// commas. `""` ends it. The other parts are `count=N`, `version=N` (12000), `capability=N` (80),
/// `memory=BYTES` and `reversed` (the items of a group run in the other order).
///
/// The environment variable `REPRISE_STANDIN` does the same for all threads of a process.
/// Returns 0 for a part that it does not know, otherwise 1.
int reprise_standin_faults(const char *faults);

/// Whether this processor can run the kernels.
int reprise_standin_available(void);

/// What a kernel is called and takes.
typedef struct {
  /// Its name in the PTX.
  const char *name;
  /// The PTX that holds it: "float32", "tensor" or "hopper".
  const char *module;
  /// The number of items in a group.
  int items;
  /// The bytes of dynamic shared memory of a group.
  int shared_bytes;
  /// One letter for each argument: p pointer, i 32-bit integer, f float, d double.
  const char *signature;
} reprise_kernel_facts;

/// Fills `facts` for a kernel. Returns 0 if no kernel has this name.
int reprise_kernel_find(const char *name, reprise_kernel_facts *facts);
/// The number of kernels, and the facts of each.
int reprise_kernel_total(void);
void reprise_kernel_at(int index, reprise_kernel_facts *facts);

/// Returns the name of the float32 kernel that computes products with so many rows and columns
/// fastest, and the part of a product that one of its groups computes.
const char *reprise_product_kernel(
  int rows, int columns, int products, int multiprocessors, int *tile_rows, int *tile_columns
);

/// The PTX of a module, which ends with a zero byte; null if no module has this name.
const char *reprise_ptx(const char *module);
