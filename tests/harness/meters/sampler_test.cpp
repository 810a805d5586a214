// When meters are read, under a clock of the test's own.
#include "harness/meters/sampler.h"

#include <gmock/gmock.h>

#include "harness/meters/energy.h"
#include "harness/meters/sampling.h"
#include "tests/harness/meters/waveform.h"
#include "tests/support/fake_clock.h"

namespace eb {
namespace {

using test::FakeClock;

class FakeMeter final : public Meter {
 public:
  FakeMeter(FakeClock& clock, std::int64_t cost_ns) : clock_(clock), cost_ns_(cost_ns) {}
  Result<double> read() override {
    clock_.advance(cost_ns_);
    if (++reads_ == 3) return Error{ErrorKind::device, "no"};
    return static_cast<double>(reads_);
  }

 private:
  FakeClock& clock_;
  std::int64_t cost_ns_;
  int reads_ = 0;
};

struct Sampled {
  std::vector<std::int64_t> times_ns{};
  std::size_t problems = 0;
};

Sampled sampled(std::int64_t cost_ns, std::int64_t period_ns, int rounds, std::size_t meters = 1) {
  FakeClock clock;
  const std::int64_t begin_ns = clock.now_ns();
  std::vector<std::unique_ptr<Meter>> all;
  for (std::size_t i = 0; i < meters; ++i) all.push_back(std::make_unique<FakeMeter>(clock, cost_ns));
  Sampled result;
  sample(
      all, {period_ns, 7}, clock, [&] { return rounds-- > 0; },
      [&](std::size_t, std::int64_t time_ns, const Result<double>& value) {
        result.times_ns.push_back(time_ns - begin_ns);
        result.problems += value ? 0 : 1;
      });
  return result;
}

TEST(Sampler, OneReadingInEachPeriod) {
  constexpr std::int64_t kPeriodNs = 1'000'000;
  const Sampled result = sampled(1000, kPeriodNs, 200);
  ASSERT_EQ(result.times_ns.size(), 200u);
  EXPECT_EQ(result.problems, 1u) << "what a read could not say is told, too";
  double sum = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const auto start_ns = static_cast<std::int64_t>(i) * kPeriodNs;
    EXPECT_GE(result.times_ns[i], start_ns + 500) << "the middle of a read";
    EXPECT_LE(result.times_ns[i], start_ns + kPeriodNs + 1500);
    sum += static_cast<double>(result.times_ns[i] - start_ns) / kPeriodNs;
  }
  EXPECT_NEAR(sum / 200, 0.5, 0.1) << "anywhere in the period";
}

TEST(Sampler, EveryMeterInEachRound) {
  EXPECT_EQ(sampled(10, 1'000'000, 5, 3).times_ns.size(), 15u);
}

TEST(Sampler, ASlowMeterIsNotCaughtUpWith) {
  constexpr std::int64_t kPeriodNs = 1'000'000, kCostNs = 10'000'000;
  const Sampled result = sampled(kCostNs, kPeriodNs, 20);
  for (std::size_t i = 1; i < result.times_ns.size(); ++i) {
    EXPECT_GE(result.times_ns[i] - result.times_ns[i - 1], kCostNs);
    EXPECT_LE(result.times_ns[i] - result.times_ns[i - 1], kCostNs + 2 * kPeriodNs);
  }
}

TEST(Sampler, EachKindOfMeterIsReadAsOftenAsItCanUse) {
  MeterInfo counter = test::energy_counter();
  EXPECT_EQ(period_ns_of(counter), 10'000'000);
  counter.update_ns = 50'000'000;
  EXPECT_EQ(period_ns_of(counter), 50'000'000);
  MeterInfo power = test::power_meter();
  power.update_ns = 20'000'000;
  EXPECT_EQ(period_ns_of(power), 25'000'000) << "each read sees a new value";
  power.sampling = Sampling::averaging;
  power.update_ns = 300'000'000;
  EXPECT_EQ(period_ns_of(power), 100'000'000) << "no mean is missed";
  power.update_ns = 0;
  EXPECT_EQ(period_ns_of(power), 20'000'000);
  power.update_ns = 1;
  EXPECT_EQ(period_ns_of(power), 2'000'000) << "never a busy loop";
  power.update_ns = 3'600'000'000'000;
  EXPECT_LT(period_ns_of(power), 10'000'000'000);
}

// What a run would see of meters read in these periods has an interval.
TEST(Sampler, ReadingsAtTheOwnPeriodHaveAnInterval) {
  const auto wave = test::bursts(2, 8, 0.010, 30);
  for (const auto sampling : {Sampling::instantaneous, Sampling::averaging}) {
    MeterInfo info = test::power_meter(sampling);
    info.update_ns = 100'000'000;
    JitteredTimes times(0, period_ns_of(info), 3);
    Trace trace(info);
    while (trace.readings().empty() || trace.readings().back().time_ns < test::ns(62)) {
      const std::int64_t now_ns = times.next_ns();
      const std::int64_t update = now_ns / info.update_ns * info.update_ns;
      const auto value = sampling == Sampling::averaging && update >= info.update_ns
                             ? test::energy_j(wave, {update - info.update_ns, update}) / 0.1
                             : wave.power_w(static_cast<double>(now_ns) * 1e-9);
      trace.add(now_ns, value);
    }
    const auto window = test::window(1, 61);
    const auto energy = energy_in(trace, window);
    ASSERT_TRUE(energy) << energy.error().message;
    ASSERT_TRUE(energy->half_width_j) << name_of(sampling) << ": " << energy->warnings.front();
    EXPECT_NEAR(energy->energy_j, test::energy_j(wave, window), *energy->half_width_j);
  }
}

}  // namespace
}  // namespace eb
