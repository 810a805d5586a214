// More recorded machines: what the finders make of boards whose layouts differ.
#include <gmock/gmock.h>

#include <map>

#include "harness/meters/readers.h"
#include "tests/harness/meters/recorded.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using ::testing::HasSubstr;

std::map<std::string, FoundMeter> by_id(std::vector<FoundMeter> found) {
  std::map<std::string, FoundMeter> all;
  for (FoundMeter& meter : found) {
    const std::string id = meter.info.id;
    all.emplace(id, std::move(meter));
  }
  return all;
}

constexpr const char* kOdpm = "sys/bus/iio/devices/iio:device0/energy_value";

TEST(Recorded, PixelRailsCountEnergy) {
  const Tree tree;
  test::pixel_phone(tree);
  auto rails = by_id(find_odpm(tree.root()));
  ASSERT_EQ(rails.size(), 3u) << "other devices of iio are no power monitors";
  FoundMeter& cpu = rails.at("odpm:S2M_VDD_CPUCL2");
  ASSERT_TRUE(cpu.meter) << cpu.reason;
  EXPECT_EQ(cpu.info.evidence, EvidenceClass::p2);
  EXPECT_EQ(cpu.info.scope, "rail");
  EXPECT_EQ(cpu.info.sampling, Sampling::accumulating);
  EXPECT_DOUBLE_EQ(*cpu.meter->read(), 7.654321);
  EXPECT_DOUBLE_EQ(*rails.at("odpm:VSYS_PWR_TPU").meter->read(), 0.5);
}

TEST(Recorded, PixelRailsThatAreOddOrGoAreErrors) {
  const Tree tree;
  test::pixel_phone(tree);
  auto rails = by_id(find_odpm(tree.root()));
  FoundMeter& cpu = rails.at("odpm:S2M_VDD_CPUCL2");
  tree.write(kOdpm, "t=134400\nCH0(T=134400)[OTHER], 5\n");
  EXPECT_THAT(problem(cpu.meter->read()), HasSubstr("has no S2M_VDD_CPUCL2 any more"));
  for (const char* text :
       {"", "t=1\n", "CH0(T=1)[A], -5\n", "CH0(T=1)[A], 99999999999999999999\n", "CH0(T=1)[A]\n",
        "CH0(T=1)], [5\n", "CH0(T=1)[\x1b[31m], 5\n", "CH0(T=1)[A], \n"}) {
    tree.write(kOdpm, text);
    EXPECT_THAT(problem(cpu.meter->read()), HasSubstr("names no rail")) << text;
    EXPECT_THAT(by_id(find_odpm(tree.root())).at("odpm:s2mpg10-odpm").reason, HasSubstr("energy_value"))
        << text;
  }
}

TEST(Recorded, OrinNxIsReadAsOrinNano) {
  const Tree tree;
  test::jetson_orin_nx(tree);
  auto rails = by_id(find_hwmon(tree.root()));
  FoundMeter& total = rails.at("hwmon:ina3221/VDD_IN");
  ASSERT_TRUE(total.meter) << total.reason;
  EXPECT_EQ(total.info.scope, "module");
  EXPECT_NEAR(*total.meter->read(), 19.080 * 0.704, 1e-9);
  EXPECT_THAT(rails.at("hwmon:ina3221/VDD_SOC").info.within, ::testing::ElementsAre("hwmon:ina3221/VDD_IN"));
}

// Two chips and no rail that holds all: nothing may be taken for the module.
TEST(Recorded, AgxOrinHasNoTotal) {
  const Tree tree;
  test::jetson_agx_orin(tree);
  const auto rails = by_id(find_hwmon(tree.root()));
  ASSERT_EQ(rails.size(), 4u);
  for (const auto& [id, rail] : rails) {
    EXPECT_TRUE(rail.meter) << id << rail.reason;
    EXPECT_EQ(rail.info.scope, "rail") << id;
    EXPECT_TRUE(rail.info.within.empty()) << id;
  }
  EXPECT_NEAR(*rails.at("hwmon:ina3221/VDDQ_VDD2_1V8AO").meter->read(), 5.0 * 0.3, 1e-9);
}

TEST(Recorded, XavierNxWithJetPack4) {
  const Tree tree;
  test::jetson_xavier_nx(tree);
  auto rails = by_id(find_jetson_iio(tree.root()));
  ASSERT_EQ(rails.size(), 3u);
  EXPECT_EQ(rails.at("jetson:VDD_IN").info.scope, "module");
  EXPECT_DOUBLE_EQ(*rails.at("jetson:VDD_IN").meter->read(), 4.321);
  EXPECT_THAT(rails.at("jetson:VDD_SOC").info.within, ::testing::ElementsAre("jetson:VDD_IN"));
}

}  // namespace
}  // namespace eb
