#pragma once
// The kernels as they travel inside the libraries; made by scripts/cmake/embed_kernels.py from kernels/*.krn.
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace eb::gpu {

// One structural variant of a kernel, compiled to SPIR-V at build time.
struct SpirvVariant {
  std::string_view kernel;
  std::string_view
      defines;  // "HAS_RES=0 KU=4 TEXEL=1": the axes sorted by name; TEXEL only where vectors are read only
  std::string_view roles;  // one letter a binding: uniform texel buffer of four floats 't' or halves 'h', 'b'
                           // storage buffer
  std::span<const std::pair<std::string_view, std::uint32_t>> constants;  // SPEC names and their constant_id
  std::span<const std::uint32_t> words;
};
std::span<const SpirvVariant> spirv_variants();  // only in the Vulkan library

// OpenCL C: the prelude, and each kernel's text to be put behind it.
struct OpenclKernel {
  std::string_view kernel;
  std::string_view axes;                                        // "HAS_RES=0,1 KU=1,4": its `variants` line
  std::span<const std::pair<std::string_view, int>> constants;  // SPEC names and their defaults
  std::string_view text;
};
std::string_view opencl_prelude();               // only in the OpenCL library
std::span<const OpenclKernel> opencl_kernels();  // only in the OpenCL library

// Of all kernel sources and preludes: caches made from other kernels are stale.
std::uint64_t kernels_hash();

}  // namespace eb::gpu
