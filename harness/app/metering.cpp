#include "harness/app/metering.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/app/metering_records.h"

namespace eb {
namespace {

constexpr double kSettleS = 0.5;  // after a process has ended, before idle power is looked at
constexpr double kTailS = 0.3;    // until what was read is in the file
constexpr double kSlowTailS = 2;  // of a meter that is read seldom
constexpr std::int64_t kTickNs = 100'000'000;
constexpr std::int64_t kSensorPeriodNs = 500'000'000;
constexpr double kCoolLookS = 1;

std::int64_t ns(double seconds) {
  return static_cast<std::int64_t>(seconds * 1e9);
}

// "raw/001_x_1.lat" and ".power" -> "raw/001_x_1.power.csv".
std::string beside(const Job& job, const std::string& suffix) {
  const std::string& file = job.scenarios.front().raw_file;
  return file.substr(0, file.rfind(".lat")) + suffix + ".csv";
}

// One job, from opening its meters to completing its records.
class MeteredJob {
 public:
  MeteredJob(const MeteringSetup& setup, const Job& job, const std::function<void()>& on_tick)
      : setup_(setup), job_(job), on_tick_(on_tick) {}

  void open() {
    const MeterChoice& choice = setup_.choice;
    if (!choice.sensors.empty()) open_stream(choice.sensors, ".sensors", kSensorPeriodNs, sensors_);
    int number = 1;
    for (const std::string& id : choice.power)
      open_stream({id}, number++ == 1 ? ".power" : fmt::format(".power{}", number - 1), 0, power_);
  }

  void cool_down(const CoolRule& rule) {
    const std::int64_t begin_ns = now_ns();
    while (!is_interrupted() &&
           judge_cooling(read_all(sensors_), begin_ns, now_ns(), rule) == Cooling::goes_on)
      wait(kCoolLookS);
    readings_.cool_down_s = static_cast<double>(now_ns() - begin_ns) * 1e-9;
  }

  MeterWindow idle(double seconds) {
    const std::int64_t begin_ns = now_ns();
    if (!power_.empty()) wait(seconds);
    return {begin_ns, now_ns()};
  }
  void idle_before(double seconds) { readings_.idle_before = idle(seconds); }
  void idle_after(double seconds) {
    if (power_.empty()) return;
    wait(kSettleS);
    readings_.idle_after = idle(seconds);
  }

  MeterHooks hooks() {
    return {[this](const std::string& scenario, bool begins) {
              CountedClocks& clocks = readings_.clocks[scenario];
              (begins ? clocks.before : clocks.after) = read_clock_times(setup_.root);
            },
            [this](bool is_wanted) { set_paused(!is_wanted); }};
  }

  void set_paused(bool is_paused) {
    for (auto* streams : {&power_, &sensors_})
      for (const auto& stream : *streams) stream->set_paused(is_paused);
  }

  void complete(ChildOutcome& outcome) {
    wait(kTailS);
    readings_.power = read_all(power_);
    const auto is_late = [&](const Trace& trace) {
      return trace.readings().empty() || trace.readings().back().time_ns < readings_.idle_after.end_ns;
    };
    if (std::any_of(readings_.power.begin(), readings_.power.end(), is_late)) {
      wait(kSlowTailS);
      readings_.power = read_all(power_);
    }
    readings_.sensors = read_all(sensors_);
    note_ends();
    readings_.root = setup_.root;
    complete_records(readings_, outcome);
  }

 private:
  using Streams = std::vector<std::unique_ptr<MeterStream>>;

  std::int64_t now_ns() const { return setup_.clock->now_ns(); }
  bool is_interrupted() const { return setup_.is_interrupted && setup_.is_interrupted(); }

  void wait(double seconds) {
    const std::int64_t end_ns = now_ns() + ns(seconds);
    while (now_ns() < end_ns && !is_interrupted()) {
      setup_.clock->wait_until_ns(std::min(end_ns, now_ns() + kTickNs));
      if (on_tick_) on_tick_();
    }
  }

