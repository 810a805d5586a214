#include <gmock/gmock.h>

#include <algorithm>

#include "harness/meters/readers.h"
#include "tests/harness/meters/recorded.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kFolder = "sys/class/power_supply/battery/";

// A phone with these readings.
struct Gauge {
  const char* status;
  const char* current;
  const char* voltage;
};

FoundMeter battery_of(const Tree& tree, const Gauge& gauge) {
  test::write_all(tree, kFolder,
                  {{"type", "Battery"},
                   {"status", gauge.status},
                   {"current_now", gauge.current},
                   {"voltage_now", gauge.voltage}});
  auto found = find_batteries(tree.root());
  EXPECT_EQ(found.size(), 1u);
  return std::move(found.at(0));
}

TEST(Battery, OfALaptopSaysItsPower) {
  const Tree tree;
  test::x86_laptop(tree);
  auto found = find_batteries(tree.root());
  ASSERT_EQ(found.size(), 1u) << "the mouse's battery is not the machine's";
  EXPECT_EQ(found[0].info.id, "battery:BAT0");
  EXPECT_DOUBLE_EQ(*found[0].meter->read(), 8.5);
  EXPECT_EQ(found[0].meter->raw(), "power_now=8500000 status=Discharging");
}

TEST(Battery, UnitsAndSignsAreInferred) {
  struct Case {
    Gauge gauge;
    double watts;
    bool is_in_ma, is_in_mv;
  };
  const Case cases[] = {{{"Discharging", "-412000", "4000000"}, 1.648, false, false},  // as documented
                        {{"Discharging", "412000", "4000000"}, 1.648, false, false},  // the sign turned round
                        {{"Discharging", "412", "4000000"}, 1.648, true, false},      // mA
                        {{"Discharging", "-412", "4000"}, 1.648, true, true},         // mA and mV
                        {{"Discharging", "20000", "4000000"}, 0.08, false, false}};
  for (const Case& one : cases) {
    const Tree tree;
    FoundMeter found = battery_of(tree, one.gauge);
    ASSERT_TRUE(found.meter) << found.reason;
    EXPECT_NEAR(*found.meter->read(), one.watts, 1e-9) << one.gauge.current;
    const auto says = [&](const char* text) {
      const auto& notes = found.info.notes;
      return std::find(notes.begin(), notes.end(), text) != notes.end();
    };
    EXPECT_EQ(says("unit_inferred: current_now is in mA"), one.is_in_ma) << one.gauge.current;
    EXPECT_EQ(says("unit_inferred: voltage_now is in mV"), one.is_in_mv) << one.gauge.voltage;
    EXPECT_THAT(found.meter->raw(), HasSubstr(std::string("current_now=") + one.gauge.current));
  }
}

// The unit does not change with the load: 15 mA of a sleeping phone are not 15 A.
TEST(Battery, TheUnitOfTheFirstReadingIsKept) {
  const Tree tree;
  FoundMeter found = battery_of(tree, {"Discharging", "412000", "4000000"});
  tree.write(std::string(kFolder) + "current_now", "15000\n");
  EXPECT_NEAR(*found.meter->read(), 0.06, 1e-9);
}

TEST(Battery, AChargerMakesItNoMeter) {
  for (const char* status : {"Charging", "Full", "Not charging", "Unknown", ""}) {
    const Tree tree;
    const FoundMeter found = battery_of(tree, {status, "412000", "4000000"});
    EXPECT_EQ(found.meter, nullptr) << status;
    EXPECT_THAT(found.reason, AllOf(HasSubstr(status), HasSubstr("unplug"))) << status;
  }
  const Tree tree;
  FoundMeter found = battery_of(tree, {"Discharging", "412000", "4000000"});
  tree.write(std::string(kFolder) + "status", "Charging\n");
  EXPECT_THAT(problem(found.meter->read()), HasSubstr("'Charging'"));
}

TEST(Battery, CurrentThatCannotBeIsNoPower) {
  for (const char* current : {"412000000", "-9223372036854775808", "much"}) {
    const Tree tree;
    const FoundMeter found = battery_of(tree, {"Discharging", current, "4000000"});
    EXPECT_EQ(found.meter, nullptr) << current;
    EXPECT_THAT(found.reason, HasSubstr("current_now")) << current;
  }
}

}  // namespace
}  // namespace eb
