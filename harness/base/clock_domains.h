#pragma once
// Where the kernel tells about the clocks of CPU, GPU, NPU and memory: for meters, which read them while
// something runs, and for the context of a run.
#include <filesystem>
#include <string>
#include <vector>

namespace eb {

struct ClockDomain {
  std::string kind{};               // cpufreq, devfreq, drm, accel
  std::string name{};               // the entry's: policy0, fb000000.gpu
  std::string domain{};             // cpu, gpu, npu, ddr; else the name
  std::vector<int> cpus{};          // of cpu, where it says
  double mhz = 1;                   // of one step of the numbers in the files
  std::filesystem::path current{};  // is there; the others may be absent
  std::filesystem::path lowest{}, highest{};
  std::filesystem::path hardware{};  // the highest that there can be
  std::filesystem::path governor{};
};

// All that have a file of the current clock, in the order of the places and then of the names. No number is
// read.
std::vector<ClockDomain> find_clock_domains(const std::filesystem::path& root);

}  // namespace eb
