#pragma once
// Which instructions may be used: what the processor has and the system saves.
namespace eb::probes {

struct CpuFeatures {
  bool avx2_fma = false, avx_vnni = false;
  bool avx512 = false, avx512_vnni = false, avx512_bf16 = false, avx512_fp16 = false;
  bool neon = false, neon_fp16 = false, neon_dot = false, neon_i8mm = false, neon_bf16 = false;
};

CpuFeatures cpu_features();

}  // namespace eb::probes
