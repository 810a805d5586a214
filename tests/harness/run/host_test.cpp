#include "harness/run/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "harness/core/run.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::Tree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Recorded on a cloud machine (two hardware threads of one core), names shortened.
void write_virtual_machine(const Tree& tree) {
  std::string cpuinfo;
  for (const int cpu : {0, 1}) {
    const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/";
    tree.write(folder + "topology/physical_package_id", "0\n");
    tree.write(folder + "topology/core_id", "0\n");
    cpuinfo += "processor\t: " + std::to_string(cpu) +
               "\nvendor_id\t: AuthenticAMD\nmodel\t\t: 2\nmodel name\t: AMD EPYC 9B45\ncpu MHz\t\t: " +
               (cpu == 0 ? "2600.000" : "2800.000") + "\nflags\t\t: fpu vme sse2 hypervisor lahf_lm\n\n";
  }
  tree.write("proc/cpuinfo", cpuinfo);
  tree.write("proc/meminfo", "MemTotal:        8140380 kB\nMemFree:          170000 kB\n");
  tree.write("proc/loadavg", "0.52 0.58 0.59 1/123 4567\n");
  tree.write("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n");
  tree.write("sys/class/dmi/id/sys_vendor", "Google\n");
  tree.write("sys/class/dmi/id/product_name", "Google Compute Engine\n");
}

TEST(ReadHost, AVirtualMachine) {
  const Tree tree;
  write_virtual_machine(tree);
  const Host host = read_host(tree.root());
  EXPECT_EQ(host.cpu_name, "AMD EPYC 9B45");
  EXPECT_EQ(host.cores, 1) << "two threads of one core";
  EXPECT_EQ(host.context["cpu"], "AMD EPYC 9B45");
  EXPECT_EQ(host.context["os"], "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(host.context["virtual_machine"], "Google Google Compute Engine");
  EXPECT_EQ(host.context["machine"], "Google Google Compute Engine");
  EXPECT_DOUBLE_EQ(host.context["cpu_mhz"], 2700);
  EXPECT_FALSE(host.context.contains("cpu_max_mhz"));
  EXPECT_FALSE(host.context.contains("governor"));
  EXPECT_DOUBLE_EQ(host.context["memory_mb"], 8336);
  EXPECT_DOUBLE_EQ(host.context["load_1m"], 0.52);
}

TEST(ReadHost, AHypervisorWithoutANameIsSeenInTheFlags) {
  const Tree tree;
  tree.write("proc/cpuinfo", "model name\t: X\nflags\t\t: fpu hypervisor sse2\n");
  EXPECT_EQ(read_host(tree.root()).context["virtual_machine"], "unknown hypervisor");
  tree.write("sys/hypervisor/type", "xen\n");
  EXPECT_EQ(read_host(tree.root()).context["virtual_machine"], "xen");
}

TEST(ReadHost, AUserModeEmulatorIsSeenThroughWhatItMakesUp) {
  const Tree tree;
  tree.write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\n");
  tree.write("proc/thread-self/status", "");
  std::filesystem::create_symlink("/usr/bin/edgebench", tree.root() / "proc/thread-self/exe");
  EXPECT_FALSE(read_host(tree.root()).context.contains("virtual_machine"));
  std::filesystem::remove(tree.root() / "proc/thread-self/exe");
  std::filesystem::create_symlink("/usr/bin/qemu-aarch64", tree.root() / "proc/thread-self/exe");
  EXPECT_EQ(read_host(tree.root()).context["virtual_machine"], "qemu-aarch64");
}

TEST(ReadHost, RealHardwareWithItsGovernorAndClocks) {
  const Tree tree;
  for (const int cpu : {0, 1, 2, 3}) {
    const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/";
    tree.write(folder + "topology/physical_package_id", "0\n");
    tree.write(folder + "topology/core_id", std::to_string(cpu) + "\n");
    tree.write(folder + "cpufreq/scaling_governor", cpu == 0 ? "performance\n" : "powersave\n");
    tree.write(folder + "cpufreq/scaling_cur_freq", "1200000\n");
    tree.write(folder + "cpufreq/cpuinfo_max_freq", cpu == 3 ? "4900000\n" : "4700000\n");
  }
  tree.write("proc/cpuinfo", "model name\t: Intel(R) Core(TM) i7\ncpu MHz\t\t: 4000\nflags\t\t: fpu sse2\n");
  tree.write("sys/class/dmi/id/sys_vendor", "LENOVO\n");
  tree.write("sys/class/dmi/id/product_name", "20XYZ  \n");
  const Host host = read_host(tree.root());
  EXPECT_EQ(host.context["governor"], "performance, powersave");
  EXPECT_DOUBLE_EQ(host.context["cpu_mhz"], 1200) << "what cpufreq says goes before /proc/cpuinfo";
  EXPECT_DOUBLE_EQ(host.context["cpu_max_mhz"], 4900);
  EXPECT_EQ(host.context["machine"], "LENOVO 20XYZ");
  EXPECT_FALSE(host.context.contains("virtual_machine"));
  EXPECT_EQ(host.cores, std::min(4, static_cast<int>(std::thread::hardware_concurrency())));
}

TEST(ReadHost, ABigLittleBoardWithoutANameInCpuinfo) {
  const Tree tree;
  std::string cpuinfo;
  for (const int cpu : {0, 1, 2, 3, 4, 5}) {
    const std::string folder = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/";
    tree.write(folder + "topology/physical_package_id", cpu < 4 ? "0\n" : "1\n");
    tree.write(folder + "topology/core_id", std::to_string(cpu % 4) + "\n");
    tree.write(folder + "cpufreq/scaling_governor", "schedutil\n");
    tree.write(folder + "cpufreq/scaling_cur_freq", cpu < 4 ? "600000\n" : "1200000\n");
    tree.write(folder + "cpufreq/cpuinfo_max_freq", cpu < 4 ? "1400000\n" : "1800000\n");
    cpuinfo += "processor\t: " + std::to_string(cpu) +
               "\nBogoMIPS\t: 48.00\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\n";
  }
  tree.write("proc/cpuinfo", cpuinfo);
  tree.write("sys/firmware/devicetree/base/model", std::string("Pine64 RockPro64 v2.1\0", 22));
  const Host host = read_host(tree.root());
  EXPECT_EQ(host.cpu_name, "Pine64 RockPro64 v2.1") << "and no zero byte at its end";
  EXPECT_EQ(host.context["machine"], "Pine64 RockPro64 v2.1");
  EXPECT_EQ(host.context["governor"], "schedutil");
  EXPECT_DOUBLE_EQ(host.context["cpu_mhz"], 800);
  EXPECT_DOUBLE_EQ(host.context["cpu_max_mhz"], 1800);
  EXPECT_FALSE(host.context.contains("virtual_machine"));
}

TEST(ReadHost, ABoardThatNamesItsModelInCpuinfo) {
  const Tree tree;
  tree.write("proc/cpuinfo",
             "processor\t: 0\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n");
  EXPECT_EQ(read_host(tree.root()).cpu_name, "Raspberry Pi 4 Model B Rev 1.4");
}

TEST(ReadHost, AnEmptyTreeTellsNothingThatIsNotKnown) {
  const Tree tree;
  const Host host = read_host(tree.root());
  for (const char* key :
       {"os", "machine", "virtual_machine", "cpu_mhz", "cpu_max_mhz", "governor", "memory_mb", "load_1m"})
    EXPECT_FALSE(host.context.contains(key)) << key << " = " << host.context[key];
  EXPECT_GE(host.cores, 1);
  EXPECT_TRUE(host.cpu_name.ends_with(" CPU")) << host.cpu_name;
}

TEST(ReadHost, GarbageInSystemFilesIsNotPassedOn) {
  const Tree tree;
  tree.write("proc/cpuinfo",
             std::string(1'000'000, 'x') + "\nmodel name\t:\nmodel name : \x01\x02\ncpu MHz : fast\n");
  tree.write("proc/meminfo", "MemTotal: lots\n");
  tree.write("proc/loadavg", "\n");
  tree.write("sys/class/dmi/id/product_name", std::string(5000, 'p'));
  tree.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "<unknown>\n");
  const Host host = read_host(tree.root());
  EXPECT_FALSE(host.context.contains("cpu_mhz"));
  EXPECT_FALSE(host.context.contains("memory_mb"));
  EXPECT_FALSE(host.context.contains("load_1m"));
  EXPECT_LT(host.context["machine"].get<std::string>().size(), 300u);
}

