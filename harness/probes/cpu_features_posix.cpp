#include <cstdint>

#include "harness/probes/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace eb::probes {

#if defined(__x86_64__)
namespace {

struct Registers {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  __get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d);
  return r;
}

// The register states that the system saves (XCR0).
std::uint64_t saved_states() {
  std::uint32_t low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (std::uint64_t{high} << 32) | low;
}

bool has(unsigned word, int bit) {
  return ((word >> bit) & 1) != 0;
}

}  // namespace

CpuFeatures cpu_features() {
  CpuFeatures features;
  const Registers one = cpuid(1, 0);
  if (!has(one.c, 27)) return features;  // OSXSAVE
  constexpr std::uint64_t kYmm = 0x06, kZmm = 0xe6;
  const std::uint64_t saved = saved_states();
  const Registers seven = cpuid(7, 0);
  const Registers more = seven.a >= 1 ? cpuid(7, 1) : Registers();
  if ((saved & kYmm) == kYmm) {
    features.avx2_fma = has(seven.b, 5) && has(one.c, 12);
    features.avx_vnni = features.avx2_fma && has(more.a, 4);
  }
  if ((saved & kZmm) == kZmm) {
    features.avx512 = has(seven.b, 16) && has(seven.b, 30);  // F and BW
    features.avx512_vnni = features.avx512 && has(seven.c, 11);
    features.avx512_bf16 = features.avx512 && has(more.a, 5);
    features.avx512_fp16 = features.avx512 && has(seven.d, 23);
  }
  return features;
}

#elif defined(__aarch64__) && defined(__linux__)

CpuFeatures cpu_features() {
  const unsigned long one = getauxval(AT_HWCAP), two = getauxval(AT_HWCAP2);
  const auto has = [](unsigned long word, int bit) { return ((word >> bit) & 1) != 0; };
  return {.neon = has(one, 1),
          .neon_fp16 = has(one, 10),
          .neon_dot = has(one, 20),
          .neon_i8mm = has(two, 13),
          .neon_bf16 = has(two, 14)};
}

#else

CpuFeatures cpu_features() {
  return {};
}

#endif

}  // namespace eb::probes
