#include "results/compare/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "results/compare/differences.h"

namespace eb {
namespace {

using Slower = FoundDifference::Slower;
using Find = std::function<std::optional<FoundDifference>(const Measured&, const Measured&)>;
using R = RunRecord;

enum class Scope : std::uint8_t { any, processor, accelerator };

struct Rule {
  Scope scope = Scope::any;
  Find find{};
  std::optional<double> reported{};  // the most that somebody saw such a difference cause
  std::string_view source{};         // who
  bool is_everyday = false;          // differs between almost any two machines, and explains little
};

// Where nobody knows how much a difference can cause, it goes before one that is known to explain less than
// this.
constexpr double kShareOfUnknown = 0.25;  // an everyday one goes behind all

// Texts of the context that differ, both there. With `is_bad`: one is known to be bad for speed, and only the
// side that has it may be the slower one; "" stands for what is not there.
Find text(const char* key, std::string_view title, bool (*is_bad)(const std::string&) = nullptr) {
  return [=](const Measured& first, const Measured& other) -> std::optional<FoundDifference> {
    const std::string a = context_word(first.context, key), b = context_word(other.context, key);
    if (a == b || (is_bad == nullptr && (a.empty() || b.empty()))) return std::nullopt;
    FoundDifference difference{against(title, a, b), std::nullopt};
    if (is_bad != nullptr) {
      if (is_bad(a) == is_bad(b)) return std::nullopt;
      difference.slower = is_bad(a) ? Slower::first : Slower::other;
    }
    return difference;
  };
}

Find field(std::string R::*member, std::string_view title) {
  return [=](const Measured& first, const Measured& other) -> std::optional<FoundDifference> {
    const std::string &a = first.record.*member, &b = other.record.*member;
    if (a == b || a.empty() || b.empty()) return std::nullopt;
    return FoundDifference{against(title, a, b), std::nullopt};
  };
}

// Counts of which more is faster, in proportion at best.
Find count(R::Count R::*member, std::string_view title) {
  return [=](const Measured& first, const Measured& other) -> std::optional<FoundDifference> {
    const auto a = static_cast<double>((first.record.*member).value_or(0));
    const auto b = static_cast<double>((other.record.*member).value_or(0));
    if (!(a > 0 && b > 0) || a == b) return std::nullopt;
    return FoundDifference{against(title, fmt::format("{:.0f}", a), fmt::format("{:.0f}", b)), a / b};
  };
}

// A share of processor time in percent that was not ours.
Find taken_percent(const char* key, std::string_view title) {
  return [=](const Measured& first, const Measured& other) -> std::optional<FoundDifference> {
    constexpr double kLeast = 3, kMost = 99;
    const auto a = context_number(first.context, key), b = context_number(other.context, key);
    if (!a || !b || !(*a >= 0 && *a <= kMost && *b >= 0 && *b <= kMost) || std::abs(*a - *b) < kLeast)
      return std::nullopt;
    return FoundDifference{against(title, fmt::format("{:.3g} %", *a), fmt::format("{:.3g} %", *b)),
                           (100 - *a) / (100 - *b)};
  };
}

// A number of the context of which more is slower by nobody knows how much; an absent one is 0.
Find burden(const char* key, std::string_view title, double least) {
  return [=](const Measured& first, const Measured& other) -> std::optional<FoundDifference> {
    const double a = context_number(first.context, key).value_or(0);
    const double b = context_number(other.context, key).value_or(0);
    if (!(std::abs(a - b) >= least)) return std::nullopt;
    return FoundDifference{against(title, fmt::format("{:.6g}", a), fmt::format("{:.6g}", b)), std::nullopt,
                           a > b ? Slower::first : Slower::other};
  };
}

std::optional<FoundDifference> processor_limit(const Measured& first, const Measured& other) {
  const auto limit = [](const Measured& side) {
    return context_number(side.context, "cgroup_cpu_limit")
        .value_or(context_number(side.context, "cpu_threads").value_or(0));
  };
  const double a = limit(first), b = limit(other);
  if (!(a > 0 && b > 0) || a == b) return std::nullopt;
  return FoundDifference{
      against("processors that could be used", fmt::format("{:.3g}", a), fmt::format("{:.3g}", b)), a / b};
}

std::optional<FoundDifference> time_below_clock(const Measured& first, const Measured& other) {
  constexpr double kLeast = 0.1;
  const auto a = first.record.clock_below_max_share, b = other.record.clock_below_max_share;
  if (!a || !b || !(std::abs(*a - *b) >= kLeast)) return std::nullopt;
  const auto percent = [](double share) { return fmt::format("{:.0f} % of the time", 100 * share); };
  return FoundDifference{against("clock below its highest (heat, or a governor)", percent(*a), percent(*b)),
                         std::nullopt, *a > *b ? Slower::first : Slower::other};
}

std::optional<FoundDifference> retention(const Measured& first, const Measured& other) {
  const auto a = first.record.retention_percent, b = other.record.retention_percent;
  if (!a || !b || !(*a > 0 && *b > 0) || std::max(*a / *b, *b / *a) < 1.02) return std::nullopt;
  return FoundDifference{
      against("speed kept when hot", fmt::format("{:.3g} %", *a), fmt::format("{:.3g} %", *b)), *a / *b};
}

std::optional<FoundDifference> board_throttling(const Measured& first, const Measured& other) {
  const auto words = [](const Measured& side) {
    const auto at = side.context.is_object() ? side.context.find("throttled_board") : side.context.end();
    if (at == side.context.end() || at->empty()) return std::string();
    return at->is_string() ? at->get<std::string>()
                           : at->dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  };
  const std::string a = words(first), b = words(other);
  if (a.empty() == b.empty()) return std::nullopt;
  return FoundDifference{against("throttling that the board reports", a, b), std::nullopt,
                         b.empty() ? Slower::first : Slower::other};
}

std::optional<FoundDifference> boost(const Measured& first, const Measured& other) {
  const auto look = [](const Measured& side) {
    const auto at = side.context.is_object() ? side.context.find("cpu_boost") : side.context.end();
    return at != side.context.end() && at->is_boolean() ? std::optional(at->get<bool>()) : std::nullopt;
  };
  const auto a = look(first), b = look(other);
  if (!a || !b || *a == *b) return std::nullopt;
  return FoundDifference{against("processor's boost", *a ? "on" : "off", *b ? "on" : "off"), std::nullopt,
                         *a ? Slower::other : Slower::first};
}

std::optional<FoundDifference> metering(const Measured& first, const Measured& other) {
  const bool a = !first.record.meter.empty(), b = !other.record.meter.empty();
  if (a == b) return std::nullopt;
  return FoundDifference{against("power meter", first.record.meter, other.record.meter), std::nullopt,
                         a ? Slower::first : Slower::other};
}

bool is_battery(const std::string& source) {
  return source == "battery" || source == "Battery";
}
bool is_not_release(const std::string& build) {
  return build != "Release";
}
bool is_there(const std::string& text) {
  return !text.empty();
}

// What is measured first, then what somebody reported, then what may matter; this order decides between
// equals.
const std::vector<Rule>& rules() {
  using enum Scope;
  static const std::vector<Rule> rules = {
      {any, clock_in_window},
      {any, clock_at_start},
      {any, clock_limit},
      {any, memory_clock},
      {accelerator, bus_link},
      {processor, count(&R::threads, "threads")},
      {processor, processor_limit},
      {any, count(&R::batch, "batch")},
      {any, count(&R::concurrency, "runs in flight")},
      {any, retention},
      {processor, taken_percent("steal_percent", "processor time that the hypervisor gave to others")},
      {processor, taken_percent("cpu_busy_percent", "processors busy with other work at the start")},
      {any, log_level, 7.25, "onnxruntime-qnn#323: 80 against 580 ms"},
      {accelerator, field(&R::runtime, "runtime"), 2.5,
       "onnxruntime-qnn#858: 1.5 to 2.5, by the compiler's version"},
      {processor, field(&R::runtime, "runtime")},
      {accelerator, versions_of_libraries, 2.5, "onnxruntime-qnn#858: 1.5 to 2.5, by the compiler's version"},
      {any, governor, 1.08, "rknn-llm#532: 5 to 8 %"},
      {processor, metering, 1.1, "power-dev#236: about 10 %"},
      {any, performance_option},
      {any, text("performance_profile", "performance profile")},
      {any, text("power_source", "power source", is_battery)},
      {any, board_throttling},
      {any, burden("throttled_package_events", "times that processors were slowed by heat", 1)},
      {any, burden("throttled_core_events", "times that cores were slowed by heat", 1)},
      {any, burden("throttled_supply_events", "times that the board was slowed by its current", 1)},
      {processor, burden("cgroup_throttled_ms", "ms that the control group was stopped for", 10)},
      {any, time_below_clock},
      {any, boost},
      {any, text("energy_preference", "processor's energy preference")},
      {any, field(&R::driver, "driver")},
      {accelerator, versions_of_drivers},
      {any, other_options},
      {any, field(&R::model_sha256, "model file")},
      {any, text("build_type", "build of edgebench", is_not_release)},
      {any, text("virtual_machine", "virtual machine", is_there)},
      {any, field(&R::device_name, "device")},
      {any, text("cpu", "processor")},
      {any, text("machine", "machine")},
      {any, burden("ambient_c", "temperature of the room in degC", 5)},
      {any, text("isolation", "isolation of cells")},
      {any, text("firmware", "firmware"), {}, "", true},
      {any, text("container", "container"), {}, "", true},
      {any, text("os", "system"), {}, "", true},
      {any, text("kernel", "kernel"), {}, "", true},
      {processor, versions_of_libraries, {}, "", true},
      {any, text("microcode", "microcode"), {}, "", true},
      {any, text("edgebench_commit", "commit of edgebench"), {}, "", true},
      {any, text("compiler", "compiler of edgebench"), {}, "", true},
  };
  return rules;
}

bool applies(const Rule& rule, const Measured& first, const Measured& other) {
  const bool is_processor = kind_of(first.record) == "cpu" && kind_of(other.record) == "cpu";
  return rule.scope == Scope::any || is_processor == (rule.scope == Scope::processor);
}

// Absent where it slows down the side that is faster.
std::optional<Cause> cause_of(const Rule& rule, const FoundDifference& difference, double ratio) {
  const bool is_other_slower = ratio < 1;
  Cause cause{difference.sentence, std::nullopt, "", 0};
  if (difference.slowdown) {
    const double up_to = is_other_slower ? *difference.slowdown : 1 / *difference.slowdown;
    if (!(up_to > 1) || !std::isfinite(up_to)) return std::nullopt;
    cause.up_to = up_to;
    cause.basis = "measured";
  } else {
    if (difference.slower == (is_other_slower ? Slower::first : Slower::other)) return std::nullopt;
    cause.up_to = rule.reported;
    cause.basis = std::string(rule.source);
  }
  if (cause.up_to) cause.share = std::min(1.0, std::log(*cause.up_to) / std::abs(std::log(ratio)));
  return cause;
}

struct Weighed {
  Cause cause{};
  double share = 0;  // what it is sorted by
};

// Of causes that explain all, the one that explains the least too much.
bool explains_more(const Weighed& a, const Weighed& b) {
  if (a.share != b.share) return a.share > b.share;
  return a.cause.up_to && b.cause.up_to && *a.cause.up_to < *b.cause.up_to;
}

}  // namespace

Explanation explain(const Measured& first, const Measured& other, const Ratio& ratio) {
  Explanation explanation;
  explanation.ratio = ratio;
  if (!(ratio.value > 0) || ratio.value == 1 || !std::isfinite(ratio.value)) return explanation;
  std::vector<Weighed> weighed;
  for (const Rule& rule : rules()) {
    if (!applies(rule, first, other)) continue;
    const auto difference = rule.find(first, other);
    if (!difference) continue;
    const auto cause = cause_of(rule, *difference, ratio.value);
    const double unknown = rule.is_everyday ? 0 : kShareOfUnknown;
    if (cause) weighed.push_back({*cause, cause->up_to ? cause->share : unknown});
  }
  std::stable_sort(weighed.begin(), weighed.end(), explains_more);
  for (Weighed& one : weighed) explanation.causes.push_back(std::move(one.cause));
  return explanation;
}

}  // namespace eb