TEST(ReadHost, KeysAreThoseOfTheContextTable) {
  const Tree tree;
  write_virtual_machine(tree);
  const auto known = context_keys();
  const Host host = read_host(tree.root());
  for (const auto& [key, value] : host.context.items())
    EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&k = key](const ContextKey& c) {
      return c.key == k;
    })) << key;
}

std::string stat_line(int user, int system, int idle, int iowait, int steal) {
  return "cpu  " + std::to_string(user) + " 0 " + std::to_string(system) + " " + std::to_string(idle) + " " +
         std::to_string(iowait) + " 0 0 " + std::to_string(steal) + " 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
}

TEST(BusyPercent, IsTheShareOfTicksThatWereWork) {
  const Tree tree;
  tree.write("proc/stat", stat_line(1000, 500, 9000, 100, 0));
  const auto busy =
      busy_percent(tree.root(), [&] { tree.write("proc/stat", stat_line(1010, 505, 9070, 110, 5)); });
  ASSERT_TRUE(busy);
  EXPECT_DOUBLE_EQ(*busy, 20) << "10 user, 5 system and 5 stolen of 100; waiting for a disk is idle";
}

TEST(BusyPercent, IsAbsentWhereNothingWasCounted) {
  const Tree tree;
  int calls = 0;
  const auto idle = [&] { ++calls; };
  EXPECT_FALSE(busy_percent(tree.root(), idle));
  tree.write("proc/stat", stat_line(1, 1, 1, 1, 1));
  EXPECT_FALSE(busy_percent(tree.root(), idle)) << "no tick went by";
  tree.write("proc/stat", "cpu  1 2 3\n");
  EXPECT_FALSE(busy_percent(tree.root(), idle));
  tree.write("proc/stat", "intr 1 2 3 4 5 6 7 8 9\n");
  EXPECT_FALSE(busy_percent(tree.root(), idle));
  EXPECT_EQ(calls, 4);
}

TEST(MemoryKills, ReadsTheSystemsCounter) {
  const Tree tree;
  EXPECT_FALSE(memory_kills(tree.root()));
  tree.write("proc/vmstat", "nr_free_pages 12\noom_kill_x 9\noom_kill 42\nafter 1\n");
  EXPECT_EQ(memory_kills(tree.root()), 42u);
  tree.write("proc/vmstat", "nr_free_pages 12\n");
  EXPECT_FALSE(memory_kills(tree.root()));
  tree.write("proc/vmstat", "nr_free_pages many\noom_kill 42\n");
  EXPECT_FALSE(memory_kills(tree.root()));
}

}  // namespace
}  // namespace eb
