#pragma once
// Which processor this is, and what its maker says it does in a cycle. Reads below a root folder that is an
// argument.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eb::probes {

struct CpuModel {
  std::string maker{};  // as the processor says: "AuthenticAMD", "GenuineIntel"; "arm" with AArch64's
                        // implementer 0x41
  int family = 0;       // of AArch64: the part
  int model = 0;        // of x86 only
};

// Of proc/cpuinfo; absent where it does not say, or where processors differ (big and little ones).
std::optional<CpuModel> read_cpu_model(const std::filesystem::path& root);

// Operations (1 MAC = 2) that one core does in a cycle at most with kernel `kernel` of cpu_kernels.h, from
// the optimization guides of the makers; absent for a model or a kernel that we have no statement of.
std::optional<double> operations_a_cycle(const CpuModel& model, std::string_view kernel);
std::string model_text(const CpuModel& model);

// Physical cores among the logical processors `cpus`; absent where the system does not tell.
std::optional<int> cores_of(const std::filesystem::path& root, std::span<const int> cpus);

// A place that data may be in, for one core.
struct MemoryLevel {
  std::string name{};       // "l1", "l2", "l3", "dram"
  std::uint64_t bytes = 0;  // of the whole level; dram: what is free
  int cpus = 1;             // that share it
};
// From small to large, data and unified caches of processor 0, and memory; empty where the system does not
// tell.
std::vector<MemoryLevel> read_memory_levels(const std::filesystem::path& root);

// What each of `threads` reads or writes to be in level `index`: half of its share of the level, and for
// memory four times the largest cache in all, but at most an eighth of what is free. A multiple of `step`; 0:
// the level can't be told from the one before it.
std::uint64_t bytes_for_level(std::span<const MemoryLevel> levels, std::size_t index, int threads,
                              std::uint64_t step);

}  // namespace eb::probes
