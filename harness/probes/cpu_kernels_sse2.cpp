// What every x86-64 processor has: 128 bits, multiplication and addition apart.
#include "harness/probes/cpu_kernels.h"
#include "harness/probes/cpu_memory_x86.h"

namespace eb::probes {

#if defined(__x86_64__)
namespace {

#define EB_EACH(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11)
#define EB_CLOBBERS                                                                                        \
  "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm14", "xmm15"
#define EB_ZERO(i) "xorps %%xmm" #i ", %%xmm" #i "\n\t"
#define EB_STORE(i) "movaps %%xmm" #i ", " #i "*16(%[out])\n\t"
#define EB_MULTIPLY(i) "mulps %%xmm14, %%xmm" #i "\n\t"
#define EB_ADD(i) "addps %%xmm15, %%xmm" #i "\n\t"

// sum = sum * a + b
void multiply_add(std::int64_t loops, const void* operands, void* sums) {
  asm volatile("movaps (%[in]), %%xmm14\n\t"
               "movaps 64(%[in]), %%xmm15\n\t" EB_EACH(EB_ZERO) ".p2align 5\n\t"
               "1:\n\t" EB_EACH(EB_MULTIPLY) EB_EACH(EB_ADD) "dec %[n]\n\t"
               "jnz 1b\n\t" EB_EACH(EB_STORE)
               : [n] "+r"(loops)
               : [in] "r"(operands), [out] "r"(sums)
               : EB_CLOBBERS);
}

constexpr CpuKernel kKernels[] = {
    {"sse2", "fp32", Element::fp32, Sum::fp32, 12 * 4, std::size_t{12} * 16, multiply_add}};

#define EB_LOAD(i) "movaps " #i "*16(%[at]), %%xmm" #i "\n\t"
#define EB_KEEP(i) "movaps %%xmm" #i ", " #i "*16(%[to])\n\t"

void read(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_READ(128, "")
}

void copy(std::int64_t loops, void* memory, std::uint64_t bytes) {
  EB_COPY(128, EB_KEEP, "")
}

constexpr MemoryKernel kMemory[] = {{"sse2", "read", false, read}, {"sse2", "copy", false, copy}};

}  // namespace

std::vector<CpuSet> x86_sse2_sets() {
  return {{[] { return true; }, kKernels, kMemory}};
}

#else

std::vector<CpuSet> x86_sse2_sets() {
  return {};
}

#endif

}  // namespace eb::probes
