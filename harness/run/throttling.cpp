#include "harness/run/throttling.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <string_view>

#include "harness/base/control_group.h"
#include "harness/base/sysfs.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;
using Count = std::optional<std::uint64_t>;

constexpr std::array<const char*, 4> kBoardEvents = {"undervoltage", "frequency capped", "throttled",
                                                     "soft temperature limit"};
constexpr double kStealPercent = 1;

// The threads of a core have its counter, too, and the cores of a package that of the package.
void find_cpus(const fs::path& root, CounterFiles& files) {
  std::set<std::string> cores, packages;
  for (const fs::path& cpu : entries_like(root / "sys/devices/system/cpu", "cpu")) {
    const std::string name = cpu.filename().string();
    if (index_of(name, "cpu", "") < 0) continue;
    const std::string package = read_name(cpu / "topology/physical_package_id");
    const std::string core = read_name(cpu / "topology/core_id");
    const fs::path folder = cpu / "thermal_throttle";
    std::error_code code;
    if (fs::exists(folder / "core_throttle_count", code) &&
        cores.insert(core.empty() ? name : package + "/" + core).second)
      files.core.push_back(folder / "core_throttle_count");
    if (fs::exists(folder / "package_throttle_count", code) && packages.insert(package).second)
      files.package.push_back(folder / "package_throttle_count");
  }
}

void find_boards(const fs::path& root, CounterFiles& files) {
  for (const fs::path& entry : entries_like(root / "sys/class/hwmon", "hwmon")) {
    const std::string name = read_name(entry / "name");
    if (name == "soctherm_oc")
      for (const fs::path& file : entries_like(entry, "oc"))
        if (index_of(file.filename().string(), "oc", "_event_cnt") >= 0) files.supply.push_back(file);
    if (name == "rpi_volt") files.undervoltage.push_back(entry / "in0_lcrit_alarm");
  }
  files.board = root / "sys/devices/platform/soc/soc:firmware/get_throttled";
}

Count count_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_count = problem == std::errc() && end == text.data() + text.size();
  constexpr std::uint64_t kMost = std::uint64_t{1} << 56;
  return is_count && value < kMost ? Count(value) : std::nullopt;
}

void add(Count& sum, Count value) {
  if (value) sum = sum.value_or(0) + *value;
}

// Absent if one of them cannot be read: a sum of fewer would seem to go back.
Count sum_of(const std::vector<fs::path>& files) {
  Count sum;
  for (const fs::path& file : files) {
    const Count count = count_of(read_name(file));
    if (!count) return std::nullopt;
    add(sum, count);
  }
  return sum;
}

// "get_throttled" says "50005", without 0x.
std::optional<std::uint32_t> board_bits(const CounterFiles& files) {
  std::optional<std::uint32_t> bits;
  const std::string text = read_name(files.board);
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (problem == std::errc() && end == text.data() + text.size()) bits = value;
  for (const fs::path& alarm : files.undervoltage)
    if (const auto is_low = read_integer(alarm); is_low && (*is_low == 0 || *is_low == 1))
      bits = bits.value_or(0) | static_cast<std::uint32_t>(*is_low);
  return bits;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t from = line.find_first_not_of(' ');
    if (from == std::string_view::npos) return words;
    const std::size_t end = std::min(line.find(' ', from), line.size());
    words.push_back(line.substr(from, end - from));
    line.remove_prefix(end);
  }
}

// "nr_throttled 12" of a cpu.stat; throttled_usec is of version 2, throttled_time, in ns, of version 1.
void read_group(const fs::path& file, Counters& counters) {
  const auto text = read_small_file(file);
  if (!text) return;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto words = words_of(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (words.size() != 2) continue;
    Count count = count_of(words[1]);
    if (words[0] == "nr_throttled") add(counters.group_periods, count);
    if (words[0] == "throttled_time") add(counters.group_ns, count);
    constexpr std::uint64_t kMostUs = std::uint64_t{1} << 50;
    if (words[0] == "throttled_usec" && count && *count < kMostUs) add(counters.group_ns, *count * 1000);
  }
}

void read_ticks(const fs::path& stat, Counters& counters) {
  std::error_code code;
  if (!fs::is_regular_file(stat, code)) return;
  std::array<char, 256> line{};  // the first of many
  std::ifstream(stat).getline(line.data(), line.size());
  const auto words = words_of(line.data());  // user nice system idle iowait irq softirq steal
  constexpr std::size_t kColumns = 8;
  if (words.size() <= kColumns || words[0] != "cpu") return;
  Count sum;
  for (std::size_t i = 1; i <= kColumns; ++i) {
    const Count ticks = count_of(words[i]);
    if (!ticks) return;
    add(sum, ticks);
  }
  counters.steal_ticks = count_of(words[kColumns]);
  counters.all_ticks = sum;
}

