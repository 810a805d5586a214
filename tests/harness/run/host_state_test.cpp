#include "harness/run/host_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/run.h"
#include "harness/run/host.h"
#include "tests/harness/run/recorded_state.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using test::Tree;

// Order of keys aside.
void expect_state(const Tree& tree, const char* expected) {
  const Json state = read_host_state(tree.root());
  EXPECT_EQ(nlohmann::json(state), nlohmann::json::parse(expected));
  const std::string all = state.dump() + read_host(tree.root()).context.dump();
  EXPECT_EQ(all.find("SECRET"), std::string::npos) << all;
  const auto known = context_keys();
  for (const auto& [key, value] : state.items())
    EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&k = key](const ContextKey& c) {
      return c.key == k;
    })) << key;
}

TEST(HostState, OfALaptop) {
  const Tree tree;
  test::x86_laptop_state(tree);
  expect_state(tree, R"json({
    "firmware": "LENOVO N2YET40W (1.29 ) 09/15/2023", "microcode": "0xf4",
    "clocks": [
      {"domain": "cpu0-1", "governor": "powersave", "min_mhz": 400.0, "cur_mhz": 2400.0, "max_mhz": 3000.0,
       "hardware_max_mhz": 4700.0},
      {"domain": "gpu", "min_mhz": 350.0, "max_mhz": 1100.0, "hardware_max_mhz": 1300.0}],
    "links": [
      {"device": "Hailo 1e60:2864", "kind": "pcie", "gen": 3, "lanes": 1, "max_gen": 3, "max_lanes": 4},
      {"device": "Coral Edge TPU 18d1:9302", "kind": "usb", "mbps": 480}],
    "drivers": [{"driver": "hailo_pci", "version": "4.17.0"}],
    "performance_profile": "low-power", "cpu_boost": false, "energy_preference": "balance_power",
    "power_source": "battery", "battery_percent": 63, "battery_status": "Discharging"})json");
}

TEST(HostState, OfARaspberryPi) {
  const Tree tree;
  test::raspberry_pi_5_state(tree);
  expect_state(tree, R"json({
    "firmware": "boot loader 30cc5f37d65c",
    "clocks": [{"domain": "cpu0-3", "governor": "ondemand", "min_mhz": 1500.0, "cur_mhz": 2400.0,
                "max_mhz": 2400.0, "hardware_max_mhz": 2400.0}]})json");
}

TEST(HostState, OfAJetson) {
  const Tree tree;
  test::jetson_orin_nano_state(tree);
  expect_state(tree, R"json({
    "firmware": "EDK II 36.3.0-gcid-36106755",
    "clocks": [
      {"domain": "cpu0-5", "governor": "schedutil", "min_mhz": 729.6, "cur_mhz": 1120.0, "max_mhz": 1510.4,
       "hardware_max_mhz": 1510.4},
      {"domain": "gpu", "governor": "nvhost_podgov", "min_mhz": 306.0, "cur_mhz": 306.0, "max_mhz": 624.75}],
    "performance_profile": "7W"})json");
}

TEST(HostState, OfABoardWhoseNpuIsSlow) {
  const Tree tree;
  test::rk3588_state(tree);
  expect_state(tree, R"json({
    "firmware": "U-Boot 2017.09-g1a2b3c4",
    "clocks": [
      {"domain": "cpu0-7", "governor": "ondemand", "cur_mhz": 2104.0},
      {"domain": "ddr", "governor": "dmc_ondemand", "cur_mhz": 2112.0},
      {"domain": "gpu", "cur_mhz": 300.0},
      {"domain": "npu", "governor": "userspace", "min_mhz": 200.0, "cur_mhz": 200.0, "max_mhz": 1000.0}],
    "drivers": [{"driver": "mali_kbase", "version": "g13p0-01eac0 (UK version 1.14)"},
                {"driver": "rknpu", "version": "0.9.6"}]})json");
}

TEST(HostState, OfAPhone) {
  const Tree tree;
  test::android_phone_state(tree);
  expect_state(tree, R"json({
    "clocks": [{"domain": "policy0", "cur_mhz": 1785.6}, {"domain": "policy7", "cur_mhz": 2841.6},
               {"domain": "gpu", "cur_mhz": 315.0}],
    "power_source": "USB", "battery_percent": 88, "battery_status": "Discharging"})json");
  const Json context = read_host(tree.root()).context;
  EXPECT_EQ(context["os"], "Android 14");
  EXPECT_EQ(context["machine"], "Fairphone FP5");
}

