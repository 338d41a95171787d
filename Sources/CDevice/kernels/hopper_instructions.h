// The instructions of Hopper processors that hopper.h uses.

#define ALIGNED_SHARED_ARRAY(type, name, count) extern __shared__ __align__(1024) type name[]
/// Memory through which the CPU passes numbers between items; a GPU needs none.
#define HOPPER_MEMORY(name, items)
#define HOPPER(name)

/// Waits until `items` items have come to a barrier.
FUNCTION void await_barrier(int barrier, int items) {
  asm volatile("bar.sync %0, %1;" : : "r"(barrier), "r"(items) : "memory");
}
/// Comes to a barrier and goes on.
FUNCTION void pass_barrier(int barrier, int items) {
  asm volatile("bar.arrive %0, %1;" : : "r"(barrier), "r"(items) : "memory");
}
/// What this item wrote to shared memory can be read by wgmma, once a barrier has been passed.
#define SHOW_TO_WGMMA() asm volatile("fence.proxy.async.shared::cta;" : : : "memory")
/// Registers of each item from here on.
#define FEWER_REGISTERS(count) asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" : : "n"(count))
#define MORE_REGISTERS(count) asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" : : "n"(count))

#define load_fragment load_blocks

/// Rows of 32 terms in shared memory, as wgmma reads them: the address in units of 16 bytes, 1024
/// bytes from eight rows to the next eight, and the swizzle of 128 bytes.
typedef unsigned long long hopper_rows;
FUNCTION hopper_rows rows_at(const float *start) {
  unsigned address = (unsigned)__cvta_generic_to_shared(start);
  return 1ull << 62 | 64ull << 32 | 1ull << 16 | (address & 0x3ffff) >> 4;
}
/// The terms from 8 t on.
#define TERMS_OF(rows, t) ((rows) + 2 * (t))

/// Products begin after earlier changes of registers; are complete as a batch; have all ended.
#define BEGIN_PRODUCTS() asm volatile("wgmma.fence.sync.aligned;" : : : "memory")
#define END_PRODUCTS() asm volatile("wgmma.commit_group.sync.aligned;" : : : "memory")
#define AWAIT_PRODUCTS() asm volatile("wgmma.wait_group.sync.aligned 0;" : : : "memory")

/// The compiler must not move uses of these registers across this point.
template <int count> FUNCTION void hold(float *registers) {
  UNROLL for (int i = 0; i < count; i++) asm volatile("" : "+f"(registers[i]) : : "memory");
}
#define HOLD(registers, count) hold<count>(registers)

#define DIVIDE_QUICKLY(a, b) __fdividef(a, b)

#define F4(d, i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define F16(d, i) F4(d, i), F4(d, i + 4), F4(d, i + 8), F4(d, i + 12)
#define F64(d, i) F16(d, i), F16(d, i + 16), F16(d, i + 32), F16(d, i + 48)
#define REGISTERS_0_TO_63                                                                          \
  "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "                         \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "               \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "               \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"

#define REGISTERS_64_TO_127                                                                        \
  "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "               \
  "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "               \
  "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "   \
  "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"

/// d[64, 128] = a[64, 8] w[128, 8]ᵀ + (add ? d : 0), spread over 128 items. Begins the product.
FUNCTION void multiply_128(float *d, const float *a, hopper_rows w, int add) {
  asm volatile("{.reg .pred p; setp.ne.b32 p, %69, 0;"
               "wgmma.mma_async.sync.aligned.m64n128k8.f32.tf32.tf32 {" REGISTERS_0_TO_63
               "}, {%64, %65, %66, %67}, %68, p, 1, 1;}"
               : F64(d, 0)
               : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])), "r"(__float_as_uint(a[2])),
                 "r"(__float_as_uint(a[3])), "l"(w), "r"(add));
}

/// The same for 256 rows of W.
FUNCTION void multiply_256(float *d, const float *a, hopper_rows w, int add) {
  asm volatile("{.reg .pred p; setp.ne.b32 p, %133, 0;"
               "wgmma.mma_async.sync.aligned.m64n256k8.f32.tf32.tf32 {" REGISTERS_0_TO_63
               ", " REGISTERS_64_TO_127 "}, {%128, %129, %130, %131}, %132, p, 1, 1;}"
               : F64(d, 0), F64(d, 64)
               : "r"(__float_as_uint(a[0])), "r"(__float_as_uint(a[1])), "r"(__float_as_uint(a[2])),
                 "r"(__float_as_uint(a[3])), "l"(w), "r"(add));
}
