#pragma once
// Loops of arithmetic for the peak of a processor, one file an instruction set. They are written in assembly,
// so that no compiler can take anything out of them, and add up what they compute, so that a test can count
// it.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace eb::probes {

// How the operands of a kernel are stored.
enum class Element : std::uint8_t { fp32, fp16, bf16, int8 };

// Where a kernel leaves its sums.
enum class Sum : std::uint8_t { fp32, fp16, int32 };

inline constexpr std::size_t kOperandBytes = 64;                    // of each of two operands
inline constexpr std::size_t kMostSumBytes = std::size_t{24} * 64;  // of all sums of a kernel

struct CpuKernel {
  std::string_view name;       // "avx512-vnni"
  std::string_view precision;  // "int8"
  Element element = Element::fp32;
  Sum sum = Sum::fp32;
  int macs = 0;               // of one round of the loop
  std::size_t sum_bytes = 0;  // how much of `sums` is written
  // Runs the loop `loops` times, at least once. `operands`: two of kOperandBytes, aligned to 64 bytes, and a
  // third block of 16-bit ones. `sums`: kMostSumBytes, aligned to 64 bytes. Where every operand is 1, all
  // sums together are macs * loops.
  void (*run)(std::int64_t loops, const void* operands, void* sums) = nullptr;
};

// Reads or copies memory. `loops` passes over `bytes`, a multiple of kMemoryStep: the kernel reads all of it,
// or reads the first half and writes the second.
inline constexpr std::uint64_t kMemoryStep = 1024;
struct MemoryKernel {
  std::string_view name;      // "avx512"
  std::string_view what;      // "read", "copy"
  bool is_streaming = false;  // writes past the caches
  void (*run)(std::int64_t loops, void* memory, std::uint64_t bytes) = nullptr;
};

// `adds` additions, a multiple of 16, each of which waits for the one before: as many cycles on every
// processor of the last twenty years. Register plus register, since additions of constants are folded by
// some.
void dependent_adds(std::int64_t adds);

// Those that this processor and this system run; the widest last.
std::vector<CpuKernel> cpu_kernels();
std::vector<MemoryKernel> memory_kernels();

// By file; empty where the file is another architecture's. `is_here` is asked before any of them runs.
struct CpuSet {
  bool (*is_here)() = nullptr;
  std::span<const CpuKernel> kernels{};
  std::span<const MemoryKernel> memory{};
};
std::vector<CpuSet> x86_sse2_sets();
std::vector<CpuSet> x86_avx2_sets();
std::vector<CpuSet> x86_avx512_sets();
std::vector<CpuSet> arm_neon_sets();

}  // namespace eb::probes