TEST(HostState, OfAnEmptyTreeIsNothing) {
  const Tree tree;
  expect_state(tree, "{}");
}

// The files of all machines, each in turn replaced by what no kernel writes.
void spoil(const Tree& tree, const std::filesystem::path& file, int kind) {
  namespace fs = std::filesystem;
  fs::remove_all(file);
  const std::string name = fs::relative(file, tree.root()).string();
  switch (kind) {
    case 0:
      fs::resize_file(tree.write(name, "9"), 3 << 20);
      break;
    case 1:
      tree.write(name, "-99999999999999999999999");
      break;
    case 2:
      tree.write(name, std::string("\x00\xff\x1b[31m\n\n", 9));
      break;
    case 3:
      fs::create_directory(file);
      break;
    case 4:
      fs::create_symlink(file, file);
      break;
    default:
      tree.write(name, "");
      break;
  }
}

TEST(HostState, HostileFilesAreAbsentNotPassedOn) {
  for (const auto machine : {test::x86_laptop_state, test::raspberry_pi_5_state, test::jetson_orin_nano_state,
                             test::rk3588_state, test::android_phone_state})
    for (const int kind : {0, 1, 2, 3, 4, 5}) {
      const Tree tree;
      machine(tree);
      std::vector<std::filesystem::path> files;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.root()))
        if (entry.is_regular_file()) files.push_back(entry.path());
      for (const auto& file : files) spoil(tree, file, kind);
      const std::string text = read_host_state(tree.root()).dump();  // throws if it is no UTF-8
      EXPECT_LT(text.size(), 2000u) << kind << text;
      EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
      for (const char* key : {"links", "clocks", "battery_percent", "cpu_boost"})
        EXPECT_EQ(text.find(key), std::string::npos) << kind << text;
    }
}

TEST(HostLinks, ADriverThatIsALoopOrOddHasNoVersion) {
  const Tree tree;
  test::x86_laptop_state(tree);
  const auto driver = tree / "sys/bus/pci/devices/0000:01:00.0/driver";
  std::filesystem::remove(driver);
  std::filesystem::create_symlink(driver, driver);
  tree.write("sys/module/hailo_pci/version", "\n");
  EXPECT_FALSE(read_host_state(tree.root()).contains("drivers"));
  std::filesystem::remove(driver);
  std::filesystem::create_directories(driver);
  std::filesystem::create_symlink("..", driver / "module");
  tree.write("sys/version", "no version of a module\n");
  EXPECT_FALSE(read_host_state(tree.root()).contains("drivers"));
}

TEST(HostLinks, ADesktopsGraphicsCardHasItsLinkAndDriver) {
  const Tree tree;
  test::write_all(tree, "sys/bus/pci/devices/0000:65:00.0/",
                  {{"vendor", "0x10de"},
                   {"device", "0x2204"},
                   {"class", "0x030000"},
                   {"current_link_speed", "2.5 GT/s PCIe"},
                   {"current_link_width", "16"},
                   {"max_link_speed", "16.0 GT/s PCIe"},
                   {"max_link_width", "16"}});
  test::bind_driver(tree, "sys/bus/pci/devices/0000:65:00.0", "nvidia");
  tree.write(
      "proc/driver/nvidia/version",
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\nGCC\n");
  expect_state(tree,
               R"json({"links": [{"device": "NVIDIA GPU 10de:2204", "kind": "pcie", "gen": 1, "lanes": 16,
    "max_gen": 4, "max_lanes": 16}], "drivers": [{"driver": "nvidia", "version": "535.129.03"}]})json");
  tree.write("sys/bus/pci/devices/0000:65:00.0/current_link_speed", "Unknown\n");
  tree.write("sys/bus/pci/devices/0000:65:00.0/current_link_width", "255\n");
  EXPECT_FALSE(read_host_state(tree.root()).contains("links")) << "within the chip";
}

TEST(HostPower, TheSourceIsWhatIsOnline) {
  const Tree tree;
  test::write_all(tree, "sys/class/power_supply/",
                  {{"AC/type", "Mains"},
                   {"AC/online", "1"},
                   {"port/type", "USB_PD"},
                   {"port/online", "1"},
                   {"mouse/type", "Battery"},
                   {"mouse/scope", "Device"},
                   {"mouse/capacity", "5"},
                   {"mouse/status", "Discharging"}});
  expect_state(tree, R"json({"power_source": "AC"})json");
  tree.write("sys/class/power_supply/AC/online", "0");
  expect_state(tree, R"json({"power_source": "USB"})json");
  tree.write("sys/class/power_supply/port/online", "0");
  expect_state(tree, "{}");
}

