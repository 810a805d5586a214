// 256 bits: fused multiply-add, and 8-bit products with and without the dot-product instruction.
#include "harness/probes/cpu_features.h"
#include "harness/probes/cpu_kernels.h"
#include "harness/probes/cpu_memory_x86.h"

namespace eb::probes {

#if defined(__x86_64__)
namespace {

#define EB_EACH(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11)
#define EB_CLOBBERS                                                                                        \
  "cc", "memory", "ymm0", "ymm1", "ymm2", "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8", "ymm9", "ymm10", \
      "ymm11", "ymm12", "ymm13", "ymm14", "ymm15"
#define EB_ZERO(i) "vxorps %%ymm" #i ", %%ymm" #i ", %%ymm" #i "\n\t"
#define EB_STORE(i) "vmovaps %%ymm" #i ", " #i "*32(%[out])\n\t"
#define EB_LOOP(BODY) \
  asm volatile("vmovaps (%[in]), %%ymm14\n\t"                            \
               "vmovaps 64(%[in]), %%ymm15\n\t"                          \
               "vmovaps 128(%[in]), %%ymm13\n\t" EB_EACH(EB_ZERO)        \
               ".p2align 5\n\t"                                          \
               "1:\n\t" BODY "dec %[n]\n\t"                              \
               "jnz 1b\n\t" EB_EACH(EB_STORE) "vzeroupper\n\t"           \
               : [n] "+r"(loops)                                         \
               : [in] "r"(operands), [out] "r"(sums)                     \
               : EB_CLOBBERS)

#define EB_FMA(i) "vfmadd231ps %%ymm14, %%ymm15, %%ymm" #i "\n\t"
__attribute__((target("avx2,fma"))) void fused(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_EACH(EB_FMA));
}

// Products of bytes to pairs of 16 bits, pairs to 32 bits, sums of these. ymm10 to ymm12 hold what is
// between.
#define EB_BYTES(i, t)                      \
  "vpmaddubsw %%ymm14, %%ymm15, %%ymm" #t   \
  "\n\t"                                    \
  "vpmaddwd %%ymm13, %%ymm" #t ", %%ymm" #t \
  "\n\t"                                    \
  "vpaddd %%ymm" #t ", %%ymm" #i ", %%ymm" #i "\n\t"
__attribute__((target("avx2,fma"))) void bytes(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_BYTES(0, 9) EB_BYTES(1, 10) EB_BYTES(2, 11) EB_BYTES(3, 12) EB_BYTES(4, 9) EB_BYTES(5, 10)
              EB_BYTES(6, 11) EB_BYTES(7, 12) EB_BYTES(8, 9));
}

#define EB_DOT(i) "%{vex%} vpdpbusd %%ymm14, %%ymm15, %%ymm" #i "\n\t"
__attribute__((target("avx2,fma"))) void dot(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_EACH(EB_DOT));
}

#define EB_LOAD(i) "vmovaps " #i "*32(%[at]), %%ymm" #i "\n\t"
#define EB_KEEP(i) "vmovaps %%ymm" #i ", " #i "*32(%[to])\n\t"
#define EB_STREAM(i) "vmovntps %%ymm" #i ", " #i "*32(%[to])\n\t"

__attribute__((target("avx2"))) void read(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_READ(256, "vzeroupper\n\t")
}

__attribute__((target("avx2"))) void copy(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_COPY(256, EB_KEEP, "vzeroupper\n\t")
}

__attribute__((target("avx2"))) void stream(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_COPY(256, EB_STREAM,
          "vzeroupper\n\t"
          "sfence\n\t")
}

constexpr CpuKernel kKernels[] = {
    {"avx2-fma", "fp32", Element::fp32, Sum::fp32, 12 * 8, std::size_t{12} * 32, fused},
    {"avx2", "int8", Element::int8, Sum::int32, 9 * 32, std::size_t{9} * 32, bytes},
};
constexpr CpuKernel kDot[] = {
    {"avx-vnni", "int8", Element::int8, Sum::int32, 12 * 32, std::size_t{12} * 32, dot}};
constexpr MemoryKernel kMemory[] = {
    {"avx2", "read", false, read}, {"avx2", "copy", false, copy}, {"avx2", "copy", true, stream}};

}  // namespace

std::vector<CpuSet> x86_avx2_sets() {
  return {{[] { return cpu_features().avx2_fma; }, kKernels, kMemory},
          {[] { return cpu_features().avx_vnni; }, kDot, {}}};
}

#else

std::vector<CpuSet> x86_avx2_sets() {
  return {};
}

#endif

}  // namespace eb::probes
