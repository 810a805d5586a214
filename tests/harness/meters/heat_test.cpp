// Heat and clocks of a window.
#include "harness/meters/heat.h"

#include <gmock/gmock.h>

#include "tests/harness/meters/waveform.h"

namespace eb {
namespace {

using test::window;
using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Trace sensor(const std::string& id, Quantity quantity, const std::function<double(double)>& value) {
  return test::regular({.id = id, .quantity = quantity}, 30, 0.5, value);
}

std::vector<Trace> sensors() {
  return {
      sensor("temperature:soc", Quantity::temperature_c, [](double s) { return 40 + s; }),
      sensor("temperature:battery", Quantity::temperature_c, [](double) { return 45.0; }),
      sensor("clock:cpufreq/policy0", Quantity::clock_mhz, [](double) { return 1800.0; }),
      sensor("clock:cpufreq/policy4", Quantity::clock_mhz, [](double s) { return s < 20 ? 2400.0 : 1200.0; }),
      sensor("clock:devfreq/fb000000.gpu", Quantity::clock_mhz, [](double) { return 1000.0; })};
}

TEST(Heat, OfTheSensorThatBecomesTheHottest) {
  const Heat heat = heat_of(sensors(), window(10, 20), {}, "cpu");
  EXPECT_EQ(heat.sensor, "temperature:soc");
  EXPECT_EQ(*heat.first_c, 50);
  EXPECT_EQ(*heat.max_c, 60);
  EXPECT_EQ(heat.clock, "clock:cpufreq/policy4");
  EXPECT_DOUBLE_EQ(*heat.clock_mean_mhz, 2370) << "9.5 s of 2400, and half a second on the way to 1200";
  EXPECT_FALSE(heat.below_max_share) << "a look now and then proves nothing";
  EXPECT_THAT(heat.warnings, IsEmpty());
}

TEST(Heat, TheClockIsThatOfTheDevice) {
  EXPECT_EQ(heat_of(sensors(), window(10, 20), {}, "gpu").clock, "clock:devfreq/fb000000.gpu");
  EXPECT_EQ(heat_of(sensors(), window(10, 20), {}, "npu").clock, "");
}

TEST(Heat, TimeInEachStateProvesAThrottle) {
  const CountedClocks counted{
      {{"clock:cpufreq/policy0", {{1200, 100}, {2400, 900}}}, {"clock:cpufreq/policy4", {{600, 5}}}},
      {{"clock:cpufreq/policy0", {{1200, 104}, {2400, 906}}}}};
  const Heat heat = heat_of(sensors(), window(10, 20), counted, "cpu");
  EXPECT_EQ(heat.clock, "clock:cpufreq/policy0");
  EXPECT_DOUBLE_EQ(*heat.below_max_share, 0.4);
  EXPECT_DOUBLE_EQ(*heat.clock_mean_mhz, 0.4 * 1200 + 0.6 * 2400);
  EXPECT_THAT(heat.warnings,
              ElementsAre(AllOf(HasSubstr("2400 MHz"), HasSubstr("40 %"), HasSubstr("throttled"))));
}

TEST(Heat, CountsThatWentBackAreNoProof) {
  const CountedClocks counted{{{"clock:cpufreq/policy0", {{2400, 900}}}},
                              {{"clock:cpufreq/policy0", {{2400, 9}}}}};
  EXPECT_FALSE(heat_of(sensors(), window(10, 20), counted, "cpu").below_max_share);
}

TEST(Heat, NoSensorNoHeat) {
  const Heat heat = heat_of({}, window(10, 20), {}, "cpu");
  EXPECT_FALSE(heat.max_c || heat.first_c || heat.clock_mean_mhz);
  const std::vector<Trace> dead{Trace({.id = "t", .quantity = Quantity::temperature_c})};
  EXPECT_FALSE(heat_of(dead, window(10, 20), {}, "cpu").max_c);
}

TEST(Heat, OfParts) {
  const MeterWindow parts[] = {window(0, 10), window(10, 20)};
  EXPECT_THAT(temperature_of_parts(sensors(), parts), ElementsAre(50, 60));
  EXPECT_THAT(clock_of_parts(sensors(), "clock:cpufreq/policy4", parts),
              ElementsAre(2400, DoubleNear(2370, 1)));
  EXPECT_THAT(clock_of_parts(sensors(), "", parts), IsEmpty());
  const MeterWindow beyond[] = {window(0, 10), window(40, 50)};
  EXPECT_THAT(temperature_of_parts(sensors(), beyond), IsEmpty());
}

}  // namespace
}  // namespace eb