TEST(HostPower, ANumberOfAPowerModeWithoutANameStands) {
  const Tree tree;
  tree.write("var/lib/nvpmodel/status", "pmode:0003\n");
  expect_state(tree, R"json({"performance_profile": "mode 3"})json");
  tree.write("var/lib/nvpmodel/status", "pmode:x\n");
  expect_state(tree, "{}");
}

TEST(HostLimits, OfAContainerWithVersion2) {
  const Tree tree;
  tree.write(".dockerenv", "");
  tree.write("proc/self/cgroup", "0::/\n");
  tree.write("sys/devices/system/cpu/online", "0-7\n");
  test::write_all(
      tree, "sys/fs/cgroup/",
      {{"cpu.max", "150000 100000"}, {"memory.max", "536870912"}, {"cpuset.cpus.effective", "2-3"}});
  expect_state(tree, R"json({"container": "docker", "cgroup_cpu_limit": 1.5, "cgroup_cpus": "2-3",
                         "cgroup_memory_limit_mb": 537.0})json");
}

TEST(HostLimits, TheTightestOfAllGroupsAroundUsHolds) {
  const Tree tree;
  tree.write("proc/self/cgroup", "0::/system.slice/run.service\n");
  test::write_all(tree, "sys/fs/cgroup/",
                  {{"system.slice/cpu.max", "200000 100000"},
                   {"system.slice/memory.max", "1000000000"},
                   {"system.slice/run.service/cpu.max", "max 100000"},
                   {"system.slice/run.service/memory.max", "2000000000"},
                   {"cpuset.cpus.effective", "0-3"}});
  tree.write("sys/devices/system/cpu/online", "0-3\n");
  expect_state(tree, R"json({"cgroup_cpu_limit": 2.0, "cgroup_memory_limit_mb": 1000.0})json");
}

TEST(HostLimits, OfVersion1) {
  const Tree tree;
  tree.write("proc/self/cgroup", "9:memory:/docker/0a1b\n4:cpu,cpuacct:/docker/0a1b\n3:cpuset:/\n0::/\n");
  test::write_all(tree, "sys/fs/cgroup/",
                  {{"cpu,cpuacct/cpu.cfs_quota_us", "50000"},
                   {"cpu,cpuacct/cpu.cfs_period_us", "100000"},
                   {"memory/memory.limit_in_bytes", "9223372036854771712"},
                   {"cpuset/cpuset.effective_cpus", "0"}});
  expect_state(tree, R"json({"container": "docker", "cgroup_cpu_limit": 0.5, "cgroup_cpus": "0"})json");
  tree.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  EXPECT_FALSE(read_host_state(tree.root()).contains("cgroup_cpu_limit"));
}

TEST(HostLimits, PathsAndNumbersThatAreHostileLimitNothing) {
  for (const char* group : {"0::/../../../etc\n", "0::\n", "::\n:", "x", "0::/a/../b\n"}) {
    const Tree tree;
    tree.write("proc/self/cgroup", group);
    tree.write("sys/fs/cgroup/cpu.max", "-5 100000\n");
    tree.write("sys/fs/cgroup/memory.max", "99999999999999999999\n");
    tree.write("sys/fs/cgroup/cpuset.cpus.effective", "all of them\n");
    tree.write("etc/cpu.max", "1 1\n");
    expect_state(tree, "{}");
  }
}

TEST(HostLimits, ContainersByTheirMarks) {
  const auto container_of = [](const char* file, const char* text) {
    const Tree tree;
    tree.write(file, text);
    return read_host_state(tree.root()).value("container", "");
  };
  EXPECT_EQ(container_of("run/.containerenv", "engine=\"podman-4\"\n"), "podman");
  EXPECT_EQ(container_of("run/systemd/container", "lxc\n"), "lxc");
  EXPECT_EQ(container_of("run/systemd/container", "SECRET-name\n"), "unknown container");
  EXPECT_EQ(container_of("proc/self/cgroup", "0::/kubepods.slice/pod1\n"), "kubernetes");
  EXPECT_EQ(container_of("proc/self/cgroup", "0::/user.slice\n"), "");
}

}  // namespace
}  // namespace eb
