// Makes a .krn file OpenCL C 1.2. Who compiles defines VW (floats in a vector: 1, 4, 8 or 16), LSZ_X, LSZ_Y, LSZ_Z (the
// group) and every SPEC name.
#define DIALECT_OPENCL 1
#define LX LSZ_X
#define LY LSZ_Y
#define LZ LSZ_Z
#define SPEC(id, name, dflt)
#define KERNEL_BEGIN(name)      __kernel __attribute__((reqd_work_group_size(LSZ_X, LSZ_Y, LSZ_Z))) void name(
#define BUF_IN(i, T, n)         __global const T* n,
#define BUF_OUT(i, T, n)        __global T* restrict n,
#define BUF_IO(i, T, n)         __global T* n,
#define BUF_RO4(i, T, n)        __global const T* restrict n,
#define LD4(n, i)               n[i]
#define PARAMS_BEGIN
#define PARAM(T, n)             const T n,
#define PARAMS_END
#define KERNEL_LOCALS           const int kernel_pad_) {
#define SHARED(T, n, size)      __local T n[size];
#define KERNEL_BODY             {
#define KERNEL_END              } }
#define BARRIER()               barrier(CLK_LOCAL_MEM_FENCE)
#define GID_X ((int)get_global_id(0))
#define GID_Y ((int)get_global_id(1))
#define GID_Z ((int)get_global_id(2))
#define LID_X ((int)get_local_id(0))
#define LID_Y ((int)get_local_id(1))
#define WG_X  ((int)get_group_id(0))
#define WG_Y  ((int)get_group_id(1))
#define WG_Z  ((int)get_group_id(2))
#define UNROLL                  __attribute__((opencl_unroll_hint))
#if VW == 1
#define VF float
#define VI int
#elif VW == 4
#define VF float4
#define VI int4
#elif VW == 8
#define VF float8
#define VI int8
#else
#define VF float16
#define VI int16
#endif
#define VS(x) ((VF)(x))
#define F4(a, b, c, d) ((float4)(a, b, c, d))
#define INT(x) ((int)(x))
#define FLT(x) ((float)(x))
#define AS_INT(x) as_int(x)
#define AS_FLT(x) as_float(x)
#define UINT_TO_FLT(x) ((float)((uint)(x)))
#define SEL(c, a, b) ((c) ? (a) : (b))
// The builtin also keeps 512-bit vectors legal in pocl's compiler.
#define MAD(a, b, c) fma(a, b, c)
#define IMIN(a, b) min(a, b)
#define IMAX(a, b) max(a, b)
// One element of a vector, by an index that unrolling makes constant.
#define VGET(v, i)              (((const float*)&(v))[i])
#define VSET(v, i, x)           ((float*)&(v))[i] = x
static float half_bits_to_float(ushort bits) { return vload_half(0, (const half*)&bits); }
static int float_to_half_bits(float x) { ushort bits; vstore_half_rte(x, 0, (half*)&bits); return bits; }
#define HALF_TO_FLT(bits)       half_bits_to_float((ushort)(bits))
#define FLT_TO_HALF(x)          float_to_half_bits(x)
// Functions beside the kernel are written `FN float name(float x) { ... }` before KERNEL_BEGIN.
#define FN static
