#include "harness/probes/cpu_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

namespace eb::probes {
namespace fs = std::filesystem;
namespace {

// Ranges of models with the operations of each kernel in a cycle of one core; 0: not stated, or not the same
// for all parts of the range. AMD: Software Optimization Guides for families 17h, 19h and 1Ah. Intel:
// Optimization Reference Manual (processors with one or two 512-bit units under one model have no number).
// Arm: Software Optimization Guides of the cores.
struct Row {
  std::string_view maker;
  int family, first_model, last_model;
  struct Rate {
    std::string_view kernel;
    double operations;
  };
  std::array<Rate, 6> rates;
};
constexpr std::array<Row::Rate, 6> kZen1{{{"sse2", 16}, {"avx2-fma", 16}}};
constexpr std::array<Row::Rate, 6> kZen2{{{"sse2", 16}, {"avx2-fma", 32}}};
constexpr std::array<Row::Rate, 6> kZen4{
    {{"sse2", 16}, {"avx2-fma", 32}, {"avx512", 32}, {"avx512-vnni", 128}, {"avx512-bf16", 64}}};
constexpr std::array<Row::Rate, 6> kZen5{
    {{"sse2", 16}, {"avx2-fma", 32}, {"avx512", 64}, {"avx512-vnni", 256}, {"avx512-bf16", 128}}};
constexpr std::array<Row::Rate, 6> kAvx2{{{"avx2-fma", 32}}};
constexpr std::array<Row::Rate, 6> kOneUnit{{{"avx2-fma", 32}, {"avx512", 32}, {"avx512-vnni", 128}}};
constexpr std::array<Row::Rate, 6> kTwoUnits{{{"avx2-fma", 32}, {"avx512", 64}, {"avx512-vnni", 256}}};
constexpr std::array<Row::Rate, 6> kTwoPipes{{{"neon", 16}, {"neon-fp16", 32}, {"neon-dotprod", 64}}};
constexpr std::array<Row::Rate, 6> kFourPipes{{{"neon", 32}, {"neon-fp16", 64}, {"neon-dotprod", 128}}};
constexpr std::string_view kAmd = "AuthenticAMD", kIntel = "GenuineIntel", kArm = "arm";
constexpr Row kRows[] = {
    {kAmd, 0x17, 0x00, 0x2f, kZen1},     // Zen, Zen+
    {kAmd, 0x17, 0x30, 0xaf, kZen2},     // Zen 2
    {kAmd, 0x19, 0x00, 0x0f, kZen2},     // Zen 3: Milan
    {kAmd, 0x19, 0x20, 0x5f, kZen2},     // Zen 3: desktop, mobile
    {kAmd, 0x19, 0x10, 0x1f, kZen4},     // Zen 4: Genoa
    {kAmd, 0x19, 0x60, 0x7f, kZen4},     // Zen 4: desktop, mobile
    {kAmd, 0x19, 0xa0, 0xaf, kZen4},     // Zen 4c: Bergamo, Siena
    {kAmd, 0x1a, 0x00, 0x1f, kZen5},     // Zen 5: Turin
    {kAmd, 0x1a, 0x40, 0x4f, kZen5},     // Zen 5: desktop
    {kAmd, 0x1a, 0x20, 0x2f, kZen4},     // Zen 5, mobile: half the width
    {kAmd, 0x1a, 0x60, 0x6f, kZen4},     // Zen 5, mobile: half the width
    {kIntel, 6, 0x3c, 0x3d, kAvx2},      // Haswell, Broadwell
    {kIntel, 6, 0x3f, 0x3f, kAvx2},      // Haswell, server
    {kIntel, 6, 0x45, 0x47, kAvx2},      // Haswell, Broadwell
    {kIntel, 6, 0x4f, 0x4f, kAvx2},      // Broadwell, server
    {kIntel, 6, 0x56, 0x56, kAvx2},      // Broadwell, server
    {kIntel, 6, 0x4e, 0x4e, kAvx2},      // Skylake
    {kIntel, 6, 0x5e, 0x5e, kAvx2},      // Skylake
    {kIntel, 6, 0x8e, 0x8e, kAvx2},      // Kaby Lake and later
    {kIntel, 6, 0x9e, 0x9e, kAvx2},      // Kaby Lake and later
    {kIntel, 6, 0x55, 0x55, kAvx2},      // Skylake and Cascade Lake, server: one unit of 512 bits or two
    {kIntel, 6, 0x7d, 0x7e, kOneUnit},   // Ice Lake
    {kIntel, 6, 0x8c, 0x8d, kOneUnit},   // Tiger Lake
    {kIntel, 6, 0x6a, 0x6a, kTwoUnits},  // Ice Lake, server
    {kIntel, 6, 0x6c, 0x6c, kTwoUnits},  // Ice Lake, server
    {kIntel, 6, 0x8f, 0x8f, kTwoUnits},  // Sapphire Rapids
    {kIntel, 6, 0xcf, 0xcf, kTwoUnits},  // Emerald Rapids
    {kArm, 0xd0b, 0, 0, kTwoPipes},      // Cortex-A76
    {kArm, 0xd41, 0, 0, kTwoPipes},      // Cortex-A78
    {kArm, 0xd0c, 0, 0, kTwoPipes},      // Neoverse N1
    {kArm, 0xd49, 0, 0, kTwoPipes},      // Neoverse N2
    {kArm, 0xd40, 0, 0, kFourPipes},     // Neoverse V1
    {kArm, 0xd4f, 0, 0, kFourPipes},     // Neoverse V2
};

constexpr std::size_t kMostCpuinfoBytes = 1 << 20;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line.substr(0, 200);
}

// A whole number with an optional 0x; -1 for anything else.
int whole(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  int value = -1;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  return end.ec == std::errc() ? value : -1;
}

// "512K" and "32M"; 0 for anything else.
std::uint64_t cache_bytes(const std::string& text) {
  const int number = whole(text);
  if (number < 0 || text.empty()) return 0;
  const auto bytes = static_cast<std::uint64_t>(number);
  return text.back() == 'K' ? bytes << 10 : text.back() == 'M' ? bytes << 20 : bytes;
}

// Processors in a list such as "0-3,8".
int count_in_list(const std::string& list) {
  int count = 0;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) {
    const std::size_t dash = part.find('-');
    const int first = whole(part);
    const int last = dash == std::string::npos ? first : whole(std::string_view(part).substr(dash + 1));
    if (first < 0 || last < first) return 1;
    count += last - first + 1;
  }
  return std::max(1, count);
}

