// Power of a load between two idle windows, from one meter and from several.
#include "harness/meters/power.h"

#include <gmock/gmock.h>

#include "tests/harness/meters/waveform.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::window;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kIdleW = 4, kLoadW = 20;

// Idle until 5 s, load until 15 s, idle until 20 s; a counter read every 10 ms.
Trace counted(const std::string& id, double factor, double until_s = 20) {
  MeterInfo info = test::energy_counter();
  info.id = id;
  info.scope = id;
  info.evidence = EvidenceClass::p1;
  return test::regular(info, until_s, 0.01, [factor](double s) {
    const double load_s = std::clamp(s - 5, 0.0, 10.0);
    return factor * (kIdleW * s + (kLoadW - kIdleW) * load_s);
  });
}

Result<PowerOfLoad> power(const std::vector<Trace>& traces) {
  return power_of(traces, window(5.005, 14.995), window(1.005, 3.995), window(16.005, 18.995));
}

TEST(Power, OfOneMeter) {
  const auto result = power({counted("package", 1)});
  ASSERT_EQ(problem(result), "");
  EXPECT_NEAR(result->mean_w, kLoadW, 1e-6);
  EXPECT_NEAR(result->energy_j, 9.99 * kLoadW, 1e-6);
  EXPECT_NEAR(*result->idle_w, kIdleW, 1e-6);
  EXPECT_NEAR(*result->net_energy_j, 9.99 * (kLoadW - kIdleW), 1e-6);
  EXPECT_LT(*result->half_width_j, 1);
  EXPECT_GT(*result->net_half_width_j, *result->half_width_j) << "idle is not known exactly either";
  EXPECT_EQ(result->readings, 999u);
  EXPECT_EQ(result->meter, "package");
  EXPECT_EQ(result->evidence_class, "P1");
}

TEST(Power, OfSeveralMetersIsTheirSum) {
  const Trace package = counted("package", 1), memory = counted("dram", 0.5);
  const auto one = power({package}), both = power({package, memory});
  ASSERT_EQ(problem(both), "");
  EXPECT_NEAR(both->mean_w, 1.5 * kLoadW, 1e-6);
  EXPECT_NEAR(*both->idle_w, 1.5 * kIdleW, 1e-6);
  EXPECT_GT(*both->half_width_j, *one->half_width_j);
  EXPECT_EQ(both->meter, "package+dram");
  EXPECT_EQ(both->scope, "package+dram");
}

TEST(Power, WithoutIdleThereIsNoNet) {
  const auto result = power({counted("package", 1, 17)});
  ASSERT_EQ(problem(result), "");
  EXPECT_NEAR(result->mean_w, kLoadW, 1e-6);
  EXPECT_FALSE(result->net_energy_j);
  EXPECT_FALSE(result->idle_w);
  EXPECT_THAT(result->warnings, Contains(AllOf(HasSubstr("idle power"), HasSubstr("last reading"))));
}

TEST(Power, OneDeadMeterOfTwoIsNoPower) {
  EXPECT_THAT(problem(power({counted("package", 1), counted("dram", 0)})), HasSubstr("dram"));
  EXPECT_THAT(problem(power({counted("package", 1, 10)})), HasSubstr("before the window ended"));
  EXPECT_NE(problem(power({})), "");
}

TEST(Power, OfParts) {
  const std::vector<Trace> traces{counted("package", 1)};
  const MeterWindow parts[] = {window(1, 5), window(5, 10), window(10, 20)};
  const auto watts = power_of_parts(traces, parts);
  ASSERT_EQ(watts.size(), 3u);
  EXPECT_NEAR(watts[0], kIdleW, 1e-6);
  EXPECT_NEAR(watts[1], kLoadW, 1e-6);
  EXPECT_NEAR(watts[2], (kIdleW + kLoadW) / 2, 1e-6);
  const MeterWindow beyond[] = {window(1, 5), window(19, 30)};
  EXPECT_THAT(power_of_parts(traces, beyond), IsEmpty()) << "no part is made up";
}

}  // namespace
}  // namespace eb
