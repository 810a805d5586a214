// The shape of what is found, on whatever machine this is; never a speed.
#include "harness/probes/cpu_probe.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/probes/cpu_kernels.h"
#include "harness/probes/crew.h"
#include "tests/support/tree.h"

namespace eb::probes {
namespace {

std::vector<Probe> probe_with(const std::filesystem::path& root, std::vector<int> cpus) {
  std::vector<Probe> probes;
  CpuProbeSetup setup{.root = root, .cpus = std::move(cpus)};
  setup.limits = {.batch = 2, .most_ns = 1, .fewest_ns = 1};
  setup.on_probe = [&](const Probe& probe) { probes.push_back(probe); };
  const auto clock = make_steady_clock();
  probe_cpu(setup, *clock);
  return probes;
}

TEST(CpuProbe, EveryKernelWithOneThreadAndWithAll) {
  const test::Tree nothing;
  const auto cpus = allowed_cpus();
  const auto probes = probe_with(nothing.root(), cpus);
  EXPECT_EQ(probes.size(), cpu_kernels().size() * (cpus.size() > 1 ? 2 : 1));
  std::set<std::pair<std::string, int>> names;
  for (const Probe& probe : probes) {
    EXPECT_TRUE(names.emplace(probe.name, probe.threads).second) << probe.name;
    EXPECT_EQ(probe.kind, "compute");
    EXPECT_EQ(probe.unit, "GOP/s");
    EXPECT_GT(probe.value, 0);
    EXPECT_GT(probe.clock_ghz.value_or(0), 0);
    EXPECT_FALSE(probe.is_stable) << "two rounds prove nothing";
    EXPECT_FALSE(probe.theoretical) << "the system doesn't say which processor this is";
  }
}

TEST(CpuProbe, MemoryLevelsAndTheoryAreThoseOfTheSystem) {
  const test::Tree tree;
  const std::string cpu = "sys/devices/system/cpu/cpu0/cache/index0";
  tree.write(cpu + "/level", "1");
  tree.write(cpu + "/type", "Data");
  tree.write(cpu + "/size", "32K");
  tree.write("proc/meminfo", "MemAvailable: 8192 kB\n");
  tree.write("proc/cpuinfo",
             "vendor_id : AuthenticAMD\ncpu family : 25\nmodel : 17\n"
             "CPU implementer : 0x41\nCPU part : 0xd0b\n");
  std::set<std::string> bandwidths;
  int with_theory = 0;
  for (const Probe& probe : probe_with(tree.root(), {allowed_cpus().front()})) {
    if (probe.kind == "bandwidth") {
      EXPECT_EQ(probe.unit, "GB/s");
      EXPECT_EQ(probe.precision, "");
      bandwidths.insert(probe.name);
    }
    with_theory += probe.theoretical ? 1 : 0;
  }
  EXPECT_EQ(bandwidths, (std::set<std::string>{"read l1", "copy l1", "read dram", "copy dram"}));
#if defined(__x86_64__)
  EXPECT_GT(with_theory, 0);
#endif
}

}  // namespace
}  // namespace eb::probes
