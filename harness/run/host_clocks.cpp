// Clocks by domain, with their limits and governors.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/base/clock_domains.h"
#include "harness/base/sysfs.h"
#include "harness/run/host_state.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr double kHighestMhz = 20'000;
constexpr std::size_t kMostClocks = 64;

std::optional<double> mhz_of(const fs::path& file, double step_mhz) {
  if (file.empty()) return std::nullopt;
  const auto number = read_integer(file);
  if (!number) return std::nullopt;
  const double mhz = static_cast<double>(*number) / std::round(1 / step_mhz);  // 1785600 kHz is 1785.6
  return mhz > 0 && mhz <= kHighestMhz ? std::optional(mhz) : std::nullopt;
}

// Clocks of CPUs that are set alike are one: "cpu0-3" for four of them.
struct Clock {
  std::string domain{};
  std::vector<int> cpus{};
  std::string governor{};
  std::optional<double> min_mhz{}, max_mhz{}, hardware_max_mhz{};
  std::vector<double> current_mhz{};

  bool is_set_as(const Clock& other) const {
    return !cpus.empty() && !other.cpus.empty() && governor == other.governor && min_mhz == other.min_mhz &&
           max_mhz == other.max_mhz && hardware_max_mhz == other.hardware_max_mhz;
  }
};

// {0, 1, 2, 3, 6} is "0-3,6".
std::string ranges_of(std::vector<int> numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] <= numbers[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", numbers[i]);
    if (numbers[last] != numbers[i]) text += fmt::format("-{}", numbers[last]);
    i = last + 1;
  }
  return text;
}

// Governors have names as "schedutil" and "nvhost_podgov"; empty for anything else.
std::string governor_in(const fs::path& file) {
  if (file.empty()) return {};
  std::string name = read_name(file);
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  const bool is_name = !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name.size() < 40 &&
                       std::all_of(name.begin(), name.end(), is_plain);
  return is_name ? name : "";
}

Clock read_clock(const ClockDomain& from) {
  Clock clock{.domain = from.domain == "cpu" ? from.name : from.domain, .cpus = from.cpus};
  clock.governor = governor_in(from.governor);
  clock.min_mhz = mhz_of(from.lowest, from.mhz);
  clock.max_mhz = mhz_of(from.highest, from.mhz);
  clock.hardware_max_mhz = mhz_of(from.hardware, from.mhz);
  if (const auto now = mhz_of(from.current, from.mhz)) clock.current_mhz.push_back(*now);
  return clock;
}

std::vector<Clock> read_clocks(const fs::path& root) {
  std::vector<Clock> clocks;
  for (const ClockDomain& found : find_clock_domains(root)) {
    Clock clock = read_clock(found);
    const auto alike = std::find_if(clocks.begin(), clocks.end(),
                                    [&](const Clock& other) { return clock.is_set_as(other); });
    if (alike == clocks.end()) {
      clocks.push_back(std::move(clock));
      continue;
    }
    alike->cpus.insert(alike->cpus.end(), clock.cpus.begin(), clock.cpus.end());
    alike->current_mhz.insert(alike->current_mhz.end(), clock.current_mhz.begin(), clock.current_mhz.end());
  }
  return clocks;
}

Json to_json(const Clock& clock) {
  Json json{{"domain", clock.cpus.empty() ? clock.domain : "cpu" + ranges_of(clock.cpus)}};
  if (!clock.governor.empty()) json["governor"] = clock.governor;
  if (clock.min_mhz) json["min_mhz"] = *clock.min_mhz;
  if (!clock.current_mhz.empty()) {
    double sum = 0;
    for (const double mhz : clock.current_mhz) sum += mhz;
    json["cur_mhz"] = std::round(1e3 * sum / static_cast<double>(clock.current_mhz.size())) / 1e3;
  }
  if (clock.max_mhz) json["max_mhz"] = *clock.max_mhz;
  if (clock.hardware_max_mhz) json["hardware_max_mhz"] = *clock.hardware_max_mhz;
  return json;
}

}  // namespace

void add_clocks(const fs::path& root, Json& context) {
  Json clocks = Json::array();
  for (const Clock& clock : read_clocks(root)) {
    Json json = to_json(clock);
    if (json.size() > 1 && clocks.size() < kMostClocks) clocks.push_back(std::move(json));
  }
  if (!clocks.empty()) context["clocks"] = std::move(clocks);
}

}  // namespace eb
