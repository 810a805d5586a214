// What is done around a process that measures, with a clock and meters of the test's own.
#include "harness/app/metering.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/harness/meters/waveform.h"
#include "tests/support/fake_clock.h"

namespace eb {
namespace {

using test::FakeClock;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kIdleW = 4, kLoadW = 20;

// A world whose power depends on whether a load is there, and whose meters see all of it until they die.
class World {
 public:
  FakeClock clock;
  std::optional<std::int64_t> dies_ns{};  // nothing is read from then on
  std::string end{};
  std::vector<std::string> events{};
  double celsius_per_s = 0;  // by which the sensor falls

  double seconds(std::int64_t ns) const { return static_cast<double>(ns - begin_ns_) * 1e-9; }
  void set_load(bool is_there) { edges_.push_back({clock.now_ns(), is_there ? kLoadW : kIdleW}); }
  double energy_j(std::int64_t ns) const {
    double joules = 0;
    for (std::size_t i = 0; i < edges_.size() && edges_[i].first < ns; ++i) {
      const std::int64_t until = i + 1 < edges_.size() ? std::min(ns, edges_[i + 1].first) : ns;
      joules += edges_[i].second * static_cast<double>(until - edges_[i].first) * 1e-9;
    }
    return joules;
  }
  Trace trace(const std::string& id) {
    const bool is_sensor = id.starts_with("temperature:");
    MeterInfo info = test::energy_counter();
    if (is_sensor) info = {.id = id, .quantity = Quantity::temperature_c};
    info.id = id;
    info.scope = "package";
    info.evidence = EvidenceClass::p1;
    Trace made(info);
    const std::int64_t last_ns = std::min(clock.now_ns(), dies_ns.value_or(clock.now_ns()));
    for (std::int64_t ns = begin_ns_; ns <= last_ns; ns += 10'000'000)
      made.add(ns, is_sensor ? 90 - celsius_per_s * seconds(ns) : energy_j(ns));
    return made;
  }

 private:
  std::int64_t begin_ns_ = clock.now_ns();
  std::vector<std::pair<std::int64_t, double>> edges_{{begin_ns_, kIdleW}};
};

class FakeStream final : public MeterStream {
 public:
  FakeStream(World& world, std::string id) : world_(world), id_(std::move(id)) {}
  void set_paused(bool is_paused) override { world_.events.push_back(is_paused ? "pause" : "resume"); }
  Result<std::vector<Trace>> traces() override { return std::vector{world_.trace(id_)}; }
  std::string end() override { return world_.end; }

 private:
  World& world_;
  std::string id_;
};

class MeteringTest : public ::testing::Test {
 protected:
  MeteringTest() {
    job_.scenarios = {{"single-stream", {}, "raw/001_a_1.lat"}};
    setup_.choice.power = {"rapl:0"};
    setup_.times = {2, {}};
    setup_.clock = &world_.clock;
    setup_.open = [this](const MeterOrder& order) -> Result<std::unique_ptr<MeterStream>> {
      orders_.push_back(order);
      if (open_fails_) return *open_fails_;
      world_.clock.advance(100'000'000);
      return std::unique_ptr<MeterStream>(std::make_unique<FakeStream>(world_, order.names.front()));
    };
  }

