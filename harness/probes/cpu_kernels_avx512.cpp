// 512 bits: fused multiply-add in fp32 and fp16, and the dot products of bytes and of bf16.
#include "harness/probes/cpu_features.h"
#include "harness/probes/cpu_kernels.h"
#include "harness/probes/cpu_memory_x86.h"

namespace eb::probes {

#if defined(__x86_64__)
namespace {

#define EB_LOW(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11)
#define EB_HIGH(OP) OP(12) OP(13) OP(14) OP(15) OP(16) OP(17) OP(18) OP(19) OP(20) OP(21) OP(22) OP(23)
#define EB_EACH(OP) EB_LOW(OP) EB_HIGH(OP)
#define EB_CLOBBERS                                                                                        \
  "cc", "memory", "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8", "zmm9", "zmm10", \
      "zmm11", "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19", "zmm20", "zmm21",   \
      "zmm22", "zmm23", "zmm30", "zmm31"
#define EB_ZERO(i) "vpxorq %%zmm" #i ", %%zmm" #i ", %%zmm" #i "\n\t"
#define EB_STORE(i) "vmovaps %%zmm" #i ", " #i "*64(%[out])\n\t"
#define EB_LOOP(OP) \
  asm volatile("vmovaps (%[in]), %%zmm30\n\t"                  \
               "vmovaps 64(%[in]), %%zmm31\n\t"                \
               EB_EACH(EB_ZERO)                                \
               ".p2align 6\n\t"                                \
               "1:\n\t" EB_EACH(OP) "dec %[n]\n\t"             \
               "jnz 1b\n\t" EB_EACH(EB_STORE) "vzeroupper\n\t" \
               : [n] "+r"(loops)                               \
               : [in] "r"(operands), [out] "r"(sums)           \
               : EB_CLOBBERS)

#define EB_FMA(i) "vfmadd231ps %%zmm30, %%zmm31, %%zmm" #i "\n\t"
#define EB_HALF(i) "vfmadd231ph %%zmm30, %%zmm31, %%zmm" #i "\n\t"
#define EB_DOT(i) "vpdpbusd %%zmm30, %%zmm31, %%zmm" #i "\n\t"
#define EB_BRAIN(i) "vdpbf16ps %%zmm30, %%zmm31, %%zmm" #i "\n\t"

__attribute__((target("avx512f"))) void fused(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_FMA);
}
__attribute__((target("avx512f"))) void halves(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_HALF);
}
__attribute__((target("avx512f"))) void dot(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_DOT);
}
__attribute__((target("avx512f"))) void brain(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_BRAIN);
}

#define EB_LOAD(i) "vmovaps " #i "*64(%[at]), %%zmm" #i "\n\t"
#define EB_KEEP(i) "vmovaps %%zmm" #i ", " #i "*64(%[to])\n\t"
#define EB_STREAM(i) "vmovntps %%zmm" #i ", " #i "*64(%[to])\n\t"

__attribute__((target("avx512f"))) void read(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_READ(512, "vzeroupper\n\t")
}

__attribute__((target("avx512f"))) void copy(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_COPY(512, EB_KEEP, "vzeroupper\n\t")
}
__attribute__((target("avx512f"))) void stream(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_COPY(512, EB_STREAM,
          "vzeroupper\n\t"
          "sfence\n\t")
}

constexpr std::size_t kSums = std::size_t{24} * 64;
constexpr CpuKernel kKernels[] = {{"avx512", "fp32", Element::fp32, Sum::fp32, 24 * 16, kSums, fused}};
constexpr CpuKernel kHalves[] = {{"avx512-fp16", "fp16", Element::fp16, Sum::fp16, 24 * 32, kSums, halves}};
constexpr CpuKernel kDot[] = {{"avx512-vnni", "int8", Element::int8, Sum::int32, 24 * 64, kSums, dot}};
constexpr CpuKernel kBrain[] = {{"avx512-bf16", "bf16", Element::bf16, Sum::fp32, 24 * 32, kSums, brain}};
constexpr MemoryKernel kMemory[] = {
    {"avx512", "read", false, read}, {"avx512", "copy", false, copy}, {"avx512", "copy", true, stream}};

}  // namespace

std::vector<CpuSet> x86_avx512_sets() {
  return {{[] { return cpu_features().avx512; }, kKernels, kMemory},
          {[] { return cpu_features().avx512_fp16; }, kHalves, {}},
          {[] { return cpu_features().avx512_vnni; }, kDot, {}},
          {[] { return cpu_features().avx512_bf16; }, kBrain, {}}};
}

#else

std::vector<CpuSet> x86_avx512_sets() {
  return {};
}

#endif

}  // namespace eb::probes
