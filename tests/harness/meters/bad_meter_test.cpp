// Meters that are dead, slow, away for a while, or mad: a clear sentence, and never a number that was made
// up. And what is computed from good ones.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "harness/meters/energy.h"
#include "harness/meters/sampling.h"
#include "tests/harness/meters/waveform.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::window;
using ::testing::AllOf;
using ::testing::HasSubstr;

const MeterWindow kMinute = window(1, 61);

// Read at 1 kHz for 63 s; what `change` says at each time, or nothing.
template <class Change>
Trace changed(const Change& change) {
  Trace trace(test::power_meter());
  for (int i = 0; i <= 63000; ++i)
    if (const auto value = change(i * 0.001)) trace.add(test::ns(i * 0.001), *value);
  return trace;
}

using Answer = std::optional<Result<double>>;

TEST(BadMeter, DeadFromTheStart) {
  Trace silent(test::power_meter());
  EXPECT_THAT(problem(energy_in(silent, kMinute)), AllOf(HasSubstr("shunt"), HasSubstr("no reading")));
  silent.add(5, Error{ErrorKind::io, "connection refused"});
  EXPECT_THAT(problem(energy_in(silent, kMinute)), HasSubstr("connection refused"));
  const Trace zeros = changed([](double) -> Answer { return 0.0; });
  EXPECT_THAT(problem(energy_in(zeros, kMinute)), HasSubstr("0 W all the time"));
}

TEST(BadMeter, DisconnectsForGood) {
  const Trace trace = changed([](double s) -> Answer { return s < 40 ? Answer(5.0) : std::nullopt; });
  EXPECT_THAT(problem(energy_in(trace, kMinute)), HasSubstr("21.001 s before the window ended"));
}

TEST(BadMeter, AwayForLessThanATwentiethWidensTheInterval) {
  const Trace away = changed([](double s) -> Answer {
    if (s > 30 && s < 32) return std::nullopt;
    return s < 10 ? 4.0 : 6.0;
  });
  const Trace always = changed([](double s) -> Answer { return s < 10 ? 4.0 : 6.0; });
  const auto energy = energy_in(away, kMinute);
  ASSERT_EQ(problem(energy), "");
  EXPECT_EQ(energy->gaps, 1u);
  EXPECT_NEAR(energy->longest_gap_s, 2, 0.02);
  EXPECT_THAT(energy->warnings, ::testing::Contains(HasSubstr("1 gaps")));
  const auto without = energy_in(always, kMinute);
  ASSERT_EQ(problem(without), "");
  EXPECT_EQ(without->gaps, 0u);
  const double wider_j = *energy->half_width_j - *without->half_width_j;
  EXPECT_GE(wider_j, 2 * (6 - 4) - 0.02) << "2 s of anything in between";
  EXPECT_LE(wider_j, 5);
}

TEST(BadMeter, AwayForLongerIsNoMeasurement) {
  const Trace trace =
      changed([](double s) -> Answer { return s > 30 && s < 34 ? std::nullopt : Answer(5.0); });
  EXPECT_THAT(problem(energy_in(trace, kMinute)), AllOf(HasSubstr("silent"), HasSubstr("1 gaps")));
}

// A counter has counted while nobody looked.
TEST(BadMeter, AwayDoesNotHurtACounter) {
  Trace trace(test::energy_counter());
  for (int i = 0; i <= 630; ++i)
    if (i < 300 || i > 340) trace.add(test::ns(i * 0.1), 5.0 * i * 0.1);
  const auto energy = energy_in(trace, kMinute);
  ASSERT_EQ(problem(energy), "");
  EXPECT_NEAR(energy->energy_j, 300, 1e-6);
  EXPECT_EQ(energy->gaps, 1u);
}

TEST(BadMeter, NoNumberInATenthOfItsReads) {
  const auto every = [](int n) {
    return changed([n](double s) -> Answer {
      const bool is_bad = std::lround(s * 1000) % n == 0;
      return is_bad ? std::numeric_limits<double>::quiet_NaN() : 5.0;
    });
  };
  EXPECT_THAT(problem(energy_in(every(5), kMinute)), AllOf(HasSubstr("gave no value"), HasSubstr("nan")));
  const auto some = energy_in(every(50), kMinute);
  ASSERT_EQ(problem(some), "");
  EXPECT_EQ(some->dropouts, 1201u);
  EXPECT_NEAR(some->energy_j, 300, 1e-6) << "what is no number is left out, not counted as 0";
}

