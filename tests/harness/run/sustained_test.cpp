// Long windows of simulated devices that heat up: an RC circuit from the power of a run to the temperature of
// the chip, and a governor that slows the chip down where it is too hot.
#include "harness/run/sustained.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_session.h"

namespace eb {
namespace {

using test::FakeClock;
using test::FakeModel;
using test::FakeSession;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMinuteNs = 60'000'000'000;
constexpr double kAmbientC = 25, kTooHotC = 80;

struct Chip {
  double run_ms = 10;            // at full clock
  double power_w = 10;           // at full clock; falls with its square, as voltage falls with the clock
  double ohm_c_per_w = 8;        // in the steady state this much hotter than the air
  double time_constant_s = 300;  // of heating up
};

// What the test wants to know of a chip while it runs.
struct Hot {
  double temperature_c = kAmbientC, clock = 1;
  std::optional<double> throttled_at_s{};
};

// Cost of each run in order, as the chip heats up.
std::function<std::int64_t(std::uint64_t)> cost_of(const Chip& chip, Hot& hot) {
  return [chip, &hot, elapsed_s = 0.0](std::uint64_t) mutable {
    const double run_s = chip.run_ms * 1e-3 / hot.clock;
    const double end_c = kAmbientC + chip.power_w * hot.clock * hot.clock * chip.ohm_c_per_w;
    hot.temperature_c += (end_c - hot.temperature_c) * (1 - std::exp(-run_s / chip.time_constant_s));
    elapsed_s += run_s;
    if (hot.temperature_c > kTooHotC) {
      hot.clock = std::max(0.3, hot.clock * 0.999);
      if (!hot.throttled_at_s) hot.throttled_at_s = elapsed_s;
    } else if (hot.temperature_c < kTooHotC - 0.5) {
      hot.clock = std::min(1.0, hot.clock * 1.0005);
    }
    return static_cast<std::int64_t>(run_s * 1e9);
  };
}

struct Outcome {
  RunRecord record{};
  Window window{};
  Hot hot{};
};

Outcome sustained(const Chip& chip, const char* scenario_name, std::int64_t minutes = 30) {
  Outcome run;
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  model.cost_ns = cost_of(chip, run.hot);
  FakeSession session(model);
  auto lane = Lane::create({}, session, 1, 1);
  EXPECT_TRUE(lane);
  std::vector<LoadedLane> lanes;
  lanes.push_back({*std::move(lane), {1}, 1});
  const auto drive = [&](const WindowRule& rule, std::size_t queries) -> Result<Window> {
    EB_GET(const auto scenario, make_scenario(scenario_name, rule));
    return scenario->is_block() ? drive_block(*scenario, session, lanes, clock)
                                : drive_queries(*scenario, session, lanes[0], clock, queries);
  };
  const WindowRule rule{
      .min_queries = 64, .min_duration_ns = minutes * kMinuteNs, .max_duration_ns = minutes * kMinuteNs};
  auto window = drive_parts(rule, kMinuteNs, 1000, clock, drive, run.record);
  EXPECT_TRUE(window) << window.error().message;
  run.window = *std::move(window);
  judge_parts(run.record);
  return run;
}

constexpr Chip kSprinter{.run_ms = 10, .power_w = 12};  // would become 121 degrees hot
constexpr Chip kRunner{.run_ms = 12, .power_w = 6};     // stays at 73

TEST(Sustained, TheRankingOfTheFirstMinuteIsNotThatOfTheThirtieth) {
  const Outcome sprinter = sustained(kSprinter, "single-stream"),
                runner = sustained(kRunner, "single-stream");
  ASSERT_THAT(sprinter.record.part_p50_ms, SizeIs(30));
  EXPECT_LT(sprinter.record.part_p50_ms.front(), runner.record.part_p50_ms.front());
  EXPECT_GT(sprinter.record.part_p50_ms.back(), runner.record.part_p50_ms.back());
  EXPECT_GT(*sprinter.record.steady_latency_ms, *runner.record.steady_latency_ms);
  EXPECT_LT(*sprinter.record.retention_percent, 83);
  EXPECT_NEAR(*runner.record.retention_percent, 100, 0.1);
}

TEST(Sustained, TheKneeIsFoundWithinAMinute) {
  for (const double power_w : {9.0, 10.0, 12.0, 15.0}) {
    Chip chip = kSprinter;
    chip.power_w = power_w;
    const Outcome run = sustained(chip, "single-stream");
    ASSERT_TRUE(run.hot.throttled_at_s && run.record.knee_s) << power_w;
    EXPECT_NEAR(*run.record.knee_s, *run.hot.throttled_at_s, 60) << power_w;
    EXPECT_THAT(run.record.warnings, Contains(HasSubstr("slowed down")));
  }
}

TEST(Sustained, ADeviceThatStaysCoolHasNoKnee) {
  const Outcome run = sustained(kRunner, "single-stream");
  EXPECT_FALSE(run.hot.throttled_at_s);
  EXPECT_FALSE(run.record.knee_s);
  EXPECT_THAT(run.record.warnings, IsEmpty());
}

TEST(Sustained, PartsAddUpToTheWindow) {
  const Outcome run = sustained(kRunner, "single-stream", 5);
  EXPECT_THAT(run.record.part_p90_ms, SizeIs(5));
  EXPECT_DOUBLE_EQ(*run.record.part_s, 60);
  EXPECT_EQ(run.window.queries, run.window.latencies.count());
  EXPECT_EQ(run.window.samples, run.window.queries);
  EXPECT_GE(run.window.duration_ns, 5 * kMinuteNs);
  EXPECT_LT(run.window.duration_ns, 5 * kMinuteNs + 20'000'000);
  EXPECT_EQ(run.window.duration_ns, static_cast<std::int64_t>(run.window.queries) * 12'000'000);
  PartFacts sum;
  for (const PartFacts& part : run.window.parts) {
    sum.duration_ns += part.duration_ns;
    sum.queries += part.queries;
  }
  EXPECT_EQ(sum.duration_ns, run.window.duration_ns);
  EXPECT_EQ(sum.queries, static_cast<std::int64_t>(run.window.queries));
}

TEST(Sustained, ABlockIsJudgedByItsThroughput) {
  const Outcome run = sustained(kSprinter, "offline");
  EXPECT_THAT(run.record.part_p50_ms, IsEmpty());
  EXPECT_THAT(run.record.part_throughput_sps, SizeIs(30));
  EXPECT_FALSE(run.record.steady_latency_ms);
  EXPECT_NEAR(*run.record.retention_percent,
              100 * *run.record.steady_throughput_sps / run.record.part_throughput_sps.front(), 1);
  EXPECT_NEAR(*run.record.knee_s, *run.hot.throttled_at_s, 60);
  EXPECT_EQ(run.window.queries, 1u);
}

TEST(Sustained, ARunThatIsLongerThanAPart) {
  const Outcome run = sustained({.run_ms = 90'000, .power_w = 1}, "single-stream", 10);
  EXPECT_THAT(run.record.part_p50_ms, Each(90'000));
  EXPECT_EQ(run.window.queries, 7u);
}

TEST(Sustained, AFailureEndsIt) {
  FakeClock clock;
  RunRecord record;
  const auto fails = [](const WindowRule&, std::size_t) -> Result<Window> {
    return Error{ErrorKind::device, "gone"};
  };
  const auto window = drive_parts({.min_duration_ns = kMinuteNs}, kMinuteNs, 10, clock, fails, record);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().message, "gone");
}

TEST(Sustained, TooFewPartsHaveNoVerdict) {
  RunRecord record;
  record.part_s = 60;
  record.part_p50_ms = {10, 20};
  record.part_throughput_sps = {100, 50};
  judge_parts(record);
  EXPECT_FALSE(record.retention_percent || record.steady_latency_ms || record.knee_s);
}

TEST(Sustained, PartsAreMinutesOrTenths) {
  EXPECT_EQ(part_length_ns(1800), kMinuteNs);
  EXPECT_EQ(part_length_ns(600), kMinuteNs);
  EXPECT_EQ(part_length_ns(30), 3'000'000'000);
}

}  // namespace
}  // namespace eb
