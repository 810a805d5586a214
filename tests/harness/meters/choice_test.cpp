// Which meters a run reads, on recorded machines.
#include <gmock/gmock.h>

#include "harness/meters/meters.h"
#include "tests/harness/meters/recorded.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

Names chosen(const Tree& tree, const Names& names) {
  auto ids = choose_power_meters(make_meters(tree.root()), names);
  EXPECT_EQ(problem(ids), "");
  return ids ? *ids : Names{};
}

std::string refused(const Tree& tree, const Names& names) {
  return problem(choose_power_meters(make_meters(tree.root()), names));
}

TEST(Choice, AutoIsTheWidestScope) {
  Tree laptop, orin, nano, phone;
  test::x86_laptop(laptop);
  test::jetson_orin_nano(orin);
  test::jetson_nano(nano);
  test::android_phone(phone);
  EXPECT_THAT(chosen(laptop, {"auto"}), ElementsAre("rapl:1")) << "psys counts the package, too";
  EXPECT_THAT(chosen(orin, {"auto"}), ElementsAre("hwmon:ina3221/VDD_IN"));
  EXPECT_THAT(chosen(nano, {"auto"}).size(), 1u);
  EXPECT_THAT(chosen(phone, {"auto"}), ElementsAre("battery:battery"));
}

TEST(Choice, AutoTakesAllSocketsButNothingTwice) {
  Tree tree;
  for (const char* zone : {"intel-rapl:0", "intel-rapl:1", "intel-rapl:0:0"}) {
    const std::string folder = std::string("sys/class/powercap/") + zone + "/";
    tree.write(folder + "name", zone == std::string("intel-rapl:0:0") ? "core\n"
                                : zone == std::string("intel-rapl:0") ? "package-0\n"
                                                                      : "package-1\n");
    tree.write(folder + "energy_uj", "17\n");
  }
  EXPECT_THAT(chosen(tree, {"auto"}), ElementsAre("rapl:0", "rapl:1"));
}

TEST(Choice, AutoOfAMachineWithoutMetersIsNothing) {
  Tree tree, pi;
  test::raspberry_pi_5(pi);
  EXPECT_THAT(chosen(tree, {"auto"}), IsEmpty());
  EXPECT_THAT(chosen(pi, {"auto"}), IsEmpty());
}

TEST(Choice, NamesAreTakenAsTheyAre) {
  Tree laptop;
  test::x86_laptop(laptop);
  EXPECT_THAT(chosen(laptop, {"rapl:0:0", "rapl:0:1"}), ElementsAre("rapl:0:0", "rapl:0:1"));
  EXPECT_THAT(chosen(laptop, {"none"}), IsEmpty());
}

TEST(Choice, WhatCannotBeChosenIsOneSentence) {
  Tree laptop;
  test::x86_laptop(laptop);
  EXPECT_THAT(refused(laptop, {"rapl:7"}), AllOf(HasSubstr("no meter 'rapl:7'"), HasSubstr("list meters")));
  EXPECT_THAT(refused(laptop, {"rapl-mmio:0"}), HasSubstr("counts the same as rapl:0"));
  EXPECT_THAT(refused(laptop, {"temperature:x86_pkg_temp"}), HasSubstr("not of power"));
  EXPECT_THAT(refused(laptop, {"rapl:0", "rapl:1"}), HasSubstr("name only one of them"));
  EXPECT_THAT(refused(laptop, {"rapl:0", "auto"}), HasSubstr("auto"));
}

TEST(Choice, SensorsAreThoseOfHeatAndClocks) {
  Tree laptop, tree;
  test::x86_laptop(laptop);
  EXPECT_THAT(
      sensors_of(make_meters(laptop.root())),
      ElementsAre("temperature:coretemp/Package id 0", "temperature:x86_pkg_temp", "clock:cpufreq/policy0"));
  EXPECT_THAT(sensors_of(make_meters(tree.root())), IsEmpty());
}

}  // namespace
}  // namespace eb