// Values of "key : value" of all processors, each once.
std::set<std::string> values_of(const std::string& cpuinfo, std::string_view key) {
  std::set<std::string> values;
  std::istringstream in(cpuinfo);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(key)) continue;
    if (line.find_first_not_of(" \t", key.size()) != colon) continue;
    const std::size_t from = line.find_first_not_of(' ', colon + 1);
    if (from != std::string::npos) values.insert(line.substr(from));
  }
  return values;
}

std::optional<int> only_number(const std::set<std::string>& values) {
  if (values.size() != 1 || whole(*values.begin()) < 0) return std::nullopt;
  return whole(*values.begin());
}

std::uint64_t free_memory_bytes(const fs::path& root) {
  std::ifstream in(root / "proc/meminfo");
  for (std::string key; in >> key;) {
    std::uint64_t kib = 0;
    if (key == "MemAvailable:" && in >> kib) return kib << 10;
    in.ignore(200, '\n');
  }
  return 0;
}

}  // namespace

std::optional<CpuModel> read_cpu_model(const fs::path& root) {
  std::ifstream in(root / "proc/cpuinfo");
  std::string text(kMostCpuinfoBytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  const auto makers = values_of(text, "vendor_id");
  const auto family = only_number(values_of(text, "cpu family")),
             model = only_number(values_of(text, "model"));
  if (makers.size() == 1 && family && model) return CpuModel{*makers.begin(), *family, *model};
  const auto part = only_number(values_of(text, "CPU part"));
  if (values_of(text, "CPU implementer") == std::set<std::string>{"0x41"} && part)
    return CpuModel{std::string(kArm), *part, 0};
  return std::nullopt;
}

std::optional<double> operations_a_cycle(const CpuModel& model, std::string_view kernel) {
  for (const Row& row : kRows) {
    if (model.maker != row.maker || model.family != row.family || model.model < row.first_model ||
        model.model > row.last_model)
      continue;
    for (const Row::Rate& rate : row.rates)
      if (rate.operations > 0 && rate.kernel == kernel) return rate.operations;
  }
  return std::nullopt;
}

std::string model_text(const CpuModel& model) {
  return model.maker == kArm ? fmt::format("Arm part {:#x}", model.family)
                             : fmt::format("{} family {} model {}", model.maker, model.family, model.model);
}

std::optional<int> cores_of(const fs::path& root, std::span<const int> cpus) {
  std::set<std::pair<std::string, std::string>> cores;
  for (const int cpu : cpus) {
    const fs::path folder = root / "sys/devices/system/cpu" / fmt::format("cpu{}", cpu) / "topology";
    std::string core = first_line(folder / "core_id");
    if (core.empty()) return std::nullopt;
    cores.emplace(first_line(folder / "physical_package_id"), std::move(core));
  }
  return static_cast<int>(cores.size());
}

std::vector<MemoryLevel> read_memory_levels(const fs::path& root) {
  std::vector<MemoryLevel> levels;
  for (int index = 0; index < 16; ++index) {
    const fs::path folder = root / "sys/devices/system/cpu/cpu0/cache" / fmt::format("index{}", index);
    const std::string kind = first_line(folder / "type");
    if (kind != "Data" && kind != "Unified") continue;
    const std::uint64_t bytes = cache_bytes(first_line(folder / "size"));
    if (bytes == 0) continue;
    levels.push_back(
        {"l" + first_line(folder / "level"), bytes, count_in_list(first_line(folder / "shared_cpu_list"))});
  }
  std::sort(levels.begin(), levels.end(),
            [](const MemoryLevel& a, const MemoryLevel& b) { return a.bytes < b.bytes; });
  if (const std::uint64_t bytes = free_memory_bytes(root); bytes > 0) levels.push_back({"dram", bytes, 1});
  return levels;
}

std::uint64_t bytes_for_level(std::span<const MemoryLevel> levels, std::size_t index, int threads,
                              std::uint64_t step) {
  const auto share = [&](const MemoryLevel& level) {
    return level.bytes / static_cast<std::uint64_t>(std::max(1, std::min(threads, level.cpus)));
  };
  std::uint64_t bytes = share(levels[index]) / 2;
  if (levels[index].name == "dram") {
    const std::uint64_t cache =
        index == 0 ? 64 << 20 : std::max<std::uint64_t>(levels[index - 1].bytes, 16 << 20);
    bytes = std::min(4 * cache, levels[index].bytes / 8) / static_cast<std::uint64_t>(threads);
  }
  bytes -= bytes % step;
  // A level that is hardly larger than the one before it would be read from there.
  if (index > 0 && bytes < 2 * share(levels[index - 1])) return 0;
  return bytes;
}

}  // namespace eb::probes
