#include "harness/base/clock_domains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/meters/recorded.h"

namespace eb {
namespace {

using test::Tree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> domains_of(const Tree& tree) {
  std::vector<std::string> domains;
  for (const ClockDomain& clock : find_clock_domains(tree.root())) domains.push_back(clock.domain);
  return domains;
}

TEST(ClockDomains, OfABoardAreCpusGpuNpuAndMemory) {
  const Tree tree;
  test::rk3588(tree);
  tree.write("sys/devices/system/cpu/cpufreq/policy4/related_cpus", "4 5\n");
  const auto clocks = find_clock_domains(tree.root());
  EXPECT_THAT(domains_of(tree), ElementsAre("cpu", "cpu", "cpu", "ddr", "gpu", "npu"));
  EXPECT_EQ(clocks[1].name, "policy4");
  EXPECT_THAT(clocks[1].cpus, ElementsAre(4, 5));
  EXPECT_EQ(clocks[3].current, tree / "sys/class/devfreq/dmc/cur_freq");
  EXPECT_DOUBLE_EQ(clocks[3].mhz, 1e-6);
}

TEST(ClockDomains, AreThoseOfIntelsGpuAndNpu) {
  const Tree tree;
  tree.write("sys/class/drm/card1/gt_act_freq_mhz", "300\n");
  tree.write("sys/class/drm/card1-eDP-1/status", "connected\n");
  tree.write("sys/class/accel/accel0/device/npu_current_frequency_mhz", "1400\n");
  EXPECT_THAT(domains_of(tree), ElementsAre("gpu", "npu"));
}

TEST(ClockDomains, OfAnotherDeviceHaveItsName) {
  const Tree tree;
  tree.write("sys/class/devfreq/15340000.vic/cur_freq", "1\n");
  EXPECT_THAT(domains_of(tree), ElementsAre("15340000.vic"));
}

TEST(ClockDomains, ACpuListThatIsNoneIsEmpty) {
  for (const std::string& text : {std::string("0 x"), std::string("-1"), std::string("0-3"), std::string(),
                                  std::string(100'000, '1'), std::string("99999")}) {
    const Tree tree;
    tree.write("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "1\n");
    tree.write("sys/devices/system/cpu/cpufreq/policy0/related_cpus", text);
    const auto clocks = find_clock_domains(tree.root());
    ASSERT_EQ(clocks.size(), 1u);
    EXPECT_THAT(clocks[0].cpus, IsEmpty()) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace eb
