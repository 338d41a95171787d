// Checks what the system allows this process, before any library allocates memory or starts
// threads.
#define _GNU_SOURCE
#include "include/memory.h"
#if defined(__linux__)
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MEGABYTE = 1 << 20 };

// OpenBLAS maps this much address space when it starts, and retries for ever if it cannot.
// docs/runs.md gives the measurement.
enum { START = 96 * MEGABYTE };

extern char **environ;
static char **lent_place, *lent_variable;

/// Raises a soft limit to at least `least`, or as far as the hard limit allows.
static void raise_limit(int resource, rlim_t least) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= least)
    return;
  limit.rlim_cur =
    limit.rlim_max == RLIM_INFINITY || limit.rlim_max > least ? least : limit.rlim_max;
  setrlimit(resource, &limit);
}

/// The stack size of a new thread follows `ulimit -s`, which may be too small for our work or as
/// large as a gigabyte. Sizes outside 1 to 64 MB become 8 MB.
static void settle_stacks(void) {
  raise_limit(RLIMIT_STACK, 8 * MEGABYTE);
  pthread_attr_t attributes;
  size_t size = 0;
  if (pthread_attr_init(&attributes)) return;
  pthread_attr_getstacksize(&attributes, &size);
  int is_usual = size >= MEGABYTE && size <= 64 * MEGABYTE;
  if (!is_usual && !pthread_attr_setstacksize(&attributes, 8 * MEGABYTE))
    pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

/// Prints `text` on standard error and exits with code 2.
static void refuse(const char *text) {
  if (write(2, text, strlen(text)) < 0) _exit(2);
  _exit(2);
}

/// Sets an environment variable until reprise_restore_environment is called. The setting replaces
/// an entry that no library reads at start. The array itself stays in place because Swift uses its
/// address to find the program's arguments.
static void lend_variable(char *setting) {
  size_t name = strcspn(setting, "=") + 1;
  char **free_place = 0;
  for (char **place = environ; place && *place; place++) {
    if (!strncmp(*place, setting, name)) {
      free_place = place;
      break;
    }
    int is_asked_for = !strncmp(*place, "OPENBLAS", 8) || !strncmp(*place, "GOTO", 4) ||
                       !strncmp(*place, "OMP_", 4) || !strncmp(*place, "SWIFT_", 6);
    if (!is_asked_for && !free_place) free_place = place;
  }
  if (!free_place) return;
  lent_place = free_place;
  lent_variable = *free_place;
  *free_place = setting;
}

static int is_openblas(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size;
  (void)unused;
  return strstr(object->dlpi_name, "openblas") != 0;
}

// Swift reads the program's arguments from /proc, which a bare chroot lacks. The C library also
// passes them to functions that run before main, so we keep them here.
static int kept_count;
static char **kept_arguments;
int reprise_argument_count(void) { return kept_count; }
const char *reprise_argument(int index) {
  return index >= 0 && index < kept_count ? kept_arguments[index] : 0;
}

// OpenBLAS's own constructor has no priority and so runs after this one.
__attribute__((constructor(101))) static void before_libraries(int count, char **arguments) {
#if defined(__GLIBC__)
  kept_count = count;
  kept_arguments = arguments;
#endif
  raise_limit(RLIMIT_NOFILE, 4096);
  settle_stacks();
  void *room =
    mmap(0, START, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED)
    refuse("reprise: the program needs 400 MB of address space to start; raise the limit: "
           "ulimit -v 1000000, or more memory from the batch system\n");
  munmap(room, START);
  // By default OpenBLAS starts one thread per core, and sends itself SIGINT if the system refuses.
  // Reprise always asks it for one thread. The setting is temporary so that child processes do not
  // inherit it. A shared OpenBLAS has already started at this point, so the setting would do
  // nothing.
  static char one_thread[] = "OPENBLAS_NUM_THREADS=1";
  if (!dl_iterate_phdr(is_openblas, 0)) lend_variable(one_thread);
}

static ptrdiff_t soft_limit(int resource) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) || limit.rlim_cur > ((rlim_t)1 << 60)) return -1;
  return (ptrdiff_t)limit.rlim_cur;
}

ptrdiff_t reprise_address_space_limit(void) { return soft_limit(RLIMIT_AS); }
ptrdiff_t reprise_data_limit(void) { return soft_limit(RLIMIT_DATA); }

void reprise_restore_environment(void) {
  if (lent_place) *lent_place = lent_variable;
  lent_place = 0;
}

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t end;
  int is_over;
} gate;

static void *wait_at(void *pointer) {
  gate *gate_of_all = pointer;
  pthread_mutex_lock(&gate_of_all->lock);
  while (!gate_of_all->is_over) pthread_cond_wait(&gate_of_all->end, &gate_of_all->lock);
  pthread_mutex_unlock(&gate_of_all->lock);
  return 0;
}

ptrdiff_t reprise_startable_threads(ptrdiff_t count, size_t bytes, int *has_room) {
  gate all = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
  pthread_t *threads = calloc((size_t)count + 1, sizeof *threads);
  ptrdiff_t started = 0;
  if (!threads) return 0;
  while (started < count && !pthread_create(&threads[started], 0, wait_at, &all)) started++;
  void *room =
    mmap(0, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  *has_room = room != MAP_FAILED;
  if (room != MAP_FAILED) munmap(room, bytes + 1);
  pthread_mutex_lock(&all.lock);
  all.is_over = 1;
  pthread_cond_broadcast(&all.end);
  pthread_mutex_unlock(&all.lock);
  for (ptrdiff_t index = 0; index < started; index++) pthread_join(threads[index], 0);
  free(threads);
  return started;
}
#else
ptrdiff_t reprise_address_space_limit(void) { return -1; }
ptrdiff_t reprise_data_limit(void) { return -1; }
void reprise_restore_environment(void) {}
int reprise_argument_count(void) { return 0; }
const char *reprise_argument(int index) { return (void)index, (const char *)0; }
ptrdiff_t reprise_startable_threads(ptrdiff_t count, size_t bytes, int *has_room) {
  (void)bytes;
  *has_room = 1;
  return count;
}
#endif
