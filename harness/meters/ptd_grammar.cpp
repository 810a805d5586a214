#include "harness/meters/ptd_grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "harness/base/line_channel.h"
#include "harness/meters/instrument_spec.h"

namespace eb::ptd {
namespace {

constexpr double kMostUncertainty = 0.01;

double value_after(const std::vector<std::string>& fields, std::string_view key) {
  for (std::size_t i = 0; i + 1 < fields.size(); ++i)
    if (fields[i] == key)
      if (const auto value = parse_number(fields[i + 1])) return *value;
  return kNotAvailable;
}

std::vector<double> good_watts(std::span<const Sample> samples) {
  std::vector<double> watts;
  for (const Sample& sample : samples)
    if (sample.watts >= 0) watts.push_back(sample.watts);
  return watts;
}

struct Summary {
  double mean = kNotAvailable, least = kNotAvailable, most = kNotAvailable;
};

Summary summary_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  double sum = 0;
  for (const double value : values) sum += value;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return {sum / static_cast<double>(values.size()), *least, *most};
}

}  // namespace

std::string time_text(std::int64_t utc_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(utc_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{:02}-{:02}-{:04} {:02}:{:02}:{:02}.{:03}", static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), static_cast<int>(date.year()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string values_text(const Sample& sample) {
  return fmt::format("Watts,{:.6f},Volts,{:.6f},Amps,{:.6f},PF,{:.6f}", sample.watts, sample.volts,
                     sample.amperes, sample.power_factor);
}

std::string sample_line(const Sample& sample, std::string_view mark) {
  const std::string line = fmt::format("Time,{},{}", time_text(sample.utc_ms), values_text(sample));
  return mark.empty() ? line : fmt::format("{},Mark,{}", line, mark);
}

Result<Sample> parse_sample(std::string_view line) {
  const auto fields = split_text(line, ',');
  if (fields.size() < 4 || fields[0] != "Time" || fields[2] != "Watts" || !parse_number(fields[3]))
    return Error{ErrorKind::device, fmt::format("'{}' is no sample", printable(line))};
  Sample sample;
  sample.watts = value_after(fields, "Watts");
  sample.volts = value_after(fields, "Volts");
  sample.amperes = value_after(fields, "Amps");
  sample.power_factor = value_after(fields, "PF");
  return sample;
}

std::string starting_line(int interval_ms, int ramp_up) {
  return fmt::format("Starting untimed measurement, maximum {} samples at {}ms with {} rampup samples",
                     kMostSamples, interval_ms, ramp_up);
}

Result<int> parse_count(std::string_view line) {
  if (line.starts_with("No unread") || line.starts_with("Insufficient unread") || line == kNoData) return 0;
  const auto words = split_text(line, ' ');
  const Error wrong{ErrorKind::device, fmt::format("'{}' is no number of samples", printable(line))};
  if (words.size() < 3 || words[0] != "Last" || !words[2].starts_with("sample")) return wrong;
  const auto count = parse_number(words[1]);
  if (!count || *count < 0 || *count > kMostSamples || *count != std::floor(*count)) return wrong;
  return static_cast<int>(*count);
}

std::string watts_line(std::span<const Sample> samples) {
  if (samples.empty()) return kNoData;
  const auto watts = good_watts(samples);
  const Summary all = summary_of(watts);
  return fmt::format("Watts,{:.6f},{:.6f},{:.6f},{},{},{}", all.mean, all.least, all.most, samples.size(),
                     samples.size() - watts.size(), watts.size());
}

std::string uncertainty_line(std::span<const Sample> samples, const ErrorLimits& limits) {
  std::vector<double> shares;
  if (limits.gain)
    for (const double watts : good_watts(samples))
      if (watts > 0) shares.push_back(*limits.gain + limits.offset_w.value_or(0) / watts);
  const Summary all = summary_of(shares);
  const auto invalid =
      std::count_if(shares.begin(), shares.end(), [](double one) { return one > kMostUncertainty; });
  const auto known = static_cast<std::ptrdiff_t>(shares.size());
  return fmt::format("Uncertainty,{:.6f},{:.6f},{:.6f},{},{},{},{}", all.mean, all.least, all.most,
                     samples.size(), invalid, known - invalid,
                     static_cast<std::ptrdiff_t>(samples.size()) - known);
}

}  // namespace eb::ptd
