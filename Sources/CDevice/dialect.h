// The language of the kernels. The same source compiles as CUDA, as OpenCL C and as C for the CPU.
//
// A launch has groups, and a group has items. The items of a group run side by side, share memory
// and wait for each other at BARRIER(). All items of a group reach the same barriers.
//
//     KERNEL(128, 8) void scale(GLOBAL float *x, int count, float factor) {
//       SHARED_ARRAY(float, part, 128);  // at the start of the kernel, before any barrier
//       int place = GROUP(0) * 128 + ITEM;
//       if (place < count) x[place] = x[place] * factor;
//     }
//
// A kernel that needs more than 48 KiB of shared memory has one LARGE_SHARED_ARRAY. The list of
// kernels gives its bytes.
//
// KERNEL(items, groups) gives the items of a group and how many groups should fit on one
// multiprocessor. The second number bounds the registers.
//
// Results have the same bits on every device. These rules see to that:
// - Arithmetic is + - * / FMA ROOT ROUND on float, or the same on double. All are IEEE operations.
//   The compilers must not contract a * b + c, so a fused multiply-add is written as FMA.
// - exp and erf come from mathematics.h.
// - Every sum has a fixed order. There are no atomic operations and no warp shuffles.
// - Indices into buffers are of type `wide`, since a buffer may hold more than 2^31 numbers.
#ifndef REPRISE_DIALECT_H
#define REPRISE_DIALECT_H

#if defined(__OPENCL_VERSION__)
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL(items, groups) __kernel __attribute__((reqd_work_group_size(items, 1, 1)))
#define FUNCTION static inline
#define GLOBAL __global
#define LOCAL __local
#define SHARED_ARRAY(type, name, count) __local type name[count] __attribute__((aligned(16)))
#define LARGE_SHARED_ARRAY(type, name, count) SHARED_ARRAY(type, name, count)
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define GROUP(dimension) ((int)get_group_id(dimension))
#define ITEM ((int)get_local_id(0))
#define UNROLL __attribute__((opencl_unroll_hint))
#define UNROLL_TWICE __attribute__((opencl_unroll_hint(2)))
#define ROLLED __attribute__((opencl_unroll_hint(1)))
#define FMA(a, b, c) fma((float)(a), (float)(b), (float)(c))
#define FMA_DOUBLE(a, b, c) fma((double)(a), (double)(b), (double)(c))
#define ROUND(x) rint((float)(x))
#define ROOT(x) sqrt((float)(x))
#define ROOT_DOUBLE(x) sqrt((double)(x))
#define FLOAT_OF_BITS(i) as_float(i)
#define BITS_OF_FLOAT(x) as_int(x)
#define ADDRESS(pointer) ((ulong)(pointer))
typedef long wide;

#elif defined(__CUDACC__)
#define KERNEL(items, groups) extern "C" __global__ __launch_bounds__(items, groups)
#define FUNCTION static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define SHARED_ARRAY(type, name, count) __shared__ __align__(16) type name[count]
#define LARGE_SHARED_ARRAY(type, name, count) extern __shared__ __align__(16) type name[]
#define BARRIER() __syncthreads()
#define GROUP(dimension)                                                                           \
  ((int)((dimension) == 0 ? blockIdx.x : (dimension) == 1 ? blockIdx.y : blockIdx.z))
#define ITEM ((int)threadIdx.x)
#define UNROLL _Pragma("unroll")
#define UNROLL_TWICE _Pragma("unroll 2")
#define ROLLED _Pragma("unroll 1")
#define FMA(a, b, c) fmaf(a, b, c)
#define FMA_DOUBLE(a, b, c) fma((double)(a), (double)(b), (double)(c))
#define ROUND(x) rintf(x)
#define ROOT(x) sqrtf(x)
#define ROOT_DOUBLE(x) sqrt((double)(x))
#define FLOAT_OF_BITS(i) __int_as_float(i)
#define BITS_OF_FLOAT(x) __float_as_int(x)
#define ADDRESS(pointer) ((unsigned long long)(pointer))
#define restrict __restrict__
typedef long long wide;

#else
#include "shim.h"
#endif

/// Four numbers at once. The pointer must be a multiple of 16 bytes.
#if defined(REPRISE_SHIM_H)
#define LOAD4(pointer) (*(const float4 *)multiple_of_16((uintptr_t)(pointer)))
#define STORE4(pointer, value) (*(float4 *)multiple_of_16((uintptr_t)(pointer)) = (value))
#else
#define LOAD4(pointer) (*(GLOBAL const float4 *)(pointer))
#define STORE4(pointer, value) (*(GLOBAL float4 *)(pointer) = (value))
#endif
#if defined(__CUDACC__)
// As an instruction: NVRTC takes plain loads of four apart and joins them again, now and then in
// another way, and the PTX would differ from run to run.
FUNCTION float4 local_load4(const float *p) {
  float4 four;
  asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
               : "=f"(four.x), "=f"(four.y), "=f"(four.z), "=f"(four.w)
               : "r"((unsigned)__cvta_generic_to_shared(p))
               : "memory");
  return four;
}
#define LOCAL_LOAD4(pointer) local_load4(pointer)
#else
#define LOCAL_LOAD4(pointer) (*(LOCAL const float4 *)(pointer))
#endif
#define LOCAL_STORE4(pointer, value) (*(LOCAL float4 *)(pointer) = (value))
/// Whether LOAD4 and STORE4 may use a pointer.
#define ALIGNED4(pointer) ((ADDRESS(pointer) & 15) == 0)

#endif
