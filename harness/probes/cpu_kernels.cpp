#include "harness/probes/cpu_kernels.h"

namespace eb::probes {
namespace {

std::vector<CpuSet> sets_here() {
  std::vector<CpuSet> here;
  for (const auto& sets : {x86_sse2_sets(), x86_avx2_sets(), x86_avx512_sets(), arm_neon_sets()})
    for (const CpuSet& set : sets)
      if (set.is_here()) here.push_back(set);
  return here;
}

}  // namespace

void dependent_adds(std::int64_t adds) {
  std::int64_t rounds = adds / 16;
  if (rounds <= 0) return;
  std::int64_t sum = 0;
  const std::int64_t one = 1;
#if defined(__x86_64__)
  asm volatile(
      "1:\n\t"
      ".rept 16\n\t"
      "add %[one], %[sum]\n\t"
      ".endr\n\t"
      "dec %[rounds]\n\t"
      "jnz 1b\n\t"
      : [sum] "+r"(sum), [rounds] "+r"(rounds)
      : [one] "r"(one)
      : "cc");
#elif defined(__aarch64__)
  asm volatile(
      "1:\n\t"
      ".rept 16\n\t"
      "add %[sum], %[sum], %[one]\n\t"
      ".endr\n\t"
      "subs %[rounds], %[rounds], #1\n\t"
      "b.ne 1b\n\t"
      : [sum] "+r"(sum), [rounds] "+r"(rounds)
      : [one] "r"(one)
      : "cc");
#else
  for (; rounds > 0; --rounds)
    for (int i = 0; i < 16; ++i) asm volatile("" : "+r"(sum += one));
#endif
}

std::vector<CpuKernel> cpu_kernels() {
  std::vector<CpuKernel> all;
  for (const CpuSet& set : sets_here()) all.insert(all.end(), set.kernels.begin(), set.kernels.end());
  return all;
}

std::vector<MemoryKernel> memory_kernels() {
  std::vector<MemoryKernel> all;
  for (const CpuSet& set : sets_here()) all.insert(all.end(), set.memory.begin(), set.memory.end());
  return all;
}

}  // namespace eb::probes
