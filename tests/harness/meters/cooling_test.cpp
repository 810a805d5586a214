// How long a device is left to cool.
#include "harness/meters/cooling.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

#include "tests/harness/meters/waveform.h"

namespace eb {
namespace {

constexpr CoolRule kRule{.longest_s = 180, .fixed_s = 20};

// As a run would ask: once a second, with what was read until then. Gives how it ended and after how long.
std::pair<Cooling, double> cooled(const std::vector<std::function<double(double)>>& sensors,
                                  const CoolRule& rule) {
  for (double now_s = 0;; now_s += 1) {
    std::vector<Trace> traces;
    for (const auto& sensor : sensors)
      traces.push_back(test::regular({.id = "t", .quantity = Quantity::temperature_c}, now_s, 0.5, sensor));
    const Cooling verdict = judge_cooling(traces, 0, test::ns(now_s), rule);
    if (verdict != Cooling::goes_on) return {verdict, now_s};
  }
}

// An RC circuit's way from 80 to 40 degrees.
std::function<double(double)> falling(double time_constant_s) {
  return [=](double s) { return 40 + 40 * std::exp(-s / time_constant_s); };
}

TEST(Cooling, EndsWhenNothingFallsAnyMore) {
  const auto [verdict, took_s] = cooled({falling(15)}, kRule);
  EXPECT_EQ(verdict, Cooling::cool);
  // 40 / 15 * exp(-s / 15) is 0.01 degrees a second at 84 s.
  EXPECT_NEAR(took_s, 84, 8);
}

TEST(Cooling, ADeviceThatIsCoolWaitsForOneLook) {
  const auto [verdict, took_s] = cooled({[](double) { return 35.0; }}, kRule);
  EXPECT_EQ(verdict, Cooling::cool);
  EXPECT_LE(took_s, 10);
}

TEST(Cooling, OneThatWarmsUpNeedNotWait) {
  EXPECT_EQ(cooled({[](double s) { return 35.0 + 0.05 * s; }}, kRule).first, Cooling::cool);
}

TEST(Cooling, TheSlowestSensorDecides) {
  const double both_s = cooled({falling(5), falling(20)}, kRule).second;
  EXPECT_EQ(both_s, cooled({falling(20)}, kRule).second);
}

TEST(Cooling, IsCutShort) {
  EXPECT_EQ(cooled({falling(1000)}, kRule), std::pair(Cooling::cut_short, 180.0));
}

TEST(Cooling, WithoutASensorItIsAFixedTime) {
  EXPECT_EQ(cooled({}, kRule), std::pair(Cooling::cut_short, 20.0));
  EXPECT_EQ(cooled({}, {.longest_s = 5, .fixed_s = 20}), std::pair(Cooling::cut_short, 5.0));
  EXPECT_EQ(cooled({}, {}), std::pair(Cooling::cut_short, 0.0));
}

TEST(Cooling, ASensorThatSaysNothingIsNone) {
  std::vector<Trace> dead{Trace({.id = "t", .quantity = Quantity::temperature_c})};
  dead.front().add(1, Error{ErrorKind::io, "gone"});
  dead.push_back(test::regular(test::power_meter(), 30, 1, test::constant(5).power_w));
  EXPECT_EQ(judge_cooling(dead, 0, test::ns(10), kRule), Cooling::goes_on);
  EXPECT_EQ(judge_cooling(dead, 0, test::ns(20), kRule), Cooling::cut_short);
}

}  // namespace
}  // namespace eb
