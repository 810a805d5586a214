// What every x86-64 processor has: 128 bits, multiplication and addition apart.
#include "harness/probes/cpu_kernels.h"
#include "harness/probes/cpu_memory_x86.h"

namespace eb::probes {

#if defined(__x86_64__)
namespace {

#define EB_EACH(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11) OP(12) OP(13)
#define EB_CLOBBERS                                                                                        \
  "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
#define EB_ZERO(i) "xorps %%xmm" #i ", %%xmm" #i "\n\t"
#define EB_STORE(i) "movaps %%xmm" #i ", " #i "*16(%[out])\n\t"
#define EB_MULTIPLY(i) "mulps %%xmm14, %%xmm" #i "\n\t"
#define EB_ADD(i) "addps %%xmm15, %%xmm" #i "\n\t"

// sum = sum * a + b, the addition half a round after the multiplication, so that each cycle has some of both.
#define EB_BOTH(i, j) EB_MULTIPLY(i) EB_ADD(j)
#define EB_FIRST_HALF \
  EB_BOTH(0, 7) EB_BOTH(1, 8) EB_BOTH(2, 9) EB_BOTH(3, 10) EB_BOTH(4, 11) EB_BOTH(5, 12) EB_BOTH(6, 13)
#define EB_SECOND_HALF \
  EB_BOTH(7, 0) EB_BOTH(8, 1) EB_BOTH(9, 2) EB_BOTH(10, 3) EB_BOTH(11, 4) EB_BOTH(12, 5) EB_BOTH(13, 6)

void multiply_add(std::int64_t loops, const void* operands, void* sums) {
  asm volatile("movaps (%[in]), %%xmm14\n\t"
               "movaps 64(%[in]), %%xmm15\n\t" EB_EACH(EB_ZERO) ".p2align 5\n\t"
               "1:\n\t" EB_FIRST_HALF EB_SECOND_HALF "dec %[n]\n\t"
               "jnz 1b\n\t" EB_EACH(EB_STORE)
               : [n] "+r"(loops)
               : [in] "r"(operands), [out] "r"(sums)
               : EB_CLOBBERS);
}

constexpr CpuKernel kKernels[] = {
    {"sse2", "fp32", Element::fp32, Sum::fp32, 14 * 4, std::size_t{14} * 16, multiply_add}};

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