TEST(BadMeter, OutOfRange) {
  const Trace trace = changed([](double s) -> Answer { return s > 30 ? 1e9 : 5.0; });
  EXPECT_THAT(problem(energy_in(trace, kMinute)), HasSubstr("is above 1000"));
}

TEST(BadMeter, TooSlowForTheWindow) {
  const Trace trace = test::regular(test::power_meter(), 100, 50, test::constant(5).power_w);
  EXPECT_THAT(problem(energy_in(trace, kMinute)), AllOf(HasSubstr("1 readings"), HasSubstr("longer")));
}

TEST(BadMeter, IsNotOneOfPower) {
  const Trace trace =
      test::regular({.id = "zone", .quantity = Quantity::temperature_c}, 63, 1, test::constant(50).power_w);
  EXPECT_THAT(problem(energy_in(trace, kMinute)), HasSubstr("temperature"));
}

Energy energy_of(double watts, double seconds, std::optional<double> half_width_j) {
  Energy energy;
  energy.mean_w = watts;
  energy.duration_s = seconds;
  energy.energy_j = watts * seconds;
  energy.half_width_j = half_width_j;
  return energy;
}

TEST(NetEnergy, IsThatAboveIdleWithTheIntervalsOfAllThree) {
  const auto net = net_energy(energy_of(8, 60, 3), energy_of(2, 30, 0.3), energy_of(2.04, 30, 0.6));
  ASSERT_EQ(problem(net), "");
  EXPECT_DOUBLE_EQ(net->idle_w, 2.02);
  EXPECT_NEAR(net->energy_j, 60 * (8 - 2.02), 1e-9);
  EXPECT_NEAR(*net->half_width_j, 3 + 60 * (0.015 + 0.02), 1e-9);
  EXPECT_TRUE(net->warnings.empty());
}

TEST(NetEnergy, WarnsOfIdlePowerThatDrifts) {
  const auto net = net_energy(energy_of(8, 60, 3), energy_of(2, 30, 0), energy_of(2.4, 30, std::nullopt));
  ASSERT_EQ(problem(net), "");
  EXPECT_THAT(net->warnings, ::testing::ElementsAre(HasSubstr("18.2 %")));
  EXPECT_FALSE(net->half_width_j) << "one of three intervals is not known";
}

TEST(NetEnergy, NeedsAllThreeWindows) {
  EXPECT_NE(problem(net_energy(energy_of(8, 60, 3), Energy{}, energy_of(2, 30, 0))), "");
}

TEST(PerInference, DividesTheIntervalToo) {
  const auto each = per_inference(12, 0.6, 2000);
  EXPECT_DOUBLE_EQ(each.energy_mj, 6);
  EXPECT_DOUBLE_EQ(*each.half_width_mj, 0.3);
  EXPECT_FALSE(per_inference(12, std::nullopt, 2000).half_width_mj);
}

TEST(JitteredTimes, OneAnywhereInEachPeriod) {
  JitteredTimes times(1000, 100, 5);
  double mean = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t phase = times.next_ns() - 1000 - 100 * i;
    EXPECT_GE(phase, 0);
    EXPECT_LT(phase, 100);
    mean += static_cast<double>(phase) / 1000;
  }
  EXPECT_NEAR(mean, 49.5, 4);
}

TEST(MeanHalfWidth, NeedsTwentySamplesAndIgnoresATrend) {
  std::vector<double> line;
  for (int i = 0; i < 19; ++i) line.push_back(i);
  EXPECT_FALSE(mean_half_width(line, 0));
  line.push_back(19);
  EXPECT_NEAR(*mean_half_width(line, 0), 0, 1e-9);
  EXPECT_NEAR(*mean_half_width(line, 10), 10 * (1 - std::pow(0.01, 1.0 / 20)), 1e-9);
}

}  // namespace
}  // namespace eb