  void open_stream(const std::vector<std::string>& ids, const std::string& suffix, std::int64_t period_ns,
                   Streams& streams) {
    const std::string file = beside(job_, suffix);
    auto stream = setup_.open({.root = setup_.root,
                               .names = ids,
                               .file = setup_.out_folder / file,
                               .period_ns = period_ns,
                               .seed = static_cast<std::uint64_t>(now_ns())});
    if (stream) {
      streams.push_back(*std::move(stream));
      readings_.files.push_back(file);
    } else {
      readings_.problems.push_back(stream.error().message);
      if (&streams == &power_) readings_.is_power_whole = false;
    }
  }

  std::vector<Trace> read_all(const Streams& streams) {
    std::vector<Trace> all;
    for (const auto& stream : streams) {
      auto traces = stream->traces();
      if (traces) {
        std::move(traces->begin(), traces->end(), std::back_inserter(all));
      } else {
        if (&streams == &power_) readings_.is_power_whole = false;
        last_problem_ = traces.error().message;
      }
    }
    return all;
  }

  void note_ends() {
    if (!last_problem_.empty()) readings_.problems.push_back(last_problem_);
    for (const auto* streams : {&power_, &sensors_})
      for (const auto& stream : *streams)
        if (const std::string end = stream->end(); !end.empty())
          readings_.problems.push_back(fmt::format("a meter was lost: {}", end));
  }

  const MeteringSetup& setup_;
  const Job& job_;
  const std::function<void()>& on_tick_;
  Streams power_, sensors_;
  JobReadings readings_;
  std::string last_problem_{};
};

struct TierTimes {
  std::string_view tier;
  MeteringTimes times;
};
// Longest cool-down of the field's labs: 180 s; idle power there: 30 s on each side.
constexpr TierTimes kTimes[] = {{"quick", {1.5, {0, 0}}},
                                {"standard", {5, {60, 5}}},
                                {"official", {30, {180, 30}}},
                                {"sustained", {30, {180, 30}}}};

}  // namespace

MeteringTimes metering_times(const Tier& tier, const RunOptions& options) {
  constexpr double kShortIdleS = 0.5;
  MeteringTimes times;
  for (const TierTimes& row : kTimes)
    if (row.tier == tier.name) times = row.times;
  // Idle no longer than load, and hardly any of a budget.
  times.idle_s = std::clamp(tier.min_window_s / 6, kShortIdleS, times.idle_s);
  if (options.time_budget_s) times = {kShortIdleS, {0, 0}};
  if (options.cool_down_s) times.cooling = {*options.cool_down_s, *options.cool_down_s};
  return times;
}

ChildOutcome Metering::measure(const Job& job, const std::function<void(std::string_view)>& on_phase,
                               const std::function<void()>& on_tick,
                               const std::function<ChildOutcome(const MeterHooks&)>& run) {
  const bool has_meters = !setup_.choice.power.empty() || !setup_.choice.sensors.empty();
  const bool cools = has_measured_ && setup_.times.cooling.longest_s > 0;
  if (job.scenarios.empty() || !(has_meters || cools)) {
    has_measured_ = has_measured_ || !job.scenarios.empty();
    return run({});
  }
  has_measured_ = true;
  MeteredJob metered(setup_, job, on_tick);
  metered.open();
  if (cools) {
    on_phase("cool down");
    metered.cool_down(setup_.times.cooling);
  }
  if (!setup_.choice.power.empty()) on_phase("idle");
  metered.idle_before(setup_.times.idle_s);
  ChildOutcome outcome = run(metered.hooks());
  metered.set_paused(false);  // a process that died may have left them so
  if (outcome.was_interrupted) return outcome;
  if (!setup_.choice.power.empty()) on_phase("idle");
  metered.idle_after(setup_.times.idle_s);
  metered.complete(outcome);
  return outcome;
}

}  // namespace eb