  // A process that loads for 10 s.
  ChildOutcome load(const MeterHooks& hooks) {
    ChildOutcome outcome;
    RunRecord record;
    record.scenario = "single-stream";
    record.window_s = 10;
    record.samples = 1000;
    const std::int64_t start_ns = world_.clock.now_ns();
    if (hooks.on_window) hooks.on_window("single-stream", true);
    world_.set_load(true);
    world_.clock.advance(10'000'000'000);
    world_.set_load(false);
    if (hooks.on_window) hooks.on_window("single-stream", false);
    outcome.windows["single-stream"] = {start_ns, world_.clock.now_ns()};
    outcome.records = {record};
    if (change_) change_(hooks, outcome);
    return outcome;
  }
  ChildOutcome measure(Metering& metering) {
    return metering.measure(
        job_, [this](std::string_view phase) { phases_.emplace_back(phase); }, [this] { ++ticks_; },
        [this](const MeterHooks& hooks) { return load(hooks); });
  }
  RunRecord measured() {
    Metering metering(setup_);
    return measure(metering).records.at(0);
  }

  World world_;
  Job job_;
  MeteringSetup setup_;
  std::optional<Error> open_fails_{};
  std::function<void(const MeterHooks&, ChildOutcome&)> change_{};
  std::vector<MeterOrder> orders_;
  std::vector<std::string> phases_;
  int ticks_ = 0;
};

TEST_F(MeteringTest, CutsLoadAndIdleOutOfWhatWasRead) {
  const RunRecord record = measured();
  EXPECT_THAT(record.warnings, ElementsAre(HasSubstr("nobody states the accuracy")));
  EXPECT_NEAR(*record.mean_power_w, kLoadW, 0.01);
  EXPECT_NEAR(*record.idle_power_w, kIdleW, 0.01);
  EXPECT_NEAR(*record.energy_per_sample_mj, 200, 0.1);
  EXPECT_NEAR(*record.net_energy_per_sample_mj, 160, 0.2);
  EXPECT_LE(*record.energy_per_sample_low_mj, 200.001);
  EXPECT_GE(*record.energy_per_sample_high_mj, 199.999);
  EXPECT_EQ(record.meter, "rapl:0");
  EXPECT_EQ(record.power_scope, "package");
  EXPECT_EQ(record.evidence_class, "P1");
  EXPECT_NEAR(static_cast<double>(*record.power_readings), 1001, 2);
  EXPECT_THAT(record.power_files, ElementsAre("raw/001_a_1.power.csv"));
  EXPECT_FALSE(record.cool_down_s);
  EXPECT_THAT(phases_, ElementsAre("idle", "idle"));
  EXPECT_GT(ticks_, 20);
}

TEST_F(MeteringTest, WithoutMetersNothingIsDone) {
  setup_.choice = {};
  const RunRecord record = measured();
  EXPECT_FALSE(record.mean_power_w);
  EXPECT_THAT(record.warnings, IsEmpty());
  EXPECT_THAT(orders_, IsEmpty());
  EXPECT_THAT(phases_, IsEmpty());
  EXPECT_EQ(ticks_, 0);
}

TEST_F(MeteringTest, AMeterThatCannotBeOpenedIsAWarning) {
  open_fails_ = Error{ErrorKind::timeout, "meter rapl:0: it said nothing for 10 s"};
  const RunRecord record = measured();
  EXPECT_EQ(record.status, RunStatus::ok);
  EXPECT_FALSE(record.mean_power_w);
  EXPECT_THAT(record.warnings,
              ElementsAre(HasSubstr("said nothing for 10 s"), HasSubstr("power was not measured")));
}

TEST_F(MeteringTest, OneOfTwoMetersIsNoPower) {
  setup_.choice.power = {"rapl:0", "rapl:1"};
  const auto open = setup_.open;
  setup_.open = [this, open](const MeterOrder& order) {
    open_fails_ = order.names.front() == "rapl:1" ? std::optional(Error{ErrorKind::io, "meter rapl:1: gone"})
                                                  : std::nullopt;
    return open(order);
  };
  const RunRecord record = measured();
  EXPECT_FALSE(record.mean_power_w);
  EXPECT_THAT(record.warnings, Contains(HasSubstr("not every meter")));
}

TEST_F(MeteringTest, SeveralMetersHaveAFileEach) {
  setup_.choice = {{"rapl:0", "rapl:1"}, {"temperature:a"}};
  const RunRecord record = measured();
  EXPECT_NEAR(*record.mean_power_w, 2 * kLoadW, 0.01);
  EXPECT_THAT(record.power_files,
              ElementsAre("raw/001_a_1.sensors.csv", "raw/001_a_1.power.csv", "raw/001_a_1.power2.csv"));
  EXPECT_EQ(record.temperature_max_c, 90);
  EXPECT_NE(orders_.at(1).seed, orders_.at(2).seed);
}

TEST_F(MeteringTest, AMeterThatDiesInTheWindowLeavesNoNumber) {
  change_ = [this](const MeterHooks&, ChildOutcome&) {
    world_.dies_ns = world_.clock.now_ns() - 3'000'000'000;
    world_.end = "its process ended with signal 9 (Killed)";
  };
  const RunRecord record = measured();
  EXPECT_EQ(record.status, RunStatus::ok);
  EXPECT_FALSE(record.mean_power_w || record.energy_per_sample_mj || record.idle_power_w);
  EXPECT_THAT(record.warnings,
              ElementsAre("a meter was lost: its process ended with signal 9 (Killed)",
                          AllOf(HasSubstr("power was not measured"), HasSubstr("before the window ended"))));
}

TEST_F(MeteringTest, OneThatDiesAfterTheWindowLeavesGrossPower) {
  change_ = [this](const MeterHooks&, ChildOutcome&) {
    world_.dies_ns = world_.clock.now_ns() + 100'000'000;
  };
  const RunRecord record = measured();
  EXPECT_NEAR(*record.mean_power_w, kLoadW, 0.01);
  EXPECT_FALSE(record.net_energy_per_sample_mj || record.idle_power_w);
  EXPECT_THAT(record.warnings, Contains(HasSubstr("idle power: ")));
}

TEST_F(MeteringTest, AWindowThatNobodySawHasNoPower) {
  change_ = [](const MeterHooks&, ChildOutcome& outcome) { outcome.windows.clear(); };
  EXPECT_FALSE(measured().mean_power_w);
  change_ = [](const MeterHooks&, ChildOutcome& outcome) {
    outcome.records.front().status = RunStatus::rejected;
  };
  EXPECT_FALSE(measured().mean_power_w);
}

TEST_F(MeteringTest, MetersPauseWhenTheProcessSaysSoAndAlwaysGoOn) {
  change_ = [](const MeterHooks& hooks, ChildOutcome&) { hooks.on_meter(false); };
  measured();
  EXPECT_THAT(world_.events, ElementsAre("pause", "resume"));
}

TEST_F(MeteringTest, AnInterruptWaitsForNothing) {
  setup_.is_interrupted = [] { return true; };
  change_ = [](const MeterHooks&, ChildOutcome& outcome) { outcome.was_interrupted = true; };
  const std::int64_t begin_ns = world_.clock.now_ns();
  EXPECT_FALSE(measured().mean_power_w);
  EXPECT_LT(world_.clock.now_ns() - begin_ns, 10'200'000'000);
}

TEST_F(MeteringTest, TheDeviceCoolsBetweenCellsAndNotBeforeTheFirst) {
  setup_.choice = {{}, {"temperature:a"}};
  setup_.times.cooling = {.longest_s = 60, .fixed_s = 5};
  world_.celsius_per_s = 0.5;
  Metering metering(setup_);
  EXPECT_EQ(measure(metering).records[0].cool_down_s, std::nullopt);
  EXPECT_NEAR(*measure(metering).records[0].cool_down_s, 60, 1.1) << "it falls all the time";
  world_.celsius_per_s = 0;
  EXPECT_NEAR(*measure(metering).records[0].cool_down_s, 10, 3);
  EXPECT_THAT(phases_, ElementsAre("cool down", "cool down"));
}

TEST_F(MeteringTest, WithoutASensorCoolingIsAFixedTime) {
  setup_.choice = {};
  setup_.times.cooling = {.longest_s = 60, .fixed_s = 5};
  Metering metering(setup_);
  EXPECT_EQ(measure(metering).records[0].cool_down_s, std::nullopt);
  EXPECT_NEAR(*measure(metering).records[0].cool_down_s, 5, 1e-6);
}

TEST_F(MeteringTest, PartsOfASustainedWindowHavePowerAndHeat) {
  setup_.choice.sensors = {"temperature:a"};
  world_.celsius_per_s = 1;
  change_ = [](const MeterHooks&, ChildOutcome& outcome) {
    outcome.records.front().part_throughput_sps = {1, 1, 1, 1, 1};
  };
  const RunRecord record = measured();
  ASSERT_EQ(record.part_power_w.size(), 5u);
  for (const double watts : record.part_power_w) EXPECT_NEAR(watts, kLoadW, 0.1);
  ASSERT_EQ(record.part_temperature_c.size(), 5u);
  EXPECT_NEAR(record.part_temperature_c[0] - record.part_temperature_c[4], 8, 0.1);
  EXPECT_THAT(record.part_clock_mhz, IsEmpty());
}

TEST(MeteringTimes, AreThoseOfTheTierUnlessTheUserSaysOtherwise) {
  const auto times = [](const char* tier, const RunOptions& options) {
    return metering_times(*find_tier(tier), options);
  };
  EXPECT_EQ(times("quick", {}).idle_s, 1.5);
  EXPECT_EQ(times("quick", {}).cooling.longest_s, 0);
  EXPECT_GE(times("official", {}).idle_s, 30);
  EXPECT_GT(times("official", {}).cooling.longest_s, times("standard", {}).cooling.longest_s);
  RunOptions options;
  options.time_budget_s = 20;
  EXPECT_EQ(times("standard", options).idle_s, 0.5);
  EXPECT_EQ(times("standard", options).cooling.longest_s, 0);
  options.cool_down_s = 7;
  EXPECT_EQ(times("standard", options).cooling.longest_s, 7);
  EXPECT_EQ(times("quick", options).cooling.fixed_s, 7);
  options.cool_down_s = 0;
  EXPECT_EQ(times("official", options).cooling.longest_s, 0);
  options = {};
  options.sustained_s = 30;
  EXPECT_EQ(metering_times(*tier_of(options), options).idle_s, 5) << "idle no longer than load";
}

}  // namespace
}  // namespace eb
