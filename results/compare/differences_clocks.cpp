// Clocks, governors and bus links: `clocks` and `links` of the context, and the clock that a record was
// measured at.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include "results/compare/differences.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using Number = std::optional<double>;

constexpr double kLeastRatio = 1.02;  // clocks are told a little differently each time

std::optional<FoundDifference> number_difference(std::string_view title, std::string_view unit, double first,
                                                 double other) {
  if (!(first > 0 && other > 0) || std::max(first / other, other / first) < kLeastRatio) return std::nullopt;
  const auto text = [&](double value) { return fmt::format("{:.4g} {}", value, unit); };
  return FoundDifference{against(title, text(first), text(other)), first / other};
}

// The stronger one.
void keep(std::optional<FoundDifference>& kept, std::optional<FoundDifference> found) {
  const auto weight = [](const FoundDifference& one) { return std::abs(std::log(*one.slowdown)); };
  if (found && (!kept || weight(*found) > weight(*kept))) kept = std::move(found);
}

// The objects of a list under `key`; none for anything else.
std::vector<const Json*> objects_of(const Json& context, std::string_view key) {
  std::vector<const Json*> objects;
  const auto list = context.is_object() ? context.find(key) : context.end();
  if (list == context.end() || !list->is_array()) return objects;
  for (const Json& item : *list)
    if (item.is_object()) objects.push_back(&item);
  return objects;
}

// Domains of a kind ("cpu0-3" is of "cpu") by name.
std::map<std::string, const Json*> domains_of(const Json& context, std::string_view kind) {
  std::map<std::string, const Json*> domains;
  for (const Json* clock : objects_of(context, "clocks"))
    if (const std::string name = context_word(*clock, "domain"); name.starts_with(kind))
      domains[name] = clock;
  return domains;
}

// Calls each(name, clock of the first, clock of the other) for domains of the kind that both have.
void for_shared_domains(const Measured& first, const Measured& other, std::string_view kind,
                        const std::function<void(const std::string&, const Json&, const Json&)>& each) {
  const auto others = domains_of(other.context, kind);
  for (const auto& [name, clock] : domains_of(first.context, kind))
    if (const auto at = others.find(name); at != others.end()) each(name, *clock, *at->second);
}

// Whether the clock at the start may be that of a device without work: one that follows the load.
bool follows_load(const Json& clock) {
  constexpr std::array<std::string_view, 4> kFixed = {"", "performance", "userspace", "powersave"};
  const std::string governor = context_word(clock, "governor");
  return std::find(kFixed.begin(), kFixed.end(), governor) == kFixed.end();
}

std::optional<FoundDifference> clock_of(const Measured& first, const Measured& other, std::string_view kind,
                                        std::string_view what, const char* key) {
  std::optional<FoundDifference> strongest;
  for_shared_domains(first, other, kind, [&](const std::string& name, const Json& a, const Json& b) {
    const Number one = context_number(a, key), two = context_number(b, key);
    if (one && two) keep(strongest, number_difference(fmt::format("{} {}", what, name), "MHz", *one, *two));
  });
  return strongest;
}

bool has_clock_in_window(const Measured& first, const Measured& other) {
  return first.record.clock_mean_mhz && other.record.clock_mean_mhz && !first.record.clock.empty() &&
         first.record.clock == other.record.clock;
}

// MB/s of one lane, after line coding, by generation.
constexpr std::array<double, 7> kPcieLaneMbps = {0, 250, 500, 985, 1969, 3938, 7563};

struct Link {
  std::string device{}, text{};
  double mbps = 0;  // MB/s of PCIe, Mbit/s of USB: only ever compared with its like
};

std::optional<Link> link_from(const Json& json) {
  const std::string kind = context_word(json, "kind"), device = context_word(json, "device");
  if (kind == "usb") {
    const Number mbps = context_number(json, "mbps");
    if (!mbps || !(*mbps > 0)) return std::nullopt;
    return Link{device, fmt::format("{:.6g} Mbit/s", *mbps), *mbps};
  }
  const Number gen = context_number(json, "gen"), lanes = context_number(json, "lanes");
  if (kind != "pcie" || !gen || !lanes || !(*gen >= 1 && *gen < kPcieLaneMbps.size()) ||
      !(*lanes >= 1 && *lanes <= 32))
    return std::nullopt;
  return Link{device, fmt::format("gen {:.0f} x{:.0f}", *gen, *lanes),
              kPcieLaneMbps[static_cast<std::size_t>(*gen)] * *lanes};
}

