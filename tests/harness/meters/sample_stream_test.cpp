#include "harness/meters/sample_stream.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/harness/meters/waveform.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::Waveform;
using ::testing::HasSubstr;

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr double kStartS = 1.00037;  // so that no sample is on the edge of a burst

// The stream of `rate_hz` samples of a minute.
SampleStream minute_of(const Waveform& wave, Sampling sampling, int rate_hz) {
  const double period_s = 1.0 / rate_hz;
  SampleStream stream(Quantity::power_w, sampling, 1'000'000'000 / rate_hz);
  for (int i = 0; i <= 60 * rate_hz; ++i) {
    const double s = kStartS + i * period_s;
    const double mean_w = (wave.energy_until_j(s) - wave.energy_until_j(s - period_s)) / period_s;
    const double value = sampling == Sampling::averaging ? mean_w : wave.power_w(s);
    EXPECT_EQ(problem(stream.add(s, value)), "");
  }
  return stream;
}

TEST(SampleStream, EnergyOfFastSamplesIsWithinAThousandth) {
  for (const Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)}) {
    const double truth_j = wave.energy_until_j(kStartS + 60) - wave.energy_until_j(kStartS);
    for (const int rate_hz : {1000, 5000, 50'000}) {
      const auto samples = minute_of(wave, Sampling::instantaneous, rate_hz);
      ASSERT_TRUE(samples.is_integrated());
      EXPECT_NEAR(*samples.value(), truth_j, 1e-3 * truth_j) << wave.name << rate_hz;
    }
    for (const int rate_hz : {10, 1000}) {
      const auto means = minute_of(wave, Sampling::averaging, rate_hz);
      ASSERT_TRUE(means.is_integrated());
      EXPECT_EQ(means.sampling(), Sampling::accumulating);
      EXPECT_NEAR(*means.value(), truth_j, 1e-6 * truth_j) << wave.name << rate_hz;
    }
  }
}

TEST(SampleStream, SlowMomentsAndEnergyAreTheNewestValue) {
  SampleStream power(Quantity::power_w, Sampling::instantaneous, 100 * kMillisecondNs);
  EXPECT_FALSE(power.is_integrated());
  EXPECT_EQ(power.quantity(), Quantity::power_w);
  EXPECT_FALSE(power.value());
  ASSERT_EQ(problem(power.add(0, 5)), "");
  ASSERT_EQ(problem(power.add(50, 6)), "") << "a pause of a meter of moments is seen by who reads it";
  EXPECT_EQ(power.value(), 6);
  SampleStream energy(Quantity::energy_j, Sampling::accumulating, kMillisecondNs);
  EXPECT_FALSE(energy.is_integrated());
  ASSERT_EQ(problem(energy.add(0, 1000)), "");
  EXPECT_EQ(energy.value(), 1000);
}

TEST(SampleStream, AHoleIsAnErrorForEver) {
  SampleStream stream(Quantity::power_w, Sampling::averaging, kMillisecondNs);
  ASSERT_EQ(problem(stream.add(0, 5)), "");
  ASSERT_EQ(problem(stream.add(0.05, 5)), "") << "a few lost samples are bridged";
  EXPECT_THAT(problem(stream.add(0.2, 5)), HasSubstr("no samples from 0.05 to 0.2 s"));
  EXPECT_THAT(problem(stream.add(0.201, 5)), HasSubstr("no samples from 0.05"));
}

TEST(SampleStream, TimeDoesNotGoBack) {
  for (const double again : {1.0, 0.5}) {
    SampleStream stream(Quantity::power_w, Sampling::averaging, kMillisecondNs);
    ASSERT_EQ(problem(stream.add(1, 5)), "");
    EXPECT_THAT(problem(stream.add(again, 5)), HasSubstr("its time went from 1"));
  }
}

}  // namespace
}  // namespace eb
