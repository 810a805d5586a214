// 128 bits of AArch64: fused multiply-add in fp32 and fp16, dot and matrix products of bytes and of bf16.
#include "harness/probes/cpu_features.h"
#include "harness/probes/cpu_kernels.h"

namespace eb::probes {

#if defined(__aarch64__)
namespace {

#define EB_LOW(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11)
#define EB_HIGH(OP) OP(12) OP(13) OP(14) OP(15) OP(16) OP(17) OP(18) OP(19) OP(20) OP(21) OP(22) OP(23)
#define EB_EACH(OP) EB_LOW(OP) EB_HIGH(OP)
#define EB_CLOBBERS                                                                                       \
  "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", \
      "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v30", "v31"
#define EB_ZERO(i) "movi v" #i ".4s, #0\n\t"
#define EB_STORE(i) "str q" #i ", [%[out], #" #i "*16]\n\t"
#define EB_LOOP(OP) \
  asm volatile("ldr q30, [%[in]]\n\t"      \
               "ldr q31, [%[in], #64]\n\t"           \
               EB_EACH(EB_ZERO)                      \
               ".p2align 5\n\t"                      \
               "1:\n\t" EB_EACH(OP)                  \
               "subs %[n], %[n], #1\n\t"             \
               "b.ne 1b\n\t" EB_EACH(EB_STORE)       \
               : [n] "+r"(loops)                     \
               : [in] "r"(operands), [out] "r"(sums) \
               : EB_CLOBBERS)

#define EB_FMLA(i) "fmla v" #i ".4s, v30.4s, v31.4s\n\t"
// As words, since assemblers want to be told of each extension, each in its own way: fmla .8h, sdot, smmla
// and bfmmla of v30 and v31. A test counts what they do.
#define EB_HALF(i) ".inst 0x4e5f0fc0 + " #i "\n\t"
#define EB_DOT(i) ".inst 0x4e9f97c0 + " #i "\n\t"
#define EB_MATRIX(i) ".inst 0x4e9fa7c0 + " #i "\n\t"
#define EB_BRAIN(i) ".inst 0x6e5fefc0 + " #i "\n\t"

void fused(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_FMLA);
}
void halves(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_HALF);
}
void dot(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_DOT);
}
void matrix(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_MATRIX);
}
void brain(std::int64_t loops, const void* operands, void* sums) {
  EB_LOOP(EB_BRAIN);
}

#define EB_LOAD(i, j, at) "ldp q" #i ", q" #j ", [%[from], #" #at "]\n\t"
#define EB_KEEP(i, j, at) "stp q" #i ", q" #j ", [%[to], #" #at "]\n\t"
#define EB_LINE(OP) OP(0, 1, 0) OP(2, 3, 32) OP(4, 5, 64) OP(6, 7, 96)

void read(std::int64_t loops, void* memory, std::uint64_t bytes) {
  for (; loops > 0; --loops) {
    const void* from = memory;
    std::uint64_t n = bytes / 128;
    asm volatile("1:\n\t" EB_LINE(EB_LOAD) "add %[from], %[from], #128\n\t"
                 "subs %[n], %[n], #1\n\t"
                 "b.ne 1b\n\t"
                 : [n] "+r"(n), [from] "+r"(from)
                 :
                 : EB_CLOBBERS);
  }
}

void copy(std::int64_t loops, void* memory, std::uint64_t bytes) {
  for (; loops > 0; --loops) {
    const void* from = memory;
    void* to = static_cast<char*>(memory) + bytes / 2;
    std::uint64_t n = bytes / 256;
    asm volatile("1:\n\t" EB_LINE(EB_LOAD) EB_LINE(EB_KEEP) "add %[from], %[from], #128\n\t"
                 "add %[to], %[to], #128\n\t"
                 "subs %[n], %[n], #1\n\t"
                 "b.ne 1b\n\t"
                 : [n] "+r"(n), [from] "+r"(from), [to] "+r"(to)
                 :
                 : EB_CLOBBERS);
  }
}

constexpr std::size_t kSums = std::size_t{24} * 16;
constexpr CpuKernel kKernels[] = {{"neon", "fp32", Element::fp32, Sum::fp32, 24 * 4, kSums, fused}};
constexpr CpuKernel kHalves[] = {{"neon-fp16", "fp16", Element::fp16, Sum::fp16, 24 * 8, kSums, halves}};
constexpr CpuKernel kDot[] = {{"neon-dotprod", "int8", Element::int8, Sum::int32, 24 * 16, kSums, dot}};
constexpr CpuKernel kMatrix[] = {{"neon-i8mm", "int8", Element::int8, Sum::int32, 24 * 32, kSums, matrix}};
constexpr CpuKernel kBrain[] = {{"neon-bf16", "bf16", Element::bf16, Sum::fp32, 24 * 16, kSums, brain}};
constexpr MemoryKernel kMemory[] = {{"neon", "read", false, read}, {"neon", "copy", false, copy}};

}  // namespace

std::vector<CpuSet> arm_neon_sets() {
  return {{[] { return cpu_features().neon; }, kKernels, kMemory},
          {[] { return cpu_features().neon_fp16; }, kHalves, {}},
          {[] { return cpu_features().neon_dot; }, kDot, {}},
          {[] { return cpu_features().neon_i8mm; }, kMatrix, {}},
          {[] { return cpu_features().neon_bf16; }, kBrain, {}}};
}

#else

std::vector<CpuSet> arm_neon_sets() {
  return {};
}

#endif

}  // namespace eb::probes
