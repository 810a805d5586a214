#include "harness/meters/clock_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "harness/base/sysfs.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLargestTable = 64 << 10;  // a square of frequencies

std::optional<double> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<double>(value);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t from = line.find_first_not_of(" \t*");  // devfreq marks the state that is now
    if (from == std::string_view::npos) break;
    const std::size_t to = std::min(line.find_first_of(" \t*", from), line.size());
    words.push_back(line.substr(from, to - from));
    line.remove_prefix(to);
  }
  return words;
}

template <class Row>
void for_each_line(std::string_view text, const Row& row) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    row(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// "1800000 12345": kHz and hundredths of a second.
std::map<double, double> cpufreq_times(std::string_view text) {
  std::map<double, double> times;
  for_each_line(text, [&](std::string_view line) {
    const auto words = words_of(line);
    if (words.size() != 2) return;
    const auto khz = number(words[0]), ticks = number(words[1]);
    if (khz && ticks && *khz > 0) times[*khz / 1e3] = *ticks / 100;
  });
  return times;
}

// "* 200000000:    0    3    120345": Hz, transitions to each state, milliseconds.
std::map<double, double> devfreq_times(std::string_view text) {
  std::map<double, double> times;
  for_each_line(text, [&](std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const auto from = words_of(line.substr(0, colon)), rest = words_of(line.substr(colon + 1));
    if (from.size() != 1 || rest.empty()) return;
    const auto hz = number(from[0]), ms = number(rest.back());
    if (hz && ms && *hz > 0) times[*hz / 1e6] = *ms / 1e3;
  });
  return times;
}

struct TimesPlace {
  const char* folder;
  const char* prefix;
  const char* file;
  const char* kind;
  std::map<double, double> (*parse)(std::string_view text);
};
constexpr TimesPlace kPlaces[] = {
    {"sys/devices/system/cpu/cpufreq", "policy", "stats/time_in_state", "cpufreq", cpufreq_times},
    {"sys/class/devfreq", "", "trans_stat", "devfreq", devfreq_times},
};

}  // namespace

std::vector<ClockTimes> read_clock_times(const fs::path& root) {
  std::vector<ClockTimes> clocks;
  for (const TimesPlace& place : kPlaces)
    for (const fs::path& entry : entries_like(root / place.folder, place.prefix)) {
      const auto text = read_small_file(entry / place.file, kLargestTable);
      if (!text) continue;
      ClockTimes clock{fmt::format("clock:{}/{}", place.kind, entry.filename().string()), place.parse(*text)};
      if (!clock.seconds_at.empty()) clocks.push_back(std::move(clock));
    }
  return clocks;
}

Result<ClockShare> share_between(const ClockTimes& before, const ClockTimes& after) {
  if (before.seconds_at.empty() || after.seconds_at.empty())
    return Error{ErrorKind::invalid, fmt::format("{} counts no times", before.id)};
  ClockShare share{before.id, 0, after.seconds_at.rbegin()->first, 0, 0};
  for (const auto& [mhz, seconds] : after.seconds_at) {
    const auto old = before.seconds_at.find(mhz);
    const double spent_s = seconds - (old == before.seconds_at.end() ? 0 : old->second);
    if (spent_s < 0)
      return Error{ErrorKind::device,
                   fmt::format("{} counts {} MHz backwards: its counts were reset", before.id, mhz)};
    share.seconds += spent_s;
    share.mean_mhz += mhz * spent_s;
    if (mhz < share.highest_mhz) share.below_highest += spent_s;
  }
  if (share.seconds <= 0)
    return Error{ErrorKind::device, fmt::format("{} counted no time between both reads", before.id)};
  share.mean_mhz /= share.seconds;
  share.below_highest /= share.seconds;
  return share;
}

}  // namespace eb