std::vector<Link> links_of(const Json& context, std::string_view kind) {
  std::vector<Link> links;
  for (const Json* json : objects_of(context, "links"))
    if (auto link = link_from(*json); link && context_word(*json, "kind") == kind) links.push_back(*link);
  return links;
}

// By name; a single one of each side may be told by different names.
std::optional<FoundDifference> link_difference(const Measured& first, const Measured& other,
                                               std::string_view kind, std::string_view title) {
  const auto ours = links_of(first.context, kind), theirs = links_of(other.context, kind);
  const bool are_single = ours.size() == 1 && theirs.size() == 1;
  std::optional<FoundDifference> strongest;
  for (const Link& a : ours)
    for (const Link& b : theirs)
      if ((a.device == b.device || are_single) && a.mbps != b.mbps)
        keep(strongest, FoundDifference{against(fmt::format("{} of {}", title, a.device), a.text, b.text),
                                        a.mbps / b.mbps});
  return strongest;
}

}  // namespace

std::optional<FoundDifference> clock_at_start(const Measured& first, const Measured& other) {
  if (has_clock_in_window(first, other)) return std::nullopt;  // which says more
  auto found = clock_of(first, other, kind_of(first.record), "clock at the start of", "cur_mhz");
  bool is_vague = false;
  for_shared_domains(first, other, kind_of(first.record),
                     [&](const std::string&, const Json& a, const Json& b) {
                       is_vague = is_vague || follows_load(a) || follows_load(b);
                     });
  if (!found || !is_vague) return found;
  found->slower = *found->slowdown > 1 ? FoundDifference::Slower::other : FoundDifference::Slower::first;
  found->slowdown.reset();
  found->sentence += "; it may have risen under load";
  return found;
}

std::optional<FoundDifference> clock_limit(const Measured& first, const Measured& other) {
  auto found = clock_of(first, other, kind_of(first.record), "highest clock allowed to", "max_mhz");
  if (found) return found;
  const Number a = context_number(first.context, "cpu_max_mhz"),
               b = context_number(other.context, "cpu_max_mhz");
  if (kind_of(first.record) != "cpu" || !a || !b) return std::nullopt;
  return number_difference("highest clock allowed to cpu", "MHz", *a, *b);
}

std::optional<FoundDifference> memory_clock(const Measured& first, const Measured& other) {
  auto found = clock_of(first, other, "ddr", "clock at the start of", "cur_mhz");
  keep(found, clock_of(first, other, "ddr", "highest clock allowed to", "max_mhz"));
  return found;
}

std::optional<FoundDifference> clock_in_window(const Measured& first, const Measured& other) {
  if (!has_clock_in_window(first, other)) return std::nullopt;
  return number_difference("mean clock of " + first.record.clock, "MHz", *first.record.clock_mean_mhz,
                           *other.record.clock_mean_mhz);
}

std::optional<FoundDifference> bus_link(const Measured& first, const Measured& other) {
  auto found = link_difference(first, other, "pcie", "PCIe link");
  keep(found, link_difference(first, other, "usb", "USB speed"));
  return found;
}

std::optional<FoundDifference> governor(const Measured& first, const Measured& other) {
  std::optional<FoundDifference> found;
  for_shared_domains(first, other, kind_of(first.record),
                     [&](const std::string& name, const Json& a, const Json& b) {
                       const std::string one = context_word(a, "governor"), two = context_word(b, "governor");
                       if (!found && one != two)
                         found = FoundDifference{against("governor of " + name, one, two), std::nullopt};
                     });
  if (found) return found;
  const std::string one = context_word(first.context, "governor"),
                    two = context_word(other.context, "governor");
  if (one == two || one.empty() || two.empty()) return std::nullopt;
  return FoundDifference{against("governor of cpu", one, two), std::nullopt};
}

}  // namespace eb