Count difference(Count before, Count after) {
  return before && after && *after >= *before ? Count(*after - *before) : std::nullopt;
}

Json board_events(std::uint32_t before, std::uint32_t after) {
  Json events = Json::array();
  for (std::size_t i = 0; i < kBoardEvents.size(); ++i) {
    const auto has = [&](std::uint32_t bits, std::size_t bit) { return (bits >> bit & 1) != 0; };
    const bool is_new = has(after, i + 16) && !has(before, i + 16);
    if (is_new || has(before, i) || has(after, i)) events.push_back(kBoardEvents[i]);
  }
  return events;
}

double number_of(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_number() ? at->get<double>() : 0;
}

void add_unique(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& text : more)
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
}

}  // namespace

CounterFiles find_counters(const fs::path& root) {
  CounterFiles files;
  find_cpus(root, files);
  find_boards(root, files);
  files.stat = root / "proc/stat";
  for (const fs::path& folder : find_control_group(root, "cpu").folders)
    files.groups.push_back(folder / "cpu.stat");
  return files;
}

Counters read_counters(const CounterFiles& files) {
  Counters counters;
  counters.core_events = sum_of(files.core);
  counters.package_events = sum_of(files.package);
  counters.supply_events = sum_of(files.supply);
  counters.board = board_bits(files);
  for (const fs::path& file : files.groups) read_group(file, counters);
  read_ticks(files.stat, counters);
  return counters;
}

Json throttling_between(const Counters& before, const Counters& after) {
  Json result = Json::object();
  const auto set = [&](const char* key, Count count) {
    if (count) result[key] = *count;
  };
  const Count steal = difference(before.steal_ticks, after.steal_ticks);
  if (const Count all = difference(before.all_ticks, after.all_ticks);
      steal && all && *all >= *steal && *all > 0)
    result["steal_percent"] = 100 * static_cast<double>(*steal) / static_cast<double>(*all);
  set("throttled_core_events", difference(before.core_events, after.core_events));
  set("throttled_package_events", difference(before.package_events, after.package_events));
  set("throttled_supply_events", difference(before.supply_events, after.supply_events));
  if (before.board && after.board) result["throttled_board"] = board_events(*before.board, *after.board);
  set("cgroup_throttled_periods", difference(before.group_periods, after.group_periods));
  if (const Count ns = difference(before.group_ns, after.group_ns))
    result["cgroup_throttled_ms"] = static_cast<double>(*ns) * 1e-6;
  return result;
}

HostVerdict judge_throttling(const Json& throttling) {
  HostVerdict verdict;
  if (number_of(throttling, "throttled_core_events") > 0 ||
      number_of(throttling, "throttled_package_events") > 0)
    verdict.warnings.emplace_back("heat slowed the processor during the window");
  if (number_of(throttling, "throttled_supply_events") > 0)
    verdict.warnings.emplace_back("its voltage or current slowed the board during the window");
  if (const auto board = throttling.find("throttled_board");
      board != throttling.end() && board->is_array() && !board->empty())
    verdict.warnings.push_back(fmt::format("the board's firmware says of the window: {}",
                                           fmt::join(board->get<std::vector<std::string>>(), ", ")));
  if (number_of(throttling, "steal_percent") >= kStealPercent)
    verdict.warnings.emplace_back("the hypervisor gave processor time to others during the window");
  if (number_of(throttling, "cgroup_throttled_periods") > 0) {
    verdict.warnings.emplace_back("the control group's limit of processor time was reached in the window");
    verdict.unranked_reasons.emplace_back("throttled by its control group");
  }
  return verdict;
}

void ThrottleWatch::on_window(const std::string& scenario, bool begins) {
  if (begins) {
    begun_[scenario] = read_counters(files_);
    return;
  }
  const auto begun = begun_.find(scenario);
  if (begun == begun_.end()) return;
  const HostVerdict found = judge_throttling(throttling_between(begun->second, read_counters(files_)));
  HostVerdict& verdict = verdicts_[scenario];  // of several windows, such as those of a search
  add_unique(verdict.warnings, found.warnings);
  add_unique(verdict.unranked_reasons, found.unranked_reasons);
  begun_.erase(begun);
}

void ThrottleWatch::judge(std::vector<RunRecord>& records) const {
  for (RunRecord& record : records) {
    const auto verdict = verdicts_.find(record.scenario);
    if (verdict == verdicts_.end()) continue;
    add_unique(record.warnings, verdict->second.warnings);
    add_unique(record.unranked_reasons, verdict->second.unranked_reasons);
  }
}

}  // namespace eb
