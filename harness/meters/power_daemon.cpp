#include "harness/meters/power_daemon.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/base/line_channel.h"
#include "harness/meters/instrument_spec.h"

namespace eb {
namespace {

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr int kLeastIntervalMs = 50, kMostIntervalMs = 3'600'000, kReadsPerInterval = 10;
constexpr std::int64_t kLeastPeriodNs = 5 * kMillisecondNs;
constexpr std::size_t kLongestLog = 10'000;
constexpr const char* kParameterError = "Error in parameter";

std::optional<int> whole(const std::string& text, int least, int most) {
  const auto value = parse_number(text);
  if (!value || *value < least || *value > most || *value != std::floor(*value)) return std::nullopt;
  return static_cast<int>(*value);
}

// How often a meter of power is read: as often as it has a new value, but not for its own sake.
std::int64_t period_ns(const MeterInfo& info, std::int64_t interval_ns) {
  const std::int64_t most = std::max(interval_ns / kReadsPerInterval, std::int64_t{1});
  const std::int64_t wanted = info.sampling == Sampling::averaging ? info.update_ns / 2 : info.update_ns;
  return wanted <= 0 ? most
                     : std::clamp(wanted, std::min(kLeastPeriodNs, most), std::max(most, kLeastPeriodNs));
}

std::string or_unknown(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "unknown";
}

}  // namespace

PowerDaemon::PowerDaemon(Meter& meter, MeterInfo info, Clock& clock, std::function<std::int64_t()> utc_ms,
                         PowerDaemonOptions options)
    : meter_(meter),
      info_(std::move(info)),
      clock_(clock),
      utc_ms_(std::move(utc_ms)),
      options_(std::move(options)) {
  log(fmt::format("edgebench powerd {} on meter {}, class {}", options_.version, info_.id,
                  name_of(info_.evidence)));
  log(info_.gain_limit ? fmt::format("Uncertainty checking for {} is activated", info_.id)
                       : fmt::format("WARNING: nobody states the uncertainty of {}", info_.id));
}

void PowerDaemon::log(std::string_view text) {
  if (log_.size() < kLongestLog) log_.push_back(fmt::format("{}: {}", ptd::time_text(utc_ms_()), text));
}

std::vector<std::string> PowerDaemon::take_log() {
  return std::exchange(log_, {});
}

// Fields: driver, interval, can it watts, volts, amperes, power factor, energy, frequency, accepted by SPEC
// (never), version, system, mode, knows its uncertainty, sets ranges, channels, and what else PTDaemon 1.9
// appends.
std::string PowerDaemon::identify() const {
  std::string driver = "edgebench-" + info_.id;
  std::replace(driver.begin(), driver.end(), ',', ';');
  return fmt::format("{},{},1,0,0,0,{},0,0,version={},OS={},mode=power,{},0,1,0,0,{},na", driver,
                     ptd::kDefaultIntervalMs, info_.quantity == Quantity::energy_j ? 1 : 0, options_.version,
                     options_.system, info_.gain_limit ? 1 : 0,
                     options_.calibration.empty() ? "no_cal_date" : options_.calibration);
}

std::string PowerDaemon::source() const {
  const std::string rate =
      info_.update_ns > 0 ? fmt::format("{:.6g}", 1e9 / static_cast<double>(info_.update_ns)) : "unknown";
  return fmt::format(
      "Source,{},class={},scope={},quantity={},sampling={},rate_hz={},bandwidth_hz=unknown,calibration={},"
      "ranges={}",
      info_.id, name_of(info_.evidence), info_.scope, name_of(info_.quantity), name_of(info_.sampling), rate,
      options_.calibration.empty() ? "unknown" : options_.calibration,
      options_.accepts_ranges ? "fixed-but-accepted" : "fixed");
}

std::string PowerDaemon::uncertainty_model() const {
  return fmt::format("UncertaintyModel,gain={},offset_w={}", or_unknown(info_.gain_limit),
                     or_unknown(info_.offset_limit_w));
}

// No range of any meter behind this is known or can be set.
std::string PowerDaemon::set_range(const std::vector<std::string>& words) {
  if (words.size() != 3) return ptd::kBadCount;
  const bool is_range = words[2] == "Auto" || parse_number(words[2]);
  if ((words[1] != "V" && words[1] != "A") || !is_range) return kParameterError;
  if (words[2] != "Auto" && !options_.accepts_ranges) return "Error: the range of this meter is fixed";
  return fmt::format("Range {} changed", words[1]);
}

std::string PowerDaemon::go(const std::vector<std::string>& words) {
  if (words.size() < 3 || words.size() > 4) return ptd::kBadCount;
  if (measurement_) return "Error: a measurement is running";
  auto interval_ms = whole(words[1], 0, kMostIntervalMs);
  const auto ramp_up = whole(words[2], 0, ptd::kMostSamples);
  if (interval_ms == 0) interval_ms = ptd::kDefaultIntervalMs;
  if (!interval_ms || !ramp_up || *interval_ms < kLeastIntervalMs) return kParameterError;
  if (words.size() == 4) mark_ = printable(words[3]);
  samples_.clear();
  read_ = 0;
  last_error_.clear();
  const std::int64_t interval_ns = *interval_ms * kMillisecondNs, now_ns = clock_.now_ns();
  measurement_ = Measurement{.interval_ns = interval_ns,
                             .sample_end_ns = now_ns + interval_ns,
                             .next_read_ns = 0,
                             .ramp_up = *ramp_up,
                             .times = JitteredTimes(now_ns, period_ns(info_, interval_ns), options_.seed)};
  measurement_->next_read_ns = measurement_->times.next_ns();
  if (info_.quantity == Quantity::energy_j) counted_w(*measurement_);
  log(fmt::format("Go with mark '{}'", mark_));
  return ptd::starting_line(*interval_ms, *ramp_up);
}

std::string PowerDaemon::stop() {
  if (!measurement_) return ptd::kNothingToStop;
  measurement_.reset();
  log("Completed test");
  return ptd::kStopping;
}

std::string PowerDaemon::unread(const std::vector<std::string>& words) {
  if (words.size() > 2) return ptd::kBadCount;
  std::size_t count = samples_.size() - read_;
  if (words.size() == 2 && words[1] != "*") {
    const auto wanted = whole(words[1], 1, ptd::kMostSamples);
    if (!wanted) return kParameterError;
    if (static_cast<std::size_t>(*wanted) > count) return "Insufficient unread samples";
    count = static_cast<std::size_t>(*wanted);
  }
  std::string text = fmt::format("Last {} samples", count);
  for (std::size_t i = samples_.size() - count; i < samples_.size(); ++i)
    text += "\r\n" + ptd::sample_line(samples_[i]);
  read_ = samples_.size();
  return text;
}

std::string PowerDaemon::latest() const {
  return samples_.empty() ? ptd::kNoData : ptd::values_text(samples_.back());
}

std::string PowerDaemon::one_line(const std::vector<std::string>& line) {
  using Words = std::vector<std::string>;
  struct Command {
    std::string_view name{};
    std::string (*run)(PowerDaemon& daemon, const Words& words) = nullptr;
  };
  static constexpr std::array kCommands{
      Command{"Hello", [](PowerDaemon&, const Words&) { return std::string(ptd::kHello); }},
      Command{"Identify", [](PowerDaemon& d, const Words&) { return d.identify(); }},
      Command{"RR", [](PowerDaemon&, const Words&) { return std::string("Ranges,-1,-1.0,-1,-1.0"); }},
      Command{"SR", [](PowerDaemon& d, const Words& words) { return d.set_range(words); }},
      Command{"Go", [](PowerDaemon& d, const Words& words) { return d.go(words); }},
      Command{"Stop", [](PowerDaemon& d, const Words&) { return d.stop(); }},
      Command{"Reset",
              [](PowerDaemon& d, const Words&) { return d.measurement_ ? d.stop() : std::string("Reset"); }},
      Command{"Mark",
              [](PowerDaemon& d, const Words& words) {
                if (words.size() != 2) return std::string(ptd::kBadCount);
                d.mark_ = printable(words[1]);
                return fmt::format("Mark set to {}", d.mark_);
              }},
      Command{"RL", [](PowerDaemon& d, const Words& words) { return d.unread(words); }},
      Command{"R*", [](PowerDaemon& d, const Words&) { return d.latest(); }},
      Command{"Watts", [](PowerDaemon& d, const Words&) { return ptd::watts_line(d.samples_); }},
      Command{"Uncertainty",
              [](PowerDaemon& d, const Words&) {
                return ptd::uncertainty_line(d.samples_, {d.info_.gain_limit, d.info_.offset_limit_w});
              }},
      Command{"Source", [](PowerDaemon& d, const Words&) { return d.source(); }},
      Command{"UncertaintyModel", [](PowerDaemon& d, const Words&) { return d.uncertainty_model(); }}};
  for (const Command& command : kCommands)
    if (command.name == line[0]) return command.run(*this, line);
  return ptd::kUnknownCommand;
}

std::string PowerDaemon::answer(std::string_view line) {
  const std::string text = one_line(split_text(line, ','));
  if (text.find('\n') == std::string::npos) log("Response to client sent: " + text);
  return text + "\r\n";
}

std::optional<std::int64_t> PowerDaemon::due_ns() const {
  if (!measurement_) return std::nullopt;
  if (info_.quantity == Quantity::energy_j) return measurement_->sample_end_ns;
  return std::min(measurement_->next_read_ns, measurement_->sample_end_ns);
}

void PowerDaemon::read_power() {
  Measurement& now = *measurement_;
  const auto value = meter_.read();
  const bool is_good = value && std::isfinite(*value) && (info_.highest <= 0 || *value <= info_.highest);
  if (is_good) {
    now.sum_w += *value;
    ++now.readings;
  } else {
    last_error_ = value ? fmt::format("{} W cannot be", *value) : value.error().message;
  }
  while (now.next_read_ns <= clock_.now_ns()) now.next_read_ns = now.times.next_ns();
}

// The mean power since the counter was read last; -1 unless it was read at both ends.
double PowerDaemon::counted_w(Measurement& now) {
  const auto value = meter_.read();
  const std::int64_t time_ns = clock_.now_ns();
  const auto before = std::exchange(now.counter, std::nullopt);
  if (!value || !std::isfinite(*value)) {
    last_error_ = value ? "the counter is no number" : value.error().message;
    return ptd::kNotAvailable;
  }
  now.counter = Reading{time_ns, *value};
  if (!before || time_ns <= before->time_ns) return ptd::kNotAvailable;
  double joules = *value - before->value;
  if (joules < 0) joules += info_.counter_range;
  const double watts = joules / (static_cast<double>(time_ns - before->time_ns) * 1e-9);
  if (joules >= 0 && (info_.highest <= 0 || watts <= info_.highest)) return watts;
  last_error_ = fmt::format("the counter went from {} to {} J", before->value, *value);
  return ptd::kNotAvailable;
}

double PowerDaemon::mean_of_interval() {
  Measurement& now = *measurement_;
  if (info_.quantity == Quantity::energy_j) return counted_w(now);
  const double mean_w = now.readings > 0 ? now.sum_w / now.readings : ptd::kNotAvailable;
  now.sum_w = 0;
  now.readings = 0;
  return std::max(mean_w, ptd::kNotAvailable);
}

void PowerDaemon::end_sample() {
  Measurement& now = *measurement_;
  const ptd::Sample sample{.utc_ms = utc_ms_(), .watts = mean_of_interval()};
  now.sample_end_ns += now.interval_ns;
  if (sample.watts < 0) log(fmt::format("ERROR: no value: {}", printable(last_error_)));
  if (now.ramp_up > 0) {
    --now.ramp_up;
    return;
  }
  samples_.push_back(sample);
  if (log_.size() < kLongestLog) log_.push_back(ptd::sample_line(sample, mark_));
  if (samples_.size() >= ptd::kMostSamples) stop();
}

void PowerDaemon::tick() {
  if (!measurement_) return;
  const bool is_power = info_.quantity != Quantity::energy_j;
  if (is_power && measurement_->next_read_ns <= clock_.now_ns()) read_power();
  // A meter that took longer than an interval: what was missed is said, up to an hour of it.
  constexpr int kMostMissed = 3600;
  for (int ended = 0; measurement_ && measurement_->sample_end_ns <= clock_.now_ns(); ++ended) {
    if (ended == kMostMissed) {
      log("ERROR: the machine slept, or the meter did");
      stop();
      return;
    }
    end_sample();
  }
}

}  // namespace eb
