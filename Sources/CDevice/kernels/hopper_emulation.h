// The instructions of Hopper processors on the CPU, as far as their documentation tells. A product
// is computed at once. Sums round towards zero, as in tensor_emulation.h.

/// Sixteen barriers of a group and one for each warp. Fresh memory holds -1 in each.
typedef struct {
  int arrived, rounds;
} hopper_barrier;
typedef struct {
  hopper_barrier barriers[48];
  union {
    const float *row;
    float terms[4];
  } given[512];
} hopper_memory;

#define ALIGNED_SHARED_ARRAY(type, name, count)                                                    \
  SHARED_ARRAY(type, name##_start, (count) + 1024 / sizeof(type));                                 \
  type *const name = (type *)(((uintptr_t)name##_start + 1023) & ~(uintptr_t)1023)
#define HOPPER_MEMORY(name, items) SHARED_ARRAY(hopper_memory, name, 1)
#define HOPPER(name) , name

FUNCTION void pass_barrier(int barrier, int items, hopper_memory *memory) {
  hopper_barrier *b = &memory->barriers[barrier];
  if (++b->arrived == items - 1) {
    b->arrived = -1;
    b->rounds++;
  }
}
FUNCTION void await_barrier(int barrier, int items, hopper_memory *memory) {
  volatile int *rounds = &memory->barriers[barrier].rounds;
  int before = *rounds;
  pass_barrier(barrier, items, memory);
  while (*rounds == before) BARRIER();
}
#define SHOW_TO_WGMMA()
#define FEWER_REGISTERS(count)
#define MORE_REGISTERS(count)
#define BEGIN_PRODUCTS()
#define END_PRODUCTS()
#define AWAIT_PRODUCTS()
#define HOLD(registers, count)
#define DIVIDE_QUICKLY(a, b) ((a) / (b))

/// As load_blocks of tensor_instructions.h.
FUNCTION void load_fragment(const float *row, float *four, hopper_memory *memory) {
  int item = ITEM, lane = item % 32;
  memory->given[item].row = row;
  await_barrier(16 + item / 32, 32, memory);
  for (int block = 0; block < 4; block++) {
    four[block] = memory->given[item - lane + block * 8 + lane / 4].row[lane % 4];
  }
  await_barrier(16 + item / 32, 32, memory);
}

typedef const char *hopper_rows;
FUNCTION hopper_rows rows_at(const float *start) { return (const char *)start; }
#define TERMS_OF(rows, t) ((rows) + 32 * (t))

FUNCTION void multiply_rows(
  float *d, const float *a, hopper_rows w, int add, int columns, hopper_memory *memory
) {
  int item = ITEM, lane = item % 32;
  memcpy(memory->given[item].terms, a, 4 * sizeof *a);
  await_barrier(16 + item / 32, 32, memory);
  double x[2][8];
  for (int e = 0; e < 16; e++) {
    // Item l holds the rows l / 4 and l / 4 + 8, and the terms l % 4 and l % 4 + 4 of a.
    int half = e / 8, k = e % 8;
    x[half][k] = tf32_read(memory->given[item - lane % 4 + k % 4].terms[half + k / 4 * 2]);
  }
  for (int e = 0; e < columns / 2; e++) {
    // Of each eight columns, item l holds two of the row l / 4 and two of the row l / 4 + 8 of d.
    int column = e / 4 * 8 + lane % 4 * 2 + e % 2, half = e / 2 % 2;
    double sum = add ? (double)d[e] : 0.0;
    for (int k = 0; k < 8; k++) {
      uintptr_t address = (uintptr_t)w + (uintptr_t)(column / 8 * 1024 + column % 8 * 128 + k * 4);
      address ^= (address >> 7 & 7) << 4;
      sum = FMA_DOUBLE(x[half][k], tf32_read(*(const float *)address), sum);
    }
    float rounded = (float)sum;
    if (__builtin_fabs((double)rounded) > __builtin_fabs(sum)) {
      rounded = FLOAT_OF_BITS(BITS_OF_FLOAT(rounded) - 1);
    }
    d[e] = rounded;
  }
  await_barrier(16 + item / 32, 32, memory);
}
FUNCTION void multiply_128(
  float *d, const float *a, hopper_rows w, int add, hopper_memory *memory
) {
  multiply_rows(d, a, w, add, 128, memory);
}
FUNCTION void multiply_256(
  float *d, const float *a, hopper_rows w, int add, hopper_memory *memory
) {
  multiply_rows(d, a, w, add, 256, memory);
}
